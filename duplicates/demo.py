"""The duplicates of the demo company: people who are there twice, as a scan finds them."""

from accounts.models import User
from crm.platform import jobs
from crm.platform.configuration.environment import Say
from crm.platform.server.demo import DemoPart
from duplicates.scanning.scan import NIGHTLY, is_running, run_scan

# A scan of more leads takes so long that the worker does it.
SCANNED_AT_ONCE = 10_000


def find_demo_duplicates(total: int, say: Say) -> None:
    if total <= SCANNED_AT_ONCE:
        run_scan(lambda _done, _total: None)
    elif not is_running():
        jobs.start_job(NIGHTLY, User.objects.administrators().order_by("pk")[0], {})


PART = DemoPart(grow=find_demo_duplicates)

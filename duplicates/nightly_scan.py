"""The scan of every night, if the rules say so: a job of an administrator, which notifies no one."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Job
from crm.platform import jobs
from crm.platform.jobs import register_job_kind
from crm.platform.jobs.housekeeping import every_hour
from duplicates.models import DuplicateRules, Scan
from duplicates.scanning.scan import NIGHTLY, PAGE, Progress, is_running, run_scan

# From this hour on, in the time zone of the server, and for so many hours.
HOUR, HOURS = 2, 4
# A scan this old is of the day before.
OLD = timedelta(hours=HOURS)


@register_job_kind(
    NIGHTLY, lambda arguments: _("Scan for duplicates"), page=lambda arguments: PAGE, quiet=True, long=True
)
def run_nightly_scan_job(job: Job, progress: Progress) -> None:
    run_scan(progress)


@every_hour
def start_nightly_scan() -> int:
    """Starts it once a night; returns whether it did."""
    now = timezone.localtime()
    if not DuplicateRules.get_current().nightly or not HOUR <= now.hour < HOUR + HOURS or is_running():
        return 0
    last = Scan.objects.first()
    user = User.objects.administrators().order_by("pk").first()
    if user is None or (last and now - last.started_at < OLD):
        return 0
    jobs.start_job(NIGHTLY, user, {})
    return 1

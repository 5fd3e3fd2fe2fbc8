"""The worker's part in privacy: following the retention rules every night, and erasing, which takes minutes in a large installation."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Job, Operation
from crm.platform import jobs
from crm.platform.files.orphaned_files import DAY
from crm.platform.files.store import NotKept, remove_unfinished
from crm.platform.jobs.housekeeping import every_hour, every_hour_on_each_machine
from privacy.erasure_list import ERASURE_LIST_FOLDER, upload_pending_lines
from privacy.permissions import ERASE_PERMISSION
from privacy.person import Person
from privacy.person_erasure import MergedMeanwhile, erase_person
from privacy.person_search import add_merged_records

KIND = "erase_person"
PAGE = "/admin/privacy/erasures"


def start_erasure(user: User, records: dict[str, list[int]], *, everywhere: bool) -> Job:
    shown = add_merged_records(records)
    return jobs.start_job(KIND, user, {"records": records, "shown": shown, "everywhere": everywhere})


@every_hour_on_each_machine
def upload_erasures() -> int:
    """Those on the list of this server, which a restore on another one wouldn't find."""
    try:
        return upload_pending_lines()
    except NotKept:
        return 0  # in the log already


@every_hour
def remove_unfinished_erasures() -> int:
    """What killed servers left of files on the list (crm/platform/files/folder_store.py)."""
    return remove_unfinished(DAY, ERASURE_LIST_FOLDER) if settings.FILES else 0


@jobs.register_job_kind(KIND, lambda arguments: _("Erase a person"), page=lambda arguments: PAGE, long=True)
def run_erasure_job(job: Job, progress: Any) -> Operation | None:
    """If it runs twice, there is nothing left the second time."""
    if not job.user.has_perm(ERASE_PERMISSION):
        raise jobs.JobProblem(_("You no longer have permission to erase persons. Nothing was changed."))
    person = Person(job.arguments["records"], everywhere=job.arguments["everywhere"])
    try:
        erase_person(person, by=job.user, shown=job.arguments.get("shown"))
    except MergedMeanwhile:
        raise jobs.JobProblem(
            _(
                "One of these records was merged after you chose them. Nothing was erased. Choose the records again."
            )
        ) from None
    return None

"""The worker's part in privacy: following the retention rules every night, and erasing, which takes minutes in a large installation."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from crm import jobs
from crm.files.disk import older_than
from crm.jobs.housekeeping import every_hour
from crm.models import Export, Import, Job, Operation
from privacy.erasing import MergedMeanwhile, erase
from privacy.finding import with_merged
from privacy.person import Person
from privacy.retention import nightly  # noqa: F401 - it registers its step and its job kind
from privacy.rights import ERASE

KIND = "erase_person"
PAGE = "/admin/privacy/erasures"
# Seconds. An export or an upload takes less.
DAY = 24 * 60 * 60


def start(user: Any, records: dict[str, list[int]], *, everywhere: bool) -> Job:
    shown = with_merged(records)
    return jobs.start(KIND, user, {"records": records, "shown": shown, "everywhere": everywhere})


@jobs.job_kind(KIND, lambda arguments: _("Erase a person"), page=lambda arguments: PAGE)
def work(job: Job, progress: Any) -> Operation | None:
    """If it runs twice, there is nothing left the second time."""
    if not job.user.has_perm(ERASE):
        raise jobs.Problem(_("You no longer have permission to erase persons. Nothing was changed."))
    person = Person(job.arguments["records"], everywhere=job.arguments["everywhere"])
    try:
        erase(person, by=job.user, shown=job.arguments.get("shown"))
    except MergedMeanwhile:
        raise jobs.Problem(
            _(
                "One of these records was merged after you chose them. Nothing was erased. Choose the records again."
            )
        ) from None
    return None


@every_hour
def files_left_behind() -> int:
    """Exported and imported files that no row names any more, such as when the server stopped while a person was erased."""
    removed = 0
    for folder, model in {"exports": Export, "imports": Import}.items():
        old = {f"{folder}/{path.name}": path for path in older_than(DAY, folder)}
        named = set(model._base_manager.filter(file__in=list(old)).values_list("file", flat=True))
        for file in set(old) - named:
            (Path(settings.MEDIA_ROOT) / file).unlink(missing_ok=True)
            removed += 1
    return removed

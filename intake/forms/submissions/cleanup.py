"""What the worker deletes every hour: submissions that were never released or confirmed, and raw values whose time is over;
and what goes with leads that are deleted permanently."""

from crm.platform.files.attachment_storage import ATTACHMENT_FOLDER
from crm.platform.files.orphaned_files import NamedFiles
from crm.platform.jobs.housekeeping import every_hour
from crm.records.history.merged_records import Reference
from intake.models import Submission
from leads.models import Lead

State = Submission.State
WAITING = (State.QUARANTINED, State.UNCONFIRMED)
PROCESSED = (State.LEAD, State.KNOWN, State.FAILED)
# Days after which a quarantined or unconfirmed submission is deleted.
DAYS = 30


@every_hour
def delete_old_submissions() -> int:
    waiting = Submission.objects.in_state(*WAITING)
    return waiting.older_than(DAYS).delete()[0] + waiting.expired().delete()[0]


@every_hour
def clear_old_submission_values() -> int:
    return Submission.objects.in_state(*PROCESSED).expired().clear()


def clear_submissions_of_leads(table: str, ids: list[int]) -> None:
    """An undo brings the leads back without what visitors typed."""
    if table == Lead.table:
        Submission.objects.of_leads(ids).clear()


def find_files_of_submissions(files: list[str]) -> set[str]:
    """Those of these files that a submission without a lead names."""
    return find_waiting_files() & set(files)


def find_waiting_files() -> set[str]:
    rows = Submission.objects.in_state(*WAITING, State.FAILED).exclude(files=[])
    return {each["file"] for found in rows.values_list("files", flat=True) for each in found}


FILES = NamedFiles(ATTACHMENT_FOLDER, find_files_of_submissions, find_waiting_files)
LEAD_OF_SUBMISSION = Reference(Submission, "lead", table=Lead.table)

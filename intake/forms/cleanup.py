"""What the worker deletes every hour: submissions that were never released or confirmed."""

from crm.files import jobs
from crm.jobs.housekeeping import every_hour
from intake.models import Submission

State = Submission.State
# Days after which a quarantined or unconfirmed submission is deleted.
DAYS = 30


@every_hour
def old_submissions() -> int:
    waiting = Submission.objects.in_state(State.QUARANTINED, State.UNCONFIRMED)
    return waiting.older_than(DAYS).delete()[0]


def files_of_submissions(files: list[str]) -> set[str]:
    """Those of these files that a submission without a lead names."""
    rows = Submission.objects.in_state(State.QUARANTINED, State.UNCONFIRMED, State.FAILED).exclude(files=[])
    named = {each["file"] for found in rows.values_list("files", flat=True) for each in found}
    return named & set(files)


jobs.ALSO_NAMED.append(files_of_submissions)

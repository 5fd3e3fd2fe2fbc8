"""Starting and canceling jobs.

Short jobs, long ones and exports wait in different queues, so an import of a million rows delays no one's undo. In each of them, a user has
one job at a time, and a user's second job comes after the first ones of others: however many jobs one user starts, the next
user waits for one of them at most.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Job, Operation
from crm.platform.configuration.worker_lanes import JOBS, LONG
from crm.platform.jobs.job_kinds import JOB_KINDS
from crm.platform.jobs.job_runner import TakesLong, run_job
from crm.platform.jobs.queue_position import get_queue_position, is_short

# Jobs with more rows than this take longer than about ten seconds.
MANY = 20_000


def start_job(kind: str, user, arguments: dict, *, total: int = 0, long: bool = False) -> Job:
    """Queue a job as part of the current transaction: if it is rolled back, the job never existed. `long` says that it may
    take minutes, if neither its kind nor the number of its rows does."""
    job = Job.objects.create(kind=kind, user=user, arguments=arguments, total=total)
    known = JOB_KINDS.get(kind)
    lane = LONG if long or total > MANY or (known and known.long) else JOBS
    lane = known.lane if known and known.lane else lane
    run_job.configure(**get_queue_position(lane, user)).defer(job_id=job.pk)
    return job


def move_to_long_queue(job: Job) -> None:
    """Called by a job that turns out to take minutes: if it runs among the short ones, it begins again among the long ones. Raises
    TakesLong."""
    # The connection of its work may be in the middle of a COPY.
    if is_short(job, "progress"):
        raise TakesLong(**get_queue_position(LONG, job.user, "progress"))


class ContinuationRefused(Exception):
    """The job can't be continued; the text says why."""


def start_rest(job: Job, user: Any) -> Job:
    """Queue the parts that a job left, with the same arguments, or return the job that already does them. Raises
    ContinuationRefused."""
    if job.user_id != user.pk:
        raise ContinuationRefused(_("Only the user who started this job can continue it."))
    rest = _start_or_find_rest(job)
    if rest is None:
        raise ContinuationRefused(_("This job can’t be continued."))
    return rest


def _start_or_find_rest(job: Job) -> Job | None:
    if job.operation is None:
        return None
    changed = job.operation.undoes or job.operation
    # Once without waiting for the parts of a job that is running, and once without another click in between.
    running = Job.objects.unfinished().about(changed)
    if not running.exists():
        Operation.objects.select_for_update(no_key=True).get(pk=changed.pk)
    if known := running.first():
        return known if (known.kind, known.user_id) == (job.kind, job.user_id) else None
    if not job.can_continue:
        return None
    rest = start_job(job.kind, job.user, job.arguments, total=job.total)
    Job.objects.filter(pk=rest.pk).update(operation=job.operation_id, done=job.done)
    return rest


def cancel_job(job: Job) -> bool:
    """A waiting job ends immediately, a running one at its next step. False if it has ended already."""
    if not Job.objects.filter(pk=job.pk).unfinished().update(cancel_asked=True):
        return False
    Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
        state=Job.State.CANCELLED, finished_at=timezone.now()
    )
    return True


def cancel_all_of(user) -> None:
    """Cancel the queued and running jobs of a deactivated user."""
    for job in Job.objects.filter(user=user).unfinished():
        cancel_job(job)

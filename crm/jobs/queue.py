"""Starting and canceling jobs."""

from django.utils import timezone

from crm.jobs.running import run_job
from crm.models import Job


def start(kind: str, user, arguments: dict, *, total: int = 0) -> Job:
    """Queue a job as part of the current transaction: if it is rolled back, the job never existed."""
    job = Job.objects.create(kind=kind, user=user, arguments=arguments, total=total)
    run_job.defer(job_id=job.pk)
    return job


def cancel(job: Job) -> None:
    """A waiting job ends immediately, a running one at its next step."""
    Job.objects.filter(pk=job.pk).unfinished().update(cancel_asked=True)
    Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
        state=Job.State.CANCELLED, finished_at=timezone.now()
    )


def cancel_all_of(user) -> None:
    """Cancel the queued and running jobs of a deactivated user."""
    for job in Job.objects.filter(user=user).unfinished():
        cancel(job)

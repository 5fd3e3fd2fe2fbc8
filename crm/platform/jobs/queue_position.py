"""Where a job waits: in a lane, and there behind others of its user."""

from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Job
from crm.platform.configuration.worker_lanes import JOBS

# A user's jobs beyond these come after those of all others anyway.
MOST_COUNTED = 100


def get_queue_position(lane: str, user, database: str = "default") -> dict[str, Any]:
    """A user's place in a lane: behind as many jobs of each other user as this one has."""
    lock = _get_lock_name(lane, user)
    queued = ProcrastinateJob.objects.using(database).filter(lock=lock, status__in=["todo", "doing"])
    others = queued[:MOST_COUNTED].count()
    return {"queue": lane, "lock": lock, "priority": -others}


def is_short(job: Job, database: str = "default") -> bool:
    """Whether the job is running among the short ones."""
    doing = ProcrastinateJob.objects.using(database).filter(
        queue_name=JOBS, lock=_get_lock_name(JOBS, job.user), status="doing"
    )
    return doing.filter(args__job_id=job.pk).exists()


def _get_lock_name(lane: str, user) -> str:
    return f"{lane} of user {user.pk}"

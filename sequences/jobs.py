"""The worker's part: every two seconds it looks for steps that are due, and every minute for sequences that have ended."""

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.platform.configuration.worker_lanes import AUTOMATIONS
from crm.platform.jobs.housekeeping import every_minute, every_moment
from crm.platform.web.transactions import is_locked
from sequences.running.stop_sweep import end_stopped_enrollments
from sequences.running.turns import is_anything_due, run_next

LOCK = "sequences"


@every_moment
def queue_sequences() -> int:
    """Let a worker do steps, unless one does or is about to."""
    if not is_anything_due(timezone.now()):
        return 0
    if ProcrastinateJob.objects.filter(lock=LOCK, status__in=["todo", "doing"]).exists():
        return 0
    run_sequences.defer()
    return 1


@app.task(queue=AUTOMATIONS, name="run_sequences", lock=LOCK)
def run_sequences() -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    try:
        while run_next():
            pass
    except Exception as error:
        # Someone has held a record for long. The next step of the housekeeping begins again.
        if not is_locked(error):
            raise


@every_minute
def end_sequences() -> int:
    return end_stopped_enrollments()

"""The worker's part: what woke automations is looked at every two seconds, and automations run until nothing is left."""

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from automations.models import AutomationRun
from automations.running.waking_queue import is_anything_due, run_next
from crm.platform.configuration.worker_lanes import AUTOMATIONS
from crm.platform.jobs.housekeeping import every_hour, every_moment
from crm.platform.web.transactions import is_locked

LOCK = "automations"


@every_moment
def queue_automations() -> int:
    """Let a worker run automations, unless one does or is about to."""
    if not is_anything_due(timezone.now()):
        return 0
    if ProcrastinateJob.objects.filter(lock=LOCK, status__in=["todo", "doing"]).exists():
        return 0
    run_automations.defer()
    return 1


@app.task(queue=AUTOMATIONS, name="run_automations", lock=LOCK)
def run_automations() -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    try:
        while run_next():
            pass
    except Exception as error:
        # Someone has held a record for long. The next step of the housekeeping begins again.
        if not is_locked(error):
            raise


@every_hour
def delete_expired_runs() -> int:
    return AutomationRun.objects.expired().delete()[0]

"""The worker's part: what woke automations is looked at every two seconds, and automations run until nothing is left."""

from django.utils import timezone
from procrastinate.contrib.django import app

from automations.models import AutomationRun
from automations.running.waking_queue import is_anything_due, run_next
from crm.platform.configuration.worker_lanes import AUTOMATIONS
from crm.platform.jobs.housekeeping import every_hour, every_moment
from crm.platform.jobs.turn_queue import queue_turns, take_turns


@every_moment
def queue_automations() -> int:
    """Let a worker run automations, unless one does or is about to."""
    if not is_anything_due(timezone.now()):
        return 0
    return queue_turns(run_automations)


@app.task(queue=AUTOMATIONS, name="run_automations", lock="automations")
def run_automations() -> None:
    take_turns(run_next)


@every_hour
def delete_expired_runs() -> int:
    return AutomationRun.objects.expired().delete()[0]

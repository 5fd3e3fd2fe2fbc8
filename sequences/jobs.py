"""The worker's part: every two seconds it looks for steps that are due, and every minute for sequences that have ended."""

from django.utils import timezone
from procrastinate.contrib.django import app

from crm.platform.configuration.worker_lanes import AUTOMATIONS
from crm.platform.jobs.housekeeping import every_minute, every_moment
from crm.platform.jobs.turn_queue import queue_turns, take_turns
from sequences.running.stop_sweep import end_stopped_enrollments
from sequences.running.turns import is_anything_due, run_next


@every_moment
def queue_sequences() -> int:
    """Let a worker do steps, unless one does or is about to."""
    if not is_anything_due(timezone.now()):
        return 0
    return queue_turns(run_sequences)


@app.task(queue=AUTOMATIONS, name="run_sequences", lock="sequences")
def run_sequences() -> None:
    take_turns(run_next)


@every_minute
def end_sequences() -> int:
    return end_stopped_enrollments()

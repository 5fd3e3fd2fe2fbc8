"""The queue of webhooks, worked off on a clock that jumps to the next job."""

import datetime
from collections.abc import Callable

import procrastinate.utils
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.api.webhooks.webhook_delivery import (
    deliver,
    queue_deliveries_of_operation,
    queue_scheduled_delivery,
)

TASKS: dict[str, Callable] = {
    task.name: task for task in (deliver, queue_deliveries_of_operation, queue_scheduled_delivery)
}


class SimulatedQueue:
    """One worker of both queues. It takes jobs as PostgreSQL gives them to a real one: due ones, by priority, then by id."""

    def __init__(self, monkeypatch) -> None:
        self.now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(procrastinate.utils, "utcnow", lambda: self.now)

    def run_for(self, duration: datetime.timedelta) -> None:
        """Do everything that is due within so much time, each job at its own time."""
        until = self.now + duration
        while job := self._get_next_job(until):
            self.now = max(self.now, job.scheduled_at or self.now)
            app.job_manager.cancel_job_by_id(job.pk, delete_job=True)
            TASKS[job.task_name](**job.args)
        self.now = until

    def _get_next_job(self, until: datetime.datetime) -> ProcrastinateJob | None:
        todo = ProcrastinateJob.objects.filter(status="todo", task_name__in=TASKS)
        due = todo.exclude(scheduled_at__gt=self.now).order_by("-priority", "id").first()
        return due or todo.filter(scheduled_at__lte=until).order_by("scheduled_at", "id").first()

"""Later: the moments that a task can be put off to with one click."""

from datetime import datetime, timedelta

from django.utils import timezone

from crm.work.models.task import Task
from crm.work.tasks.verbs import RescheduleTask

HOUR, TOMORROW, NEXT_WEEK = "hour", "tomorrow", "next_week"


def build_snooze_verb(task: Task, until: str) -> RescheduleTask | None:
    """The verb; None for an unknown word. An hour from now is rounded up to five minutes."""
    zone = task.user.zone if task.user else timezone.get_current_timezone()
    now = timezone.now().astimezone(zone)
    match until:
        case "hour":
            later = _round_up_to_five_minutes(now + timedelta(hours=1))
            return RescheduleTask(later.date(), later.time())
        case "tomorrow":
            return RescheduleTask(now.date() + timedelta(days=1))
        case "next_week":
            return RescheduleTask(now.date() + timedelta(days=7 - now.weekday()))
    return None


def _round_up_to_five_minutes(at: datetime) -> datetime:
    at = at.replace(second=0, microsecond=0)
    return at + timedelta(minutes=-at.minute % 5)

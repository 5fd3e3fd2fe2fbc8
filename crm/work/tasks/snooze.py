"""Later: the moments that a task can be put off to with one click."""

from datetime import timedelta

from django.utils import timezone

from crm.work.models.task import Task
from crm.work.tasks.call_backs import get_moment_in_hours
from crm.work.tasks.listing.day_bounds import get_next_monday
from crm.work.tasks.verbs import RescheduleTask

TOMORROW, NEXT_WEEK = "tomorrow", "next_week"
HOURS_BY_SNOOZE = {"hour": 1, "three_hours": 3}


def build_snooze_verb(task: Task, until: str) -> RescheduleTask | None:
    """The verb; None for an unknown word. Hours from now are rounded up to five minutes."""
    zone = task.user.zone if task.user else timezone.get_current_timezone()
    if until in HOURS_BY_SNOOZE:
        later = get_moment_in_hours(HOURS_BY_SNOOZE[until], zone)
        return RescheduleTask(later.date(), later.time())
    today = timezone.now().astimezone(zone).date()
    match until:
        case "tomorrow":
            return RescheduleTask(today + timedelta(days=1))
        case "next_week":
            return RescheduleTask(get_next_monday(today))
    return None

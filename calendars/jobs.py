"""Syncing the calendars every few minutes, each as a call of the queue for servers that one waits for."""

from django.db import close_old_connections, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from calendars.models import ConnectedCalendar
from calendars.models.connected_calendar import EVERY
from calendars.syncing.calendar_sync import sync_calendar
from crm.platform.jobs.housekeeping import every_minute
from mailboxes.jobs import QUEUE


@every_minute
def queue_due_calendars() -> int:
    """Queue those that are due. Each gets its next time first, so the same one doesn't wait twice."""
    now = timezone.now()
    rows = ConnectedCalendar.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    due = list(rows.order_by("pk").values_list("pk", flat=True))
    ConnectedCalendar.objects.filter(pk__in=due).update(next_check_at=now + EVERY)
    for pk in due:
        sync_connected_calendar.defer(calendar_id=pk)
    return len(due)


@app.task(queue=QUEUE, name="sync_connected_calendar")
def sync_connected_calendar(calendar_id: int) -> None:
    if not connection.in_atomic_block:
        close_old_connections()
    calendar = ConnectedCalendar.objects.active().select_related("owner").filter(pk=calendar_id).first()
    if calendar is not None:
        sync_calendar(calendar)

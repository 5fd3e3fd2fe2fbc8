"""One sync of a calendar: first what has changed there comes in, then what has changed in Leadwell goes out."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import CalendarServer
from calendars.connections.server_choice import open_calendar_server
from calendars.models import CalendarEvent, ConnectedCalendar
from calendars.syncing.event_storing import AHEAD, READ_AGAIN, remove_events, store_events
from calendars.syncing.event_writing import remove_written_events, write_events
from calendars.syncing.sync_period import SyncPeriod
from crm.platform.web.notifications import create_notification

STORED_AT_ONCE = 500
# A single failure says little: it is reported after so many in a row, and at once if only the owner can help.
NOTIFIED_AFTER = 5
# So often the server is asked to delete what Leadwell has written, before the calendar is forgotten all the same.
MOST_TRIES_TO_LEAVE = 5


def sync_calendar(calendar: ConnectedCalendar) -> None:
    """Of two workers that sync a calendar at once, only one does."""
    now = timezone.now()
    if not calendar.claim_for_sync(now):
        return
    calendar.refresh_from_db()
    try:
        server = open_calendar_server(calendar)
        is_done = _leave(calendar, server) if calendar.leaving else _sync(calendar, server, now)
        if calendar.pk:
            calendar.record_success(now, again=not is_done)
    except CalendarProblem as problem:
        calendar.record_failure(now, str(problem), problem.retry_after)
        _follow_failure(calendar)
    finally:
        ConnectedCalendar.objects.filter(pk=calendar.pk).update(busy_until=now)


def _sync(calendar: ConnectedCalendar, server: CalendarServer, now: datetime) -> bool:
    """Whether everything was read and written."""
    user = User.objects.with_rights().get(pk=calendar.owner_id)
    period = SyncPeriod.begin(now + AHEAD)
    return _read(calendar, user, server, period) and write_events(calendar, user, server, period)


def _read(calendar: ConnectedCalendar, user: User, server: CalendarServer, period: SyncPeriod) -> bool:
    """The cursor is kept once everything before it was read: until then, what was read already is known by its version."""
    changes = server.list_changes(calendar.cursor)
    own = CalendarEvent.objects.of_calendar(calendar)
    known = own.get_etags() if changes.etags or changes.gone or changes.is_whole else {}
    changed = [path for path, etag in changes.etags.items() if not etag or known.get(path) != etag]
    gone = {path for path in changes.gone if path in known}
    if changes.is_whole:
        gone |= own.with_times_between(changes.since, changes.until).get_etags().keys() - changes.etags.keys()
    may_name_times = changes.names_times and not known.keys() >= set(changes.gone)
    read_before = timezone.now() - (timedelta() if may_name_times else READ_AGAIN)
    again = own.recurring_read_before(read_before).values_list("path", flat=True)
    changed += [path for path in again if path not in gone and path not in changes.etags]
    for begin in range(0, len(changed), STORED_AT_ONCE):
        if period.is_over():
            return False
        paths = changed[begin : begin + STORED_AT_ONCE]
        read = server.read_events(paths, period.until)
        store_events(calendar, user, read.values(), gone)
        gone |= {path for path in paths if path in known and path not in read}
    remove_events(calendar, user, gone & set(own.values_list("path", flat=True)) if gone else ())
    if calendar.cursor != changes.cursor:
        calendar.cursor = changes.cursor
        calendar.save(update_fields=["cursor"])
    return True


def _leave(calendar: ConnectedCalendar, server: CalendarServer) -> bool:
    """Forget the calendar, after what Leadwell has written to it was deleted."""
    is_done = remove_written_events(calendar, server, SyncPeriod.begin(timezone.now()))
    if is_done:
        calendar.delete()
    return is_done


@transaction.atomic
def _follow_failure(calendar: ConnectedCalendar) -> None:
    """The owner is notified once, until it works again. A calendar that its owner is leaving is forgotten in the end."""
    if calendar.leaving and (calendar.failures >= MOST_TRIES_TO_LEAVE or calendar.has_lost_access):
        calendar.delete()
        return
    if calendar.notified or not (calendar.has_lost_access or calendar.failures >= NOTIFIED_AFTER):
        return
    calendar.notified = True
    calendar.save(update_fields=["notified"])
    create_notification(
        calendar.owner, "calendar_failing", calendar=str(calendar)[:100], path=reverse("own_calendar")
    )

"""What users plan in Leadwell goes out to their calendar: new meetings and tasks, changes of linked ones, and deletions.

A new event has the same path each time, and a change names the version that it was made of. So what has arrived although the answer was
lost isn't written twice, and nothing that was changed in between is overwritten: the next sync reads it first.
"""

from django.db import transaction

from accounts.models import User
from calendars.connections.calendar_server import AlreadyThere, CalendarServer, Outdated
from calendars.events.event_values import EventValues, build_event_uid
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from calendars.syncing.event_storing import store_events
from calendars.syncing.own_items import OwnItem, get_linked_items, get_own_state, get_wanted_items
from calendars.syncing.pair_decision import Pair, Step, Theirs, decide
from calendars.syncing.pair_steps import apply_values
from calendars.syncing.sync_period import SyncPeriod


def write_events(calendar: ConnectedCalendar, user: User, server: CalendarServer, period: SyncPeriod) -> bool:
    """Whether everything was written. The rest waits for the next sync."""
    is_done = True
    links = list(EventTime.objects.of_calendar(calendar).linked().with_event())
    # Times of one series share its version.
    events = {link.event_id: link.event for link in links}
    items = get_linked_items(user, links)
    for link in links:
        link.event, item = events[link.event_id], items.get(link.pk)
        ours = get_own_state(item, link, user)
        step = decide(Pair(ours, Theirs.SAME, organized_elsewhere=link.organized_elsewhere))
        if step == Step.NOTHING:
            continue
        if not period.may_write():
            return False
        try:
            _carry_out(step, link, item, user, server)
        except Outdated:
            is_done = False
    for item in get_wanted_items(user):
        if not period.may_write():
            return False
        try:
            _add(calendar, user, item, server, period)
        except Outdated:
            # It arrived although the answer was lost: the next list of changes has it.
            continue
    return is_done


def remove_written_events(calendar: ConnectedCalendar, server: CalendarServer, period: SyncPeriod) -> bool:
    """Delete what Leadwell has written, whatever has become of it. Returns whether nothing is left."""
    for link in EventTime.objects.of_calendar(calendar).linked().written().with_event():
        if not period.may_write():
            return False
        server.delete_event(link.event.path, "", "")
        link.event.delete()
    return True


def _carry_out(step: Step, link: EventTime, item: OwnItem | None, user: User, server: CalendarServer) -> None:
    """Raises Outdated."""
    event = link.event
    if step == Step.REMOVE:
        etag = server.delete_event(event.path, event.etag, link.recurrence)
        if not link.recurrence:
            event.delete()
            return
        with transaction.atomic():
            link.delete()
            _save_etag(event, etag)
    elif step == Step.WRITE and item is not None:
        values = item.get_values(ours=link.ours)
        etag = server.change_event(event.path, event.etag, link.recurrence, values)
        with transaction.atomic():
            _save_etag(event, etag)
            link.agreed, link.begins, link.ends = values.digest, values.begins, values.ends
            link.save(update_fields=["agreed", "begins", "ends"])
    elif step == Step.PUT_BACK and item is not None:
        _put_back(link, item, user)


def _put_back(link: EventTime, item: OwnItem, user: User) -> None:
    """Only the times: the title and the place of a meeting that someone else organizes are free in Leadwell."""
    own = item.get_values(ours=link.ours)
    values = EventValues(own.title, own.place, link.begins, link.ends)
    with transaction.atomic():
        apply_values(user, item, values, ours=link.ours)
        link.agreed = values.digest
        link.save(update_fields=["agreed"])


def _add(
    calendar: ConnectedCalendar, user: User, item: OwnItem, server: CalendarServer, period: SyncPeriod
) -> None:
    values = item.get_values(ours=True)
    try:
        path, etag = server.add_event(item.key, values)
    except AlreadyThere as known:
        store_events(calendar, user, server.read_events([known.path], period.until).values(), ())
        return
    with transaction.atomic():
        event, _is_new = CalendarEvent.objects.update_or_create(
            calendar=calendar, path=path, defaults={"uid": build_event_uid(item.key), "etag": etag}
        )
        EventTime.objects.update_or_create(
            event=event,
            recurrence="",
            defaults={
                "begins": values.begins,
                "ends": values.ends,
                "activity": item.row.pk if item.is_meeting else None,
                "task": None if item.is_meeting else item.row.pk,
                "agreed": values.digest,
                "ours": True,
            },
        )


def _save_etag(event: CalendarEvent, etag: str) -> None:
    event.etag = etag
    event.save(update_fields=["etag"])

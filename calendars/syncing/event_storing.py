"""What a calendar says comes in: when its user is busy, meetings with known people, and what has become of linked meetings and tasks.

Each call is one transaction, and the same events again change nothing, so a worker may be killed at any point.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from calendars.events.event_values import ReadEvent, ReadTime
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from calendars.models.calendar_event import LONGEST_ETAG, LONGEST_UID
from calendars.syncing.meeting_import import find_record, import_meeting, is_importable
from calendars.syncing.own_items import get_linked_items, get_own_state
from calendars.syncing.pair_decision import Ours, Pair, Step, Theirs, decide
from calendars.syncing.pair_steps import apply_values, cancel_item
from crm.models import Activity, Task
from crm.platform.configuration.company import get_company_language
from crm.platform.web.calendar_files import get_site_host
from mailboxes.receiving.known_addresses import find_known_records

# Of a series, the times until then are computed. It is read again once a month.
AHEAD = timedelta(days=400)
READ_AGAIN = timedelta(days=30)
OF_MEETING, OF_TASK = "planned", "task"


@dataclass
class _Batch:
    """What a batch of events leads to: links to be decided about, and times whose people may be known."""

    calendar: ConnectedCalendar
    user: User
    linked: list[tuple[EventTime, ReadTime | None]] = field(default_factory=list)
    unlinked: list[tuple[EventTime, ReadTime]] = field(default_factory=list)


@transaction.atomic
def store_events(
    calendar: ConnectedCalendar, user: User, read: Iterable[ReadEvent], gone: Collection[str]
) -> None:
    """Keep what was read. `gone` are paths that are no longer there: an event that has moved from one of them keeps its link."""
    events = {event.path: event for event in read}
    rows = _store_event_rows(calendar, events, gone)
    batch = _Batch(calendar, user)
    known: dict[int, dict[str, EventTime]] = {row.pk: {} for row in rows.values()}
    for each in EventTime.objects.of_events(list(known)):
        known[each.event_id][each.recurrence] = each
    added: list[tuple[EventTime, ReadTime]] = []
    changed: list[EventTime] = []
    for path, event in events.items():
        if not event.is_readable:
            continue
        row, left = rows[path], known[rows[path].pk]
        for one in event.times:
            at = left.pop(one.recurrence, None)
            if at is None:
                at = EventTime(event=row, recurrence=one.recurrence)
                added.append((at, one))
            else:
                changed.append(at)
                (batch.linked if at.is_linked else batch.unlinked).append((at, one))
            at.event = row
            _fill_in(at, event, one, calendar)
        for at in left.values():
            at.event = row
            batch.linked.append((at, None))
    EventTime.objects.bulk_create([at for at, _one in added])
    EventTime.objects.bulk_update(changed, ["begins", "ends", "busy", "organized_elsewhere"], batch_size=500)
    batch.unlinked += added
    with translation.override(user.language or get_company_language()):
        _link_own_events(batch)
        _settle_links(batch)
        _import_meetings(batch)


def remove_events(calendar: ConnectedCalendar, user: User, paths: Collection[str]) -> None:
    """These events are no longer there."""
    ordered = sorted(paths)
    for begin in range(0, len(ordered), 500):
        with transaction.atomic(), translation.override(user.language or get_company_language()):
            rows = CalendarEvent.objects.of_calendar(calendar).at_paths(ordered[begin : begin + 500])
            ids = list(rows.values_list("pk", flat=True))
            linked = EventTime.objects.of_events(ids).linked().with_event()
            _settle_links(_Batch(calendar, user, [(at, None) for at in linked]))
            CalendarEvent.objects.filter(pk__in=ids).delete()


def _store_event_rows(
    calendar: ConnectedCalendar, events: dict[str, ReadEvent], gone: Collection[str]
) -> dict[str, CalendarEvent]:
    """Their rows, by path."""
    own = CalendarEvent.objects.of_calendar(calendar)
    rows = {row.path: row for row in own.at_paths(list(events))}
    uids = {
        event.uid[:LONGEST_UID]: event for event in events.values() if event.uid and event.path not in rows
    }
    for row in own.with_uids(list(uids)).at_paths(sorted(gone)) if uids and gone else []:
        row.path = uids[row.uid].path
        rows[row.path] = row
    now = timezone.now()
    new = [CalendarEvent(calendar=calendar, path=path) for path in events if path not in rows]
    for row in [*rows.values(), *new]:
        event = events[row.path]
        row.etag, row.read_at = event.etag[:LONGEST_ETAG], now
        if event.is_readable:
            row.uid, row.recurring = event.uid[:LONGEST_UID], event.recurring
    columns = ["path", "uid", "etag", "recurring", "read_at"]
    CalendarEvent.objects.bulk_update(rows.values(), columns, batch_size=500)
    return rows | {row.path: row for row in CalendarEvent.objects.bulk_create(new)}


def _fill_in(at: EventTime, event: ReadEvent, one: ReadTime, calendar: ConnectedCalendar) -> None:
    own = calendar.own_addresses
    at.begins, at.ends = one.values.begins, one.values.ends
    # Whom Leadwell has invited is busy by the meeting itself.
    invited = event.uid.startswith("meeting-") and event.uid.endswith(f"@{get_site_host()}")
    at.busy = one.busy and not invited and own.isdisjoint(one.declined)
    at.organized_elsewhere = bool(one.organizer) and one.organizer not in own


def _link_own_events(batch: _Batch) -> None:
    """Events that Leadwell wrote without learning that they arrived, or that were copied from its feed."""
    pattern = re.compile(rf"({OF_MEETING}|{OF_TASK})-(\d{{1,18}})@{re.escape(get_site_host())}")
    named = [(at, one, match) for at, one in batch.unlinked if (match := pattern.fullmatch(at.event.uid))]
    ids = {
        kind: [int(match[2]) for _at, _one, match in named if match[1] == kind]
        for kind in (OF_MEETING, OF_TASK)
    }
    meetings = Activity.objects.meetings().by_user(batch.user).filter(pk__in=ids[OF_MEETING])
    tasks = Task.objects.for_user(batch.user).filter(pk__in=ids[OF_TASK])
    free = {
        (OF_MEETING, pk)
        for pk in meetings.exclude(pk__in=EventTime.objects.with_activity()).values_list("pk", flat=True)
    }
    free |= {
        (OF_TASK, pk)
        for pk in tasks.exclude(pk__in=EventTime.objects.with_task()).values_list("pk", flat=True)
    }
    for at, one, match in named:
        place = (match[1], int(match[2]))
        if place in free and not at.recurrence:
            free.discard(place)
            at.ours = True
            at.activity = place[1] if place[0] == OF_MEETING else None
            at.task = place[1] if place[0] == OF_TASK else None
            at.save(update_fields=["ours", "activity", "task"])
            batch.linked.append((at, one))


def _settle_links(batch: _Batch) -> None:
    """What an event that changed or is gone does to its meeting or task. What the calendar gets from Leadwell is written later
    (calendars/syncing/event_writing.py)."""
    items = get_linked_items(batch.user, [at for at, _one in batch.linked if at.is_linked])
    now = timezone.now()
    for at, one in batch.linked:
        if not at.is_linked:
            at.delete()
            continue
        item = items.get(at.pk)
        is_gone = one is None or one.canceled or not batch.calendar.own_addresses.isdisjoint(one.declined)
        digest = one.values.digest if one else ""
        theirs = Theirs.GONE if is_gone else Theirs.SAME if digest == at.agreed else Theirs.CHANGED
        ours = get_own_state(item, at, batch.user)
        step = decide(
            Pair(
                ours,
                theirs,
                equal=ours == Ours.CHANGED
                and item is not None
                and item.get_values(ours=at.ours).digest == digest,
                theirs_newer=_is_newer(one, item.row.updated_at if item else None),
                organized_elsewhere=at.organized_elsewhere,
                ahead=one is not None and one.values.ends > now,
            )
        )
        _carry_out(step, batch, at, one, item)


def _is_newer(one: ReadTime | None, changed: datetime | None) -> bool:
    return one is not None and one.modified is not None and (changed is None or one.modified > changed)


def _carry_out(step: Step, batch: _Batch, at: EventTime, one: ReadTime | None, item: Any) -> None:
    if step == Step.CANCEL:
        cancel_item(batch.user, item)
    if step in (Step.CANCEL, Step.RELEASE) and one is None:
        at.delete()
    elif step in (Step.CANCEL, Step.RELEASE) and one is not None:
        at.activity = at.task = None
        at.ours, at.agreed = False, ""
        at.save(update_fields=["activity", "task", "ours", "agreed"])
        batch.unlinked.append((at, one))
    elif step in (Step.APPLY, Step.AGREE) and one is not None:
        if step == Step.APPLY:
            apply_values(batch.user, item, one.values, ours=at.ours)
        EventTime.objects.filter(pk=at.pk).update(agreed=one.values.digest)


def _import_meetings(batch: _Batch) -> None:
    own = batch.calendar.own_addresses
    found = [(at, one) for at, one in batch.unlinked if not at.is_linked and is_importable(at, one, own)]
    people = {address for _at, one in found for address in one.people} - own
    if not people:
        return
    records = find_known_records(batch.user, people)
    known = [(at, one, place) for at, one in found if (place := find_record(one, records, own))]
    uids = {at.event.uid for at, _one, _place in known if at.event.uid}
    elsewhere = EventTime.objects.linked_elsewhere(uids, batch.calendar).values_list(
        "event__uid", "recurrence"
    )
    taken = set(elsewhere) if uids else set()
    for at, one, place in known:
        if (at.event.uid, at.recurrence) not in taken:
            import_meeting(batch.user, at, one, place)

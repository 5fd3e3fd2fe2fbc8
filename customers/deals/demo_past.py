"""The past of the demo's deals: when they entered each stage, expected closes that slipped, amounts that changed, and the work on
them. It is written as the changes that would have led to how the deals are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm.models import Activity, Change, Operation
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.work.models.task import Task
from customers.models import Deal
from leads.models import Status

# How many days ago the last move was: of open deals, and of closed ones.
OPEN_SINCE, CLOSED_SINCE = 35, 75
# What was done on deals, one after the other: the type, the outcome, the minutes and the text.
WORK = [
    ("call", "reached", 12, "Talked about quantities and delivery. They compare two suppliers."),
    ("meeting", "", 45, "Showed the new line. The buyer wants a discount for a yearly order."),
    ("call", "no_answer", None, ""),
    ("note", "", None, "The budget is approved in the first week of the month."),
    ("call", "reached", 7, "They ask for the offer in writing."),
]
DONE_TASKS = ["Send the offer", "Call about the contract", "Check delivery times", "Prepare the meeting"]
# By how many days each task was completed after it was due: most on time, some late.
DELAYS = [0, 0, -1, 3, 0, 1]
PRIORITIES = [Task.Priority.NORMAL, Task.Priority.HIGH, Task.Priority.NORMAL, Task.Priority.LOW]


@dataclass(frozen=True)
class Event:
    """What one operation did to a deal: {"column": [old, new]}, none when it was added."""

    at: datetime
    deal: Deal
    kind: str
    fields: dict[str, list[Any]] | None = None
    parameters: dict[str, Any] | None = None


def add_deals_with_past(deals: Sequence[Deal], stages: Sequence[Status]) -> int:
    events = [event for place, deal in enumerate(deals) for event in plan_past(deal, place, stages)]
    with write_without_history():
        Deal.objects.bulk_create(deals)
        _write_history(sorted(events, key=lambda event: event.at))
        Activity.objects.bulk_create(
            row for place, deal in enumerate(deals) for row in _build_work(deal, place)
        )
        Task.objects.bulk_create(
            _build_done_task(deal, place) for place, deal in enumerate(deals) if place % 3
        )
    return len(deals)


def plan_past(deal: Deal, place: int, stages: Sequence[Status]) -> list[Event]:
    """The events of this deal in their order; its times are set as they follow from these."""
    is_open = deal.status.is_open
    days = (1 + place * 5 % OPEN_SINCE) if is_open else (1 + place * 13 % CLOSED_SINCE)
    road = _get_road(deal.status, place, stages)
    # The days ago of each move, the last one first; the first entry is when the deal was added.
    entered = [days]
    for number in range(len(road) - 1 or 1):
        entered.append(entered[-1] + 6 + (place * 3 + number * 5) % 16)
    if len(road) > 1:
        entered = entered[: len(road)]
    else:
        entered = entered[1:]
    moments = [_get_working_moment(ago, place) for ago in reversed(entered)]
    events = [Event(moments[0], deal, "add")]
    events += [
        _build_move(deal, road[number], road[number + 1], moments[number], moments[number + 1])
        for number in range(len(road) - 1)
    ]
    # Between being added and being closed, or until yesterday.
    last = 1 if is_open else days
    events += _build_edits(deal, place, last + (entered[-1] - last) // (2 + place % 3), moments[0])
    events.sort(key=lambda event: event.at)
    deal.created_at, deal.status_since, deal.updated_at = moments[0], moments[-1], events[-1].at
    deal.closed_at = None if is_open else moments[-1]
    deal.version = len(events)
    return events


def _get_road(status: Status, place: int, stages: Sequence[Status]) -> list[Status]:
    """The stages until this one. A lost deal was lost somewhere on its way."""
    open_stages = [stage for stage in stages if stage.is_open]
    if status.is_open:
        return open_stages[: open_stages.index(status) + 1]
    way = open_stages if status.kind == Status.Kind.WON else open_stages[: 1 + place % len(open_stages)]
    return [*way, status]


def _get_working_moment(days: int, place: int, hour: int = 8) -> datetime:
    """On that day, or on the Friday before a weekend."""
    day = timezone.localdate() - timedelta(days)
    day -= timedelta(max(day.weekday() - 4, 0))
    clock = time(hour + place % 6, place * 7 % 60)
    return datetime.combine(day, clock, timezone.get_current_timezone())


def _build_move(deal: Deal, old: Status, new: Status, since: datetime, at: datetime) -> Event:
    fields: dict[str, list[Any]] = {
        "status_id": [old.pk, new.pk],
        "status_since": [since.isoformat(), at.isoformat()],
    }
    if not new.is_open:
        fields["closed_at"] = [None, at.isoformat()]
        if deal.lost_reason_id:
            fields["lost_reason_id"] = [None, deal.lost_reason_id]
    return Event(at, deal, "move", fields, {"status": new.pk})


def _build_edits(deal: Deal, place: int, days: int, added: datetime) -> list[Event]:
    """An expected close that was earlier or later, and an amount that was lower or higher, as far as there was time for it."""
    found = []
    if place % 3 == 1 and deal.expected_close:
        old: date = deal.expected_close - timedelta(7 + place * 5 % 21 if place % 4 else -10)
        moved: dict[str, list[Any]] = {"expected_close": [old.isoformat(), deal.expected_close.isoformat()]}
        found.append(
            Event(_get_working_moment(days, place, 9), deal, "edit", moved, {"fields": ["expected_close"]})
        )
    if place % 4 >= 2 and deal.value is not None:
        before = round(deal.value * (Decimal("0.8") if place % 4 == 2 else Decimal("1.15")), -1)
        fields: dict[str, list[Any]] = {"value": [int(before), int(deal.value)]}
        found.append(Event(_get_working_moment(days, place, 10), deal, "edit", fields, {"fields": ["value"]}))
    return [event for event in found if event.at > added]


def _write_history(events: Sequence[Event]) -> None:
    operations = Operation.objects.bulk_create(
        Operation(
            kind=event.kind,
            table=Deal.table,
            by_id=event.deal.created_by_id,
            at=event.at,
            parameters=event.parameters or {},
            matched=1,
            changed=1,
        )
        for event in events
    )
    versions: dict[int, int] = {}
    rows = []
    for event, record in zip(events, operations, strict=True):
        versions[event.deal.pk] = version = versions.get(event.deal.pk, 0) + 1
        rows.append(
            Change(
                operation=record,
                table=Deal.table,
                row=event.deal.pk,
                version=version,
                at=event.at,
                kind=Change.Kind.UPDATE if event.fields else Change.Kind.INSERT,
                fields=event.fields,
            )
        )
    Change.objects.bulk_create(rows)


def _build_work(deal: Deal, place: int) -> list[Activity]:
    """One to four activities between the day when the deal was added and its last move."""
    number = 1 + place % 4
    span = (deal.status_since - deal.created_at).days or 1
    first = (timezone.localdate() - timezone.localdate(deal.created_at)).days
    found = []
    for each in range(number):
        kind, outcome, minutes, text = WORK[(place + each) % len(WORK)]
        at = _get_working_moment(max(first - span * (each + 1) // (number + 1), 1), place + each, 10)
        found.append(
            Activity(
                of=Deal.table,
                record=deal.pk,
                type=kind,
                outcome=outcome,
                minutes=minutes,
                text=text,
                at=max(at, deal.created_at + timedelta(minutes=20)),
                created_by_id=deal.created_by_id,
            )
        )
    return found


def _build_done_task(deal: Deal, place: int) -> Task:
    """Completed a day before it was due, on its day, or late."""
    due = _skip_weekend(timezone.localdate(deal.created_at) + timedelta(4))
    day = _skip_weekend(due + timedelta(DELAYS[place % len(DELAYS)]))
    done = datetime.combine(day, time(15), timezone.get_current_timezone())
    return Task(
        of=Deal.table,
        record=deal.pk,
        title=DONE_TASKS[place % len(DONE_TASKS)],
        due_on=due,
        user_id=deal.owner_id,
        priority=PRIORITIES[place % len(PRIORITIES)],
        created_at=deal.created_at,
        created_by_id=deal.created_by_id,
        done_at=min(done, timezone.now()),
        done_by_id=deal.owner_id,
    )


def _skip_weekend(day: date) -> date:
    return day + timedelta(7 - day.weekday() if day.weekday() > 4 else 0)

"""Which records are due for an automation by the clock: one statement for each look, however many records there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.db.models import Min

from accounts.working_time.calendar import WorkingCalendar
from automations.definition.trigger_dates import iterate_own_date_fields
from automations.models import Automation
from automations.running.clock_days import DAY, Days, acts_daily_on, get_due_days, get_looks, join_days
from automations.running.due_meetings import find_due_meetings
from automations.running.quiet_records import find_quiet_records
from automations.running.step_plan import NotReady, get_conditions
from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.stored_conditions import annotate_met
from crm.work.models.task import Task

Trigger = Automation.Trigger


@dataclass(frozen=True)
class DueRecord:
    """`occasion` is what it is due for, which happens once: a value of its date, its last event, a task, a meeting at its time, a day. `since`
    is the day of that."""

    record: int
    occasion: str
    since: date


def find_due_records(
    automation: Automation, calendar: WorkingCalendar, after: datetime, until: datetime
) -> list[DueRecord]:
    """Those that became due after one moment, and not after another one, in the order of their ids. Of the days that a daily automation has
    missed, only the last one counts. Raises NotReady if the date field is gone."""
    if automation.trigger == Trigger.MEETING_TIME:
        found = find_due_meetings(automation, after, until, begun=until)
        return [
            DueRecord(one.record, one.occasion, one.due_at.astimezone(calendar.zone).date()) for one in found
        ]
    looks = get_looks(automation, calendar, after, until)
    if automation.trigger == Trigger.DAILY:
        days = [day for day in looks if acts_daily_on(automation, calendar, day)]
        return find_records_of_day(automation, days[-1]) if days else []
    return find_records_due_on(automation, calendar, looks)


def find_records_due_on(
    automation: Automation, calendar: WorkingCalendar, looks: Sequence[date], most: int | None = None
) -> list[DueRecord]:
    """The same for the looks of these consecutive days, at most so many."""
    days = join_days([get_due_days(automation, calendar, day) for day in looks])
    return find_records_in_days(automation, calendar, days, most) if days else []


def find_records_in_days(
    automation: Automation, calendar: WorkingCalendar, days: Days, most: int | None = None
) -> list[DueRecord]:
    """Those whose date, overdue task or last event is in these days."""
    kind = KINDS[automation.table_of]
    if automation.trigger == Trigger.DATE:
        return _find_by_date(automation, kind, calendar, days, most)
    if automation.trigger == Trigger.TASK_OVERDUE:
        return _find_by_task(automation, kind, days, most)
    number = automation.trigger_values["quiet"]
    first, end = calendar.get_moment(days.first, time()), calendar.get_moment(days.last + DAY, time())
    return [
        DueRecord(record, f"{at.isoformat()} {number}", at.astimezone(calendar.zone).date())
        for record, at in find_quiet_records(kind, first, end, most)
    ]


def find_records_of_day(automation: Automation, day: date) -> list[DueRecord]:
    """All that meet the conditions now: a daily automation says nothing of the others."""
    kind, conditions = KINDS[automation.table_of], get_conditions(automation)
    rows = annotate_met(kind.model.objects.present(), conditions).filter(meets=True)
    ids = rows.order_by("pk").values_list("pk", flat=True)
    return [DueRecord(record, day.isoformat(), day) for record in ids]


def get_date_field(automation: Automation) -> models.DateField:
    """The own or custom field of a trigger by date. Raises NotReady if it is gone."""
    kind, name = KINDS[automation.table_of], automation.trigger_values["field"]
    own = {field.name: field for field in iterate_own_date_fields(kind)}
    field: Any = own.get(name) or get_custom_field(kind.name, name)
    if not isinstance(field, models.DateField):
        raise NotReady(Automation.OffReason.CONDITIONS, name)
    return field


def _find_by_date(
    automation: Automation, kind: Kind, calendar: WorkingCalendar, days: Days, most: int | None
) -> list[DueRecord]:
    field, values = get_date_field(automation), automation.trigger_values
    rows, name = kind.model.objects.present(), values["field"]
    if kind.has_custom(name):
        rows = annotate_custom_values(rows, [name])
    is_moment = isinstance(field, models.DateTimeField)
    ends: Any = days
    if is_moment:
        ends = (calendar.get_moment(days.first, time()), calendar.get_moment(days.last + DAY, time()))
    found = rows.filter(**{f"{name}__gte": ends[0], f"{name}__{'lt' if is_moment else 'lte'}": ends[1]})
    # Without a limit, the order is that of the ids, which locks need.
    ordered = found.order_by(name, "pk")[:most] if most else found.order_by("pk")
    told = f"{name} {values['side']} {values['days']}"
    return [
        DueRecord(record, f"{value} {told}", value)
        for record, at in ordered.values_list("pk", name)
        for value in [at.astimezone(calendar.zone).date() if is_moment else at]
    ]


def _find_by_task(automation: Automation, kind: Kind, days: Days, most: int | None) -> list[DueRecord]:
    """Of several tasks of a record, the first one counts: the record is due once."""
    tasks = Task.objects.present().open().of_kinds([kind.name]).due_between(*days).filter(record__gt=0)
    first = tasks.order_by().values("record").annotate(due=Min("due_on"), task=Min("pk")).order_by("record")
    number = automation.trigger_values["days"]
    return [
        DueRecord(record, f"{task} {due} {number}", due)
        for record, due, task in first.values_list("record", "due", "task")[:most]
    ]

"""What an automation by the clock would find: the records that become due in the next days, if nothing happens until then."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.working_time.calendar import Calendars, WorkingCalendar
from automations.models import Automation
from automations.running.clock_days import get_due_days, get_looks
from automations.running.due_meetings import find_due_meetings
from automations.running.due_records import find_records_due_on
from automations.running.step_plan import NotReady, get_conditions
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import annotate_met

DAYS = 30
# So many due records are looked at, and so many are listed.
MOST, LISTED = 1_000, 50


@dataclass(frozen=True)
class DueLine:
    record: Any
    day: date


@dataclass
class DueForecast:
    """The first records in the order of their days. `is_cut` says that there may be others; `problem` is why the automation
    can't act."""

    lines: list[DueLine] = field(default_factory=list)
    is_cut: bool = False
    problem: str = ""


def build_due_forecast(automation: Automation, viewer: User, now: datetime | None = None) -> DueForecast:
    """Of records that the viewer sees and that meet the conditions now. A daily automation has none: its records are those of the
    list."""
    calendar, now = Calendars().get_for_user(automation.owner), now or timezone.now()
    try:
        conditions = get_conditions(automation)
        if automation.trigger == Automation.Trigger.DAILY:
            return DueForecast()
        end = now + timedelta(days=DAYS)
        if automation.trigger == Automation.Trigger.MEETING_TIME:
            meetings = find_due_meetings(automation, now, end, begun=now, most=MOST)
            due = [(one.record, one.due_at.astimezone(calendar.zone).date()) for one in meetings]
        else:
            due = _find_due_days(automation, calendar, get_looks(automation, calendar, now, end))
    except NotReady as problem:
        return DueForecast(problem=f"{Automation.OffReason(problem.reason).label} {problem}".strip())
    rows = annotate_met(KINDS[automation.table_of].model.objects.present().visible_to(viewer), conditions)
    records = rows.filter(pk__any=[record for record, _day in due], meets=True).in_bulk()
    found = [DueLine(records[record], day) for record, day in due if record in records]
    found.sort(key=lambda line: (line.day, line.record.pk))
    return DueForecast(found[:LISTED], len(due) >= MOST or len(found) > LISTED)


def _find_due_days(
    automation: Automation, calendar: WorkingCalendar, looks: list[date]
) -> list[tuple[int, date]]:
    """The records that are due at these looks, each with the day on which the automation acts."""
    parts = [(day, get_due_days(automation, calendar, day)) for day in looks]
    return [
        (one.record, day)
        for one in find_records_due_on(automation, calendar, looks, MOST)
        for day, part in parts
        if part and part.first <= one.since <= part.last
    ]

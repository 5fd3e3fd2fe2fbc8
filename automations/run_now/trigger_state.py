"""What the trigger of an automation says about records as they are now: run now, "when a lead gets the status Qualified" means the leads
that are in it, and "is quiet for five working days" those that are quiet for at least so long."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils import timezone

from accounts.working_time.calendar import Calendars, WorkingCalendar
from automations.definition.clock_forms import BEFORE
from automations.definition.trigger_forms import get_sent_trigger_values, get_status_name
from automations.models import Automation
from automations.models.automation import BY_MAILINGS
from automations.running.clock_days import DAY, Days, get_due_days
from automations.running.due_meetings import get_shift, meetings_queryset
from automations.running.due_records import find_records_in_days
from automations.running.quiet_records import find_quiet_records
from crm.models import FrozenSet
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import annotate_met, parse_conditions
from mailings.models import Delivery

Trigger = Automation.Trigger
# By the clock, what is due; a daily automation is due for all records.
DUE = {Trigger.QUIET, Trigger.DATE, Trigger.TASK_OVERDUE}
# A look on a day off finds nothing, so the last working day counts. There is one in each such stretch.
LONGEST_BREAK = 60
FIRST_DAY = date(1900, 1, 1)
# A planned meeting is something that happens, too.
FAR_AHEAD = timedelta(days=10 * 366)


def get_state_query(automation: Automation) -> str:
    """What a record is like right after what wakes the automation, as the query of a list; '' if nothing of it shows."""
    kind = KINDS[automation.table_of]
    sent = get_sent_trigger_values(kind, automation.trigger_values)
    if automation.trigger == Trigger.STATUS_ENTERED:
        return urlencode({get_status_name(kind): sent["status"]})
    if automation.trigger == Trigger.FIELD_CHANGED and "to" in sent:
        return urlencode({sent["field"]: sent["to"]})
    return ""


def keep_woken_ones(
    automation: Automation, rows: Any, now: datetime | None = None, among: FrozenSet | None = None
) -> Any:
    """Of these rows, a queryset of the record type, those that are as the trigger says now. `among` is the set that the rows are of:
    then nothing is asked about others."""
    kind = KINDS[automation.table_of]
    if automation.trigger in DUE:
        return _keep_due_ones(automation, rows, now or timezone.now(), among)
    if automation.trigger == Trigger.MEETING_TIME:
        return _keep_ones_with_meetings(automation, rows, now or timezone.now())
    if automation.is_by_mailings:
        return _keep_responding_ones(automation, rows)
    query = get_state_query(automation)
    if not query:
        return rows
    conditions = parse_conditions(kind, QueryDict(query))
    met = annotate_met(kind.model.objects.present(), conditions).filter(meets=True)
    return rows.filter(pk__in=met.order_by().values("pk"))


def _keep_responding_ones(automation: Automation, rows: Any) -> Any:
    """Those that have done so with the mailing, or with any."""
    column = BY_MAILINGS[Trigger(automation.trigger)]
    found = Delivery.objects.filter(of=automation.table_of, record=OuterRef("pk")).exclude(**{column: None})
    if mailing := automation.trigger_values.get("mailing"):
        found = found.filter(mailing=mailing)
    return rows.filter(Exists(found))


def _keep_ones_with_meetings(automation: Automation, rows: Any, now: datetime) -> Any:
    """Those with a meeting that begins within that time, or that began so long ago."""
    shift, found = get_shift(automation), meetings_queryset(automation).filter(record=OuterRef("pk"))
    comes_near = automation.trigger_values["side"] == BEFORE
    due = found.filter(at__gt=now, at__lte=now - shift) if comes_near else found.filter(at__lte=now - shift)
    return rows.filter(Exists(due))


def _keep_due_ones(automation: Automation, rows: Any, now: datetime, among: FrozenSet | None) -> Any:
    kind, calendar = KINDS[automation.table_of], Calendars().get_for_user(automation.owner)
    today = now.astimezone(calendar.zone).date()
    last = _get_last_due_day(automation, calendar, today)
    if last is None:
        return rows.none()
    if automation.trigger == Trigger.QUIET:
        # Nothing has happened since that day: those to which something has are fewer.
        end = calendar.get_moment(last + DAY, time())
        active = [pk for pk, _at in find_quiet_records(kind, end, now + FAR_AHEAD, among=among)]
        return rows.exclude(pk__in=active)
    comes_near = automation.trigger == Trigger.DATE and automation.trigger_values["side"] == BEFORE
    days = Days(today if comes_near else FIRST_DAY, last)
    due = find_records_in_days(automation, calendar, days)
    return rows.filter(pk__any=[one.record for one in due])


def _get_last_due_day(automation: Automation, calendar: WorkingCalendar, today: date) -> date | None:
    for back in range(LONGEST_BREAK):
        if days := get_due_days(automation, calendar, today - timedelta(days=back)):
            return days.last
    return None

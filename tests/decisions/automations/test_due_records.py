"""Which records are due in some days, by a date or an overdue task, and in which order they are acted on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.working_time.calendar import USUAL_WEEK, WorkingCalendar
from automations.models import Automation
from automations.running.clock_days import Days
from automations.running.due_meetings import find_due_meetings
from automations.running.due_records import DueRecord, find_records_in_days, find_records_of_day
from crm.models import Activity, Task
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.records.history.verb_execution import operation
from leads.models import Lead

pytestmark = pytest.mark.django_db
BUCHAREST = ZoneInfo("Europe/Bucharest")
CALENDAR = WorkingCalendar(USUAL_WEEK, frozenset(), BUCHAREST)
FIRST, LAST = date(2026, 11, 20), date(2026, 11, 22)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
DUE = Days(FIRST, LAST)


def by_clock(trigger: str, **values: Any) -> Automation:
    return Automation(table_of="lead", trigger=trigger, trigger_values={"time": "08:00", **values})


BY_DATE = by_clock("date", field="next_action_on", side="on", days=0)
BY_MOMENT = by_clock("date", field="created_at", side="after", days=2)
BY_TASK = by_clock("task_overdue", days=1)


def write(lead: Lead, **values: Any) -> None:
    with write_without_history():
        Lead.objects.filter(pk=lead.pk).update(**values)


def set_day(lead: Lead, day: date) -> None:
    write(lead, next_action_on=day)


def set_moment(lead: Lead, day: date) -> None:
    write(lead, created_at=datetime.combine(day, time(12), BUCHAREST))


def add_task(lead: Lead, day: date, **values: Any) -> Task:
    with operation("test", by=None):
        return Task.objects.create(
            **{"title": "Call", "of": "lead", "record": lead.pk, "due_on": day} | values
        )


DATES = {
    "the day before": (FIRST - DAY, False),
    "the first day": (FIRST, True),
    "a day between": (FIRST + DAY, True),
    "the last day": (LAST, True),
    "the day after": (LAST + DAY, False),
}


@pytest.mark.parametrize(("day", "is_due"), DATES.values(), ids=DATES.keys())
def test_the_first_and_the_last_day_count_for_a_date(make_lead, day, is_due):
    lead = make_lead()
    set_day(lead, day)
    expected = [DueRecord(lead.pk, f"{day} next_action_on on 0", day)] if is_due else []
    assert find_records_in_days(BY_DATE, CALENDAR, DUE) == expected


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BUCHAREST)


MOMENTS = {
    "before the first midnight": (midnight(FIRST) - INSTANT, None),
    "the first midnight": (midnight(FIRST), FIRST),
    "a day between": (midnight(FIRST + DAY), FIRST + DAY),
    "before the last midnight": (midnight(LAST + DAY) - INSTANT, LAST),
    "the last midnight": (midnight(LAST + DAY), None),
}


@pytest.mark.parametrize(("moment", "since"), MOMENTS.values(), ids=MOMENTS.keys())
def test_a_moment_is_due_on_its_day_on_the_clock_of_the_owner(make_lead, moment, since):
    lead = make_lead()
    write(lead, created_at=moment)
    expected = [DueRecord(lead.pk, f"{since} created_at after 2", since)] if since else []
    assert find_records_in_days(BY_MOMENT, CALENDAR, DUE) == expected


# When the task was due, what else is so, and whether its record is due.
TASKS: dict[str, tuple[date, dict[str, Any], bool]] = {
    **{f"due on {name}": (day, {}, is_due) for name, (day, is_due) in DATES.items()},
    "done": (FIRST, {"done_at": datetime(2026, 11, 21, tzinfo=UTC)}, False),
    "deleted": (FIRST, {"deleted_at": datetime(2026, 11, 21, tzinfo=UTC)}, False),
    "of another type of record": (FIRST, {"of": "company"}, False),
    "of no record": (FIRST, {"of": "", "record": 0}, False),
    "of the very first record": (FIRST, {"record": 1}, True),
}


@pytest.mark.parametrize(("day", "values", "is_due"), TASKS.values(), ids=TASKS.keys())
def test_an_open_task_of_one_of_the_days_makes_its_record_due(make_lead, day, values, is_due):
    task = add_task(make_lead(), day, **values)
    expected = [DueRecord(task.record, f"{task.pk} {day} 1", day)] if is_due else []
    assert find_records_in_days(BY_TASK, CALENDAR, DUE) == expected


def test_of_several_tasks_the_first_one_counts(make_lead):
    lead = make_lead()
    task = add_task(lead, LAST)
    add_task(lead, FIRST)
    assert find_records_in_days(BY_TASK, CALENDAR, DUE) == [DueRecord(lead.pk, f"{task.pk} {FIRST} 1", FIRST)]


# An automation, what makes a record due on a day, and whether a limit keeps those that are due first; if not, the first ids.
ORDERED: dict[str, tuple[Automation, Callable[[Lead, date], Any], bool]] = {
    "by date": (BY_DATE, set_day, True),
    "by moment": (BY_MOMENT, set_moment, True),
    "by task": (BY_TASK, add_task, False),
}


@pytest.mark.parametrize(("automation", "make_due", "soonest"), ORDERED.values(), ids=ORDERED.keys())
def test_records_are_in_the_order_of_their_numbers_whatever_their_days(
    make_lead, automation, make_due, soonest
):
    """Locks need this order. With a limit, the dates decide who is among them."""
    leads = [make_lead() for _number in range(3)]
    for lead, day in zip(reversed(leads), (FIRST, FIRST + DAY, LAST), strict=True):
        make_due(lead, day)
    ids = [lead.pk for lead in leads]
    assert [one.record for one in find_records_in_days(automation, CALENDAR, DUE)] == ids
    few = [one.record for one in find_records_in_days(automation, CALENDAR, DUE, 2)]
    assert few == ([*reversed(ids)] if soonest else ids)[:2]


def test_of_those_with_one_date_the_first_numbers_are_within_a_limit(make_lead):
    leads = [make_lead() for _number in range(3)]
    for lead in reversed(leads):
        set_day(lead, FIRST)
    found = find_records_in_days(BY_DATE, CALENDAR, DUE, 2)
    assert [one.record for one in found] == [lead.pk for lead in leads[:2]]


def test_a_daily_automation_takes_those_that_meet_its_conditions_in_the_order_of_their_numbers(make_lead):
    leads = [make_lead(vip=vip) for vip in (True, False, True, True)]
    write(leads[0], zip="60200")
    write(leads[3], deleted_at=datetime(2026, 11, 21, tzinfo=UTC))
    daily = Automation(table_of="lead", trigger="daily", conditions="vip=yes")
    expected = [DueRecord(leads[number].pk, f"{FIRST}", FIRST) for number in (0, 2)]
    assert find_records_of_day(daily, FIRST) == expected


def test_records_with_meetings_are_in_the_order_of_their_numbers_and_with_a_limit_in_that_of_the_meetings(
    ann, make_lead
):
    """Of a record with two, the earlier one comes last: a record acts once, for that one."""
    noon, leads = datetime(2026, 11, 20, 12, tzinfo=UTC), [make_lead() for _number in range(2)]
    with operation("test", by=None):
        for lead, hours in ((leads[1], 0), (leads[1], 3), (leads[0], 2)):
            at = noon + timedelta(hours=hours)
            Activity.objects.create(
                of="lead", record=lead.pk, type="meeting", outcome="planned", at=at, created_by=ann
            )
    automation = by_clock("meeting_time", number=1, unit="hours", side="before")
    span = {"after": noon - DAY, "until": noon + DAY, "begun": noon - DAY}
    found = [(one.record, one.due_at) for one in find_due_meetings(automation, **span)]
    due = {hours: noon + timedelta(hours=hours - 1) for hours in (0, 2, 3)}
    assert found == [(leads[0].pk, due[2]), (leads[1].pk, due[3]), (leads[1].pk, due[0])]
    few = [(one.record, one.due_at) for one in find_due_meetings(automation, **span, most=2)]
    assert few == [(leads[1].pk, due[0]), (leads[0].pk, due[2])]


def test_of_meetings_at_one_time_the_one_that_was_added_first_counts(ann, make_lead):
    """It is the first within a limit, and without one the last of its record, which is the one that the record acts for."""
    noon, lead = datetime(2026, 11, 20, 12, tzinfo=UTC), make_lead()
    with operation("test", by=None):
        values = {"of": "lead", "record": lead.pk, "type": "meeting", "outcome": "planned", "at": noon}
        first, second = (Activity.objects.create(**values, created_by=ann).pk for _number in range(2))
    automation = by_clock("meeting_time", number=1, unit="hours", side="before")
    span = {"after": noon - DAY, "until": noon + DAY, "begun": noon - DAY}
    for most, expected in ((None, [second, first]), (2, [first, second])):
        found = find_due_meetings(automation, **span, most=most)
        assert [int(one.occasion.split()[0]) for one in found] == expected

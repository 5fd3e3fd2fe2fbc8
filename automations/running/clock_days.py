"""The days of an automation by the clock: when it looks, and which days of the past or the future are due by then.

It looks once a day, at its time on the clock of its owner, and each minute for meetings. Working days are those of the owner's
department.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.working_time.calendar import Calendars, WorkingCalendar
from automations.definition.clock_forms import AFTER, BEFORE, WORKING_DAYS
from automations.models import Automation

DAY = timedelta(days=1)
# Meetings begin at any minute.
LOOKS_FOR_MEETINGS = timedelta(minutes=1)
# A wait for a working day that takes longer is a mistake in the calendar.
FARTHEST = 2 * 366
Trigger = Automation.Trigger


class Days(NamedTuple):
    """From the first day to the last one; none if the first one is later."""

    first: date
    last: date

    def __bool__(self) -> bool:
        return self.first <= self.last


NO_DAYS = Days(date.max, date.min)


def get_time(automation: Automation) -> time:
    return time.fromisoformat(automation.trigger_values["time"])


def get_next_look(automation: Automation, calendar: WorkingCalendar, after: datetime) -> datetime:
    """The first moment after this one at which the automation looks for due records."""
    if automation.trigger == Trigger.MEETING_TIME:
        return after + LOOKS_FOR_MEETINGS
    day = after.astimezone(calendar.zone).date() - DAY
    while (moment := calendar.get_moment(day, get_time(automation))) <= after:
        day += DAY
    return moment


def get_next_look_of(automation: Automation) -> datetime | None:
    """The same from now on, for one that is on and by the clock; None for others, and for one that looks all the time."""
    looks_all_the_time = automation.trigger == Trigger.MEETING_TIME
    if not (automation.turned_on and automation.acts_by_clock) or looks_all_the_time:
        return None
    return get_next_look(automation, Calendars().get_for_user(automation.owner), timezone.now())


def get_looks(
    automation: Automation, calendar: WorkingCalendar, after: datetime, until: datetime
) -> list[date]:
    """The days whose look is after one moment and not after another one. There are several if no worker ran for days."""
    day, found = after.astimezone(calendar.zone).date(), []
    while (moment := calendar.get_moment(day, get_time(automation))) <= until:
        if moment > after:
            found.append(day)
        day += DAY
    return found


def acts_daily_on(automation: Automation, calendar: WorkingCalendar, day: date) -> bool:
    return automation.trigger_values["on"] != WORKING_DAYS or calendar.is_working_day(day)


def get_due_days(automation: Automation, calendar: WorkingCalendar, day: date) -> Days:
    """What is due on a day: the values of a date field, the days on which tasks were due, or the days of the last event of a
    quiet record."""
    values = automation.trigger_values
    if automation.trigger == Trigger.DATE:
        shift = {BEFORE: values["days"], AFTER: -values["days"]}.get(values["side"], 0)
        wanted = day + timedelta(days=shift)
        return Days(wanted, wanted)
    whole = values["days"] if automation.trigger == Trigger.TASK_OVERDUE else values["quiet"] + 1
    return get_days_that_end_on(calendar, day, whole)


def get_days_that_end_on(calendar: WorkingCalendar, day: date, count: int) -> Days:
    """The days after which so many working days end on this day: several before a weekend, none if it isn't a working day."""
    if not calendar.is_working_day(day):
        return NO_DAYS
    last, left = day - DAY, count - 1
    while left and day - last <= timedelta(days=FARTHEST):
        left -= calendar.is_working_day(last)
        last -= DAY
    first = last
    while not calendar.is_working_day(first) and day - first <= timedelta(days=FARTHEST):
        first -= DAY
    return Days(first, last)


def join_days(parts: list[Days]) -> Days:
    """From the first of all of them to the last one."""
    every = [NO_DAYS, *parts]
    return Days(min(part.first for part in every), max(part.last for part in every))

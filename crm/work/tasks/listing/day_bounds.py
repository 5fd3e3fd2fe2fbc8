"""The parts of the list of tasks on the reader's clock, where tasks are due on the clocks of users in other time zones."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from crm.platform.configuration.company import get_company_time_zone
from crm.work.models.task import is_past

# A day of one clock may begin on the day before of another one.
FARTHEST = timedelta(days=2)


def get_zones() -> dict[str, ZoneInfo]:
    """The time zones of users, by what is stored of them."""
    names = get_user_model()._default_manager.order_by().values_list("time_zone", flat=True).distinct()
    company = get_company_time_zone()
    return {name: ZoneInfo(name or company) for name in names}


def has_other_zone(zones: Iterable[ZoneInfo]) -> bool:
    """Whether one of these isn't the reader's."""
    here = timezone.get_current_timezone_name()
    return any(str(zone) != here for zone in zones)


def end_of_week(today: date) -> date:
    """The Sunday."""
    return today + timedelta(days=6 - today.weekday())


def get_next_monday(day: date) -> date:
    """The Monday after this day; of a Monday, that of the next week."""
    return end_of_week(day) + timedelta(days=1)


def build_due_condition(when: str, now: datetime, zones: dict[str, ZoneInfo]) -> Q:
    """The tasks that are overdue, due later today, later this week, or after it: those with a time by their moment, those of all
    day by their day."""
    today, sunday = now.date(), end_of_week(now.date())
    days: dict[str, tuple[date | None, date | None]] = {
        "overdue": (None, today - timedelta(1)),
        "today": (today, today),
        "week": (today + timedelta(1), sunday),
        "later": (sunday + timedelta(1), None),
    }
    first, last = days[when]
    begins = now if when == "today" else _get_midnight(first, now)
    ends = now if when == "overdue" else _get_midnight(last and last + timedelta(1), now)
    timed = Q(user=None) & _build_clock_range(begins, ends)
    for name, zone in zones.items():
        there = (moment and moment.astimezone(zone) for moment in (begins, ends))
        timed |= Q(user__time_zone=name) & _build_clock_range(*there)
    found = Q(due_time__isnull=True) & _build_days_condition(first, last) | Q(due_time__isnull=False) & timed
    # What an index finds.
    return found & _build_days_condition(begins and begins.date() - FARTHEST, ends and ends.date() + FARTHEST)


def _get_midnight(day: date | None, now: datetime) -> datetime | None:
    return datetime.combine(day, time.min, now.tzinfo) if day else None


def _build_clock_range(begins: datetime | None, ends: datetime | None) -> Q:
    """From this moment of a clock until before that one; None is open."""
    condition = Q()
    if begins:
        later = Q(due_on=begins.date(), due_time__gte=begins.time())
        condition &= Q(due_on__gt=begins.date()) | later
    if ends:
        condition &= Q(due_on__lt=ends.date()) | Q(due_on=ends.date(), due_time__lt=ends.time())
    return condition


def _build_days_condition(first: date | None, last: date | None) -> Q:
    condition = Q(due_on__gte=first) if first else Q()
    return condition & Q(due_on__lte=last) if last else condition


def get_list_part(day: date | None, clock: time | None, now: datetime) -> str:
    """The value in WHEN of the part that an open task is listed in which is due then on this clock."""
    today = now.date()
    if day is None:
        return "no_date"
    if is_past(day, clock, now):
        return "overdue"
    if day == today:
        return "today"
    return "week" if day <= end_of_week(today) else "later"

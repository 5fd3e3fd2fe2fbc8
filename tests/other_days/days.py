"""The days on which something ends, begins or is missing, each as the next one after a given day."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# The time zone in which the tests run (tests/database/server.py).
TIME_ZONE = ZoneInfo("Europe/Bucharest")
A_DAY = timedelta(days=1)


def is_last_sunday(day: date) -> bool:
    return day.weekday() == 6 and (day + 7 * A_DAY).month != day.month


# At each of these hours it is another day in UTC, or will be soon, or the clocks have just been changed.
DAYS: dict[str, tuple[Callable[[date], bool], time]] = {
    "new_year": (lambda day: (day.month, day.day) == (1, 1), time(0, 10)),
    "first_of_month": (lambda day: day.day == 1 and day.month != 1, time(9)),
    "last_of_month": (lambda day: day.day == 31, time(23)),
    "end_of_february": (lambda day: (day.month, (day + A_DAY).month) == (2, 3), time(0, 30)),
    "leap_day": (lambda day: (day.month, day.day) == (2, 29), time(12)),
    "clocks_forward": (lambda day: day.month == 3 and is_last_sunday(day), time(4, 30)),
    "clocks_back": (lambda day: day.month == 10 and is_last_sunday(day), time(4, 30)),
    "monday_morning": (lambda day: day.weekday() == 0, time(0, 5)),
    "sunday_evening": (lambda day: day.weekday() == 6, time(22)),
}


def get_next_moment(name: str, today: date) -> datetime:
    """The hour on the next such day after `today`; a KeyError if there is no such name."""
    fits, hour = DAYS[name]
    day = today + A_DAY
    while not fits(day):
        day += A_DAY
    return datetime.combine(day, hour, TIME_ZONE)


def get_name_for_night(today: date) -> str:
    """Each night another one."""
    names = list(DAYS)
    return names[today.toordinal() % len(names)]

"""Call-backs: the moments at which a customer can be called back with one click, on the clock of the user who calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.work.models.task import Task
from crm.work.tasks.listing.day_bounds import get_next_monday
from crm.work.tasks.verbs import AddTask

Openings = Callable[[Any, Sequence[date]], list[datetime]]
HOURS_BY_MOMENT = {"in_1_hour": 1, "in_3_hours": 3}
NEXT_DAY, NEXT_WEEK = "next_day", "next_week"
DAY = timedelta(days=1)
USUAL_OPENING = time(9)


def find_usual_openings(user: Any, days: Sequence[date]) -> list[datetime]:
    """When the user begins to work on each of these days, or on the first day from Monday to Friday after it."""
    working = [get_next_monday(day) if day.weekday() > 4 else day for day in days]
    return [datetime.combine(day, USUAL_OPENING, user.zone) for day in working]


# The app that knows the working time of users puts its own function here; the last one counts.
OPENINGS: list[Openings] = [find_usual_openings]


@dataclass(frozen=True)
class CallBackMoment:
    """A day and a time on the clock of the user; `label` and `clock` are its words: "In 3 hours", "19:30"."""

    code: str
    label: str
    clock: str
    day: date
    at: time


def build_call_back_moments(user: Any) -> list[CallBackMoment]:
    """The moments that are offered now, the earliest first, each once: on a Friday, the next day is that of next week."""
    now = timezone.now().astimezone(user.zone)
    found = [_build_moment_in_hours(code, hours, user.zone) for code, hours in HOURS_BY_MOMENT.items()]
    tomorrow, monday = now.date() + DAY, get_next_monday(now.date())
    next_day, next_week = OPENINGS[-1](user, [tomorrow, monday])
    words = _("Tomorrow") if next_day.date() == tomorrow else date_format(next_day, "l")
    found.append(_build_moment(NEXT_DAY, words, next_day))
    if next_week != next_day:
        found.append(
            _build_moment(NEXT_WEEK, _("Next week"), next_week, date_format(next_week, "D j M, H:i"))
        )
    return found


def get_call_back_moment(user: Any, code: str) -> CallBackMoment | None:
    """None for an unknown code."""
    return next((moment for moment in build_call_back_moments(user) if moment.code == code), None)


def build_call_back_verb(user: Any, moment: CallBackMoment) -> AddTask:
    """Adds the call to each record, for this user."""
    task = {"title": _("Call back"), "type": Task.Type.CALL, "due_on": moment.day, "due_time": moment.at}
    return AddTask(user, {**task, "user": user})


def get_moment_in_hours(hours: int, zone: tzinfo) -> datetime:
    """So many hours from now, rounded up to five minutes: hours that pass, also while a clock is changed."""
    later = (timezone.now() + timedelta(hours=hours)).astimezone(zone)
    # The five minutes are those of the clock, and no time zone is changed within five minutes.
    later = later.replace(second=0, microsecond=0)
    return later + timedelta(minutes=-later.minute % 5)


def _build_moment_in_hours(code: str, hours: int, zone: tzinfo) -> CallBackMoment:
    later = get_moment_in_hours(hours, zone)
    words = ngettext("In %(hours)s hour", "In %(hours)s hours", hours) % {"hours": hours}
    clock = date_format(later, "H:i" if later.date() == timezone.localdate(timezone=zone) else "D H:i")
    return _build_moment(code, words, later, clock)


def _build_moment(code: str, label: str, moment: datetime, clock: str = "") -> CallBackMoment:
    return CallBackMoment(code, label, clock or date_format(moment, "H:i"), moment.date(), moment.time())

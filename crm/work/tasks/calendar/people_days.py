"""What is known of people's days besides their tasks and meetings: working hours, absences, holidays, and other busy times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Moments = tuple[datetime, datetime]


@dataclass(frozen=True)
class PeopleDays:
    """`working` and `busy` are spans from one moment to another; `notes` are words about a day, such as a holiday's name."""

    working: Sequence[Moments] = ()
    busy: Sequence[Moments] = ()
    notes: Mapping[date, Sequence[str]] = field(default_factory=dict)


PeopleSource = Callable[[Any, Sequence[int], Moments, Sequence[Moments]], PeopleDays]
"""Given the reader, the IDs of people, a period, and the spans of what the reader sees: `busy` is what remains of the times of one
person alone."""


def get_no_days(viewer: Any, people: Sequence[int], period: Moments, seen: Sequence[Moments]) -> PeopleDays:
    """Nothing is known without an app that knows the working time of users."""
    return PeopleDays()


# The app that knows it puts its own function here (product/contribution.py); the last one counts.
SOURCES: list[PeopleSource] = [get_no_days]

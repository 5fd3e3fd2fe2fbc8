"""Where entries are in the hours of a day: how far down, how long, and side by side where they overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

MINUTES_OF_DAY = 24 * 60
# The smallest step that has a rule in static/css/hours.css.
STEP = 5
# In minutes: what is shorter would have no room for its title.
SHORTEST = 25
# The hours that are always shown.
USUAL_HOURS = (8, 18)


@dataclass(frozen=True)
class Place:
    """In minutes since midnight; `lane` of `lanes` side by side."""

    begins: int
    ends: int
    lane: int = 0
    lanes: int = 1

    def get_attributes(self, first_hour: int) -> SafeString:
        """What static/css/hours.css reads, which strict CSP allows where it forbids styles: numbers alone."""
        hour, minute = divmod(self.begins - first_hour * 60, 60)
        hours, minutes = divmod(self.ends - self.begins, 60)
        return format_html(
            'data-hour="{}" data-minute="{}" data-hours="{}" data-minutes="{}" data-lane="{}" data-lanes="{}"',
            *(hour, minute, hours, minutes, self.lane, self.lanes),
        )


def build_place(clock: time, length: int) -> Place:
    """Until midnight at the latest, and long enough for a title."""
    begins = min(_get_minutes(clock) // STEP * STEP, MINUTES_OF_DAY - SHORTEST)
    ends = begins + max(-(-length // STEP) * STEP, SHORTEST)
    return Place(begins, min(ends, MINUTES_OF_DAY))


def place_side_by_side(entries: Iterable[Any], most: int) -> tuple[list[tuple[Any, Place]], list[Any]]:
    """Timed entries with their places, in order, and those for which `most` lanes leave no room."""
    placed: list[tuple[Any, Place]] = []
    left: list[Any] = []
    group: list[tuple[Any, Place]] = []
    lanes: list[int] = []
    for entry in sorted(entries, key=lambda each: each.get_sort_key()):
        place = build_place(entry.clock, entry.length)
        if all(ends <= place.begins for ends in lanes):
            placed += _share_width(group, len(lanes))
            group, lanes = [], []
        free = next((lane for lane, ends in enumerate(lanes) if ends <= place.begins), len(lanes))
        if free == most:
            left.append(entry)
            continue
        lanes[free : free + 1] = [place.ends]
        group.append((entry, Place(place.begins, place.ends, free)))
    return placed + _share_width(group, len(lanes)), left


def _share_width(group: list[tuple[Any, Place]], lanes: int) -> list[tuple[Any, Place]]:
    return [(entry, Place(place.begins, place.ends, place.lane, lanes)) for entry, place in group]


def split_by_day(spans: Iterable[tuple[datetime, datetime]], zone: Any) -> dict[date, list[tuple[time, int]]]:
    """For each day on the clock of a zone: when a span begins there, and how many minutes of the clock it takes."""
    found: dict[date, list[tuple[time, int]]] = {}
    for begins, ends in spans:
        first, last = begins.astimezone(zone), ends.astimezone(zone)
        day = first.date()
        while day <= last.date():
            from_minute = _get_minutes(first.time()) if day == first.date() else 0
            to_minute = _get_minutes(last.time()) if day == last.date() else MINUTES_OF_DAY
            if to_minute > from_minute:
                clock = time(*divmod(from_minute, 60))
                found.setdefault(day, []).append((clock, to_minute - from_minute))
            day += timedelta(days=1)
    return found


def find_hours(places: Sequence[Place]) -> tuple[int, int]:
    """The first hour that is shown and the one at which the last ends, so that all of these are in it."""
    first, last = USUAL_HOURS
    return (
        min([first, *(place.begins // 60 for place in places)]),
        max([last, *(-(-place.ends // 60) for place in places)]),
    )


def _get_minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute

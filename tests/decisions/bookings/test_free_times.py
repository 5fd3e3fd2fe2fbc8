"""When someone is free, as a table: the working hours less what makes them busy, on the clock of Bucharest."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.free_busy import free_times
from accounts.free_busy.busy_times import BusyTime
from accounts.free_busy.free_times import build_user_times, get_user_times
from accounts.free_busy.time_spans import Span, cut_spans, intersect_spans, merge_spans, subtract_spans
from accounts.models import Absence
from accounts.working_time.calendar import WorkingCalendar

ZONE = ZoneInfo("Europe/Bucharest")
# Monday as usual, Friday half a day, and Sunday at night.
WEEK = {0: (time(9), time(17)), 4: (time(9), time(13)), 6: (time(2), time(6))}
MONDAY, FRIDAY = date(2026, 6, 1), date(2026, 6, 5)
HOLIDAY = date(2026, 6, 8)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def span(day: date, begins: str, ends: str) -> Span:
    return Span(at(day, begins), at(day, ends))


# By name: the day, the busy times, the absences, and the free times on the clock of the day.
CASES = {
    "a whole day": (MONDAY, [], [], ["09:00-17:00"]),
    "half a day": (FRIDAY, [], [], ["09:00-13:00"]),
    "a day off": (date(2026, 6, 2), [], [], []),
    "a holiday": (HOLIDAY, [], [], []),
    "a meeting in the middle": (MONDAY, [("10:00", "11:00")], [], ["09:00-10:00", "11:00-17:00"]),
    "a meeting before work": (MONDAY, [("07:00", "08:00")], [], ["09:00-17:00"]),
    "a meeting into work": (MONDAY, [("08:30", "09:30")], [], ["09:30-17:00"]),
    "a meeting beyond work": (MONDAY, [("16:30", "18:00")], [], ["09:00-16:30"]),
    "meetings that overlap": (
        MONDAY,
        [("10:00", "11:00"), ("10:30", "12:00")],
        [],
        ["09:00-10:00", "12:00-17:00"],
    ),
    "meetings that touch": (
        MONDAY,
        [("10:00", "11:00"), ("11:00", "12:00")],
        [],
        ["09:00-10:00", "12:00-17:00"],
    ),
    "a meeting all day": (MONDAY, [("08:00", "18:00")], [], []),
    "an absence of one day": (MONDAY, [], [(MONDAY, MONDAY)], []),
    "an absence until the day before": (
        MONDAY,
        [],
        [(date(2026, 5, 29), date(2026, 5, 31))],
        ["09:00-17:00"],
    ),
    "an absence that ends on the day": (MONDAY, [], [(date(2026, 5, 29), MONDAY)], []),
    "the night to summer time": (SPRING, [], [], ["02:00-06:00"]),
    "the night from summer time": (AUTUMN, [], [], ["02:00-06:00"]),
}
NIGHTS = {"the night to summer time": 3, "the night from summer time": 5}


def get_free_times(case: str) -> list[Span]:
    day, busy, away, _free = CASES[case]
    calendar = WorkingCalendar(WEEK, frozenset({HOLIDAY}), ZONE)
    whole_day = Span(at(day, "00:00"), at(date.fromordinal(day.toordinal() + 1), "00:00"))
    return build_user_times(calendar, whole_day, [span(day, *each) for each in busy], away).free


@pytest.mark.parametrize("case", CASES)
def test_free_is_what_remains_of_the_working_hours(case):
    day, _busy, _away, free = CASES[case]
    assert get_free_times(case) == [span(day, *each.split("-")) for each in free]


@pytest.mark.parametrize("case", NIGHTS)
def test_the_night_of_a_clock_change_has_its_real_length(case):
    (free,) = get_free_times(case)
    assert (free.ends - free.begins).total_seconds() == NIGHTS[case] * 3600


def test_an_absence_counts_as_busy_and_is_cut_to_the_period():
    period = span(MONDAY, "08:00", "12:00")
    calendar = WorkingCalendar(WEEK, frozenset(), ZONE)
    found = build_user_times(calendar, period, [], [(MONDAY, MONDAY)])
    assert (found.working, found.busy, found.free) == ([span(MONDAY, "09:00", "12:00")], [period], [])


# A span of time, and whether 10:00 to 12:00 overlaps it and contains it.
RELATIONS = {
    "before": ("08:00", "09:00", False, False),
    "until its first moment": ("09:00", "10:00", False, False),
    "into it": ("09:00", "11:00", True, False),
    "the same": ("10:00", "12:00", True, True),
    "its beginning": ("10:00", "11:00", True, True),
    "its end": ("11:00", "12:00", True, True),
    "within it": ("10:30", "11:30", True, True),
    "beyond it": ("11:00", "13:00", True, False),
    "all around it": ("09:00", "13:00", True, False),
    "from its last moment": ("12:00", "13:00", False, False),
    "after it": ("13:00", "14:00", False, False),
}


@pytest.mark.parametrize(("begins", "ends", "overlaps", "contains"), RELATIONS.values(), ids=RELATIONS)
def test_how_two_spans_are_related(begins, ends, overlaps, contains):
    morning, other = span(MONDAY, "10:00", "12:00"), span(MONDAY, begins, ends)
    assert morning.overlaps(other) is other.overlaps(morning) is overlaps
    assert morning.contains(other) is contains


def test_spans_that_touch_are_one_and_empty_ones_are_dropped():
    parts = [span(MONDAY, "11:00", "12:00"), span(MONDAY, "10:00", "11:00"), span(MONDAY, "14:00", "14:00")]
    assert merge_spans(parts) == [span(MONDAY, "10:00", "12:00")]
    assert subtract_spans(parts, [span(MONDAY, "10:30", "11:15")]) == [
        span(MONDAY, "10:00", "10:30"),
        span(MONDAY, "11:15", "12:00"),
    ]


def test_the_parts_within_a_period_are_left():
    parts = [
        span(MONDAY, *clocks)
        for clocks in (
            ("07:00", "08:00"),
            ("08:00", "09:30"),
            ("10:00", "10:30"),
            ("11:00", "13:00"),
            ("13:00", "14:00"),
        )
    ]
    assert cut_spans(parts, span(MONDAY, "09:00", "12:00")) == [
        span(MONDAY, "09:00", "09:30"),
        span(MONDAY, "10:00", "10:30"),
        span(MONDAY, "11:00", "12:00"),
    ]


def test_a_meeting_that_is_about_to_be_moved_keeps_no_one_busy(ann, bob, monkeypatch):
    first, second = span(MONDAY, "09:00", "10:00"), span(MONDAY, "11:00", "12:00")
    busy = [BusyTime(ann.pk, first, 7), BusyTime(ann.pk, second, 8), BusyTime(bob.pk, second)]
    monkeypatch.setattr(free_times, "SOURCES", [lambda users, period: busy])
    period = span(MONDAY, "08:00", "18:00")
    for moved, expected in ((7, [second]), (8, [first]), (None, [first, second])):
        found = get_user_times([ann, bob], period, without_meeting=moved)
        assert (found[ann.pk].busy, found[bob.pk].busy) == (expected, [second])


# The time zone of a user who is absent on Monday; whether they are at 22:00 in Bucharest, and six hours later.
ABSENT = {
    "Pacific/Auckland": (False, False),
    "Europe/Bucharest": (True, False),
    "America/New_York": (True, True),
}


@pytest.mark.parametrize("zone", ABSENT)
def test_an_absence_is_on_the_days_of_the_user(zone, ann, monkeypatch):
    monkeypatch.setattr(free_times, "SOURCES", [])
    type(ann).objects.filter(pk=ann.pk).update(time_zone=zone)
    Absence.objects.create(user=ann, first=MONDAY, last=MONDAY)
    user = type(ann).objects.with_rights().get(pk=ann.pk)
    hours = span(MONDAY, "22:00", "23:00"), span(date(2026, 6, 2), "04:00", "05:00")
    assert tuple(bool(get_user_times([user], hour)[ann.pk].busy) for hour in hours) == ABSENT[zone]


def test_what_remains_and_what_both_have_is_right_for_every_minute():
    """Against sets of minutes, with spans of any order that overlap, touch and are empty."""
    dice, midnight = random.Random(7), at(MONDAY, "00:00")

    def throw() -> list[tuple[int, int]]:
        starts = [dice.randrange(60) for _number in range(dice.randrange(12))]
        return [(start, start + dice.randrange(9)) for start in starts]

    def as_spans(pairs) -> list[Span]:
        return [Span(*(midnight + timedelta(minutes=minute) for minute in pair)) for pair in pairs]

    def as_minutes(spans) -> set[int]:
        return {
            minute
            for span in spans
            for minute in range((span.begins - midnight).seconds // 60, (span.ends - midnight).seconds // 60)
        }

    for _number in range(400):
        some, others = as_spans(throw()), as_spans(throw())
        left, both = subtract_spans(some, others), intersect_spans(some, others)
        assert (left, both) == (merge_spans(left), merge_spans(both))
        assert as_minutes(left) == as_minutes(some) - as_minutes(others)
        assert as_minutes(both) == as_minutes(some) & as_minutes(others)

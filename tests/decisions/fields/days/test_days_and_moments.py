"""What `between` reads of days and points in time, which rows it finds, and how it reads in words."""

from datetime import date, datetime, timedelta

import pytest
from django import forms
from django.utils import timezone

from crm.fields.conditions.operators import build_date_operators
from crm.fields.conditions.ranges import MomentRange
from leads.models import Lead

BETWEEN = next(operator for operator in build_date_operators((), moments=True) if operator.name == "between")
ZONE = "Europe/Bucharest"
NO_ZONE = "Enter a time with its time zone, such as 2026-05-31T08:38:04Z."
REVERSED = "The period ends before it begins. Enter a later end."
READ = {
    "two days": ("2026-03-05..2026-03-06", (date(2026, 3, 5), date(2026, 3, 6))),
    "one day": ("2026-03-05..2026-03-05", (date(2026, 3, 5), date(2026, 3, 5))),
    "two times": (
        "2026-03-05T10:00:00Z..2026-03-05T10:00:01Z",
        ("2026-03-05T10:00:00Z", "2026-03-05T10:00:01Z"),
    ),
    "the same time twice": (
        "2026-03-05T10:00Z..2026-03-05T12:00+02:00",
        ("2026-03-05T10:00Z", "2026-03-05T10:00Z"),
    ),
    "a plus sign that arrived as a space": ("2026-03-05T12:00 02:00..", ("2026-03-05T10:00Z", None)),
    "a time and the day that it is on": ("2026-03-05T10:00Z..2026-03-05", REVERSED),
    "a time and a later day": ("2026-03-05T10:00Z..2026-03-06", ("2026-03-05T10:00Z", date(2026, 3, 6))),
    "a day and a time on it": ("2026-03-05..2026-03-05T10:00Z", (date(2026, 3, 5), "2026-03-05T10:00Z")),
    "a day and a time before it begins for the reader": ("2026-03-05..2026-03-04T21:59:59Z", REVERSED),
    "a day and the time at which it begins for the reader": (
        "2026-03-05..2026-03-04T22:00:00Z",
        (date(2026, 3, 5), "2026-03-04T22:00Z"),
    ),
    "only a beginning": ("2026-03-05T10:00Z..", ("2026-03-05T10:00Z", None)),
    "only an end": ("..2026-03-05T10:00Z", (None, "2026-03-05T10:00Z")),
    "nothing on either side": ("..", None),
    "a time without its zone": ("2026-03-05T10:00..", NO_ZONE),
    "an end without its zone": ("2026-03-05..2026-03-06T10:00", NO_ZONE),
    "times in the wrong order": ("2026-03-05T10:00:01Z..2026-03-05T10:00:00Z", REVERSED),
    "no time of day": ("2026-03-05T25:00Z..", NO_ZONE),
    "no day": ("soon..", "Enter a valid date."),
}


def build_value(end):
    return datetime.fromisoformat(end) if isinstance(end, str) else end


@pytest.mark.parametrize("case", READ)
def test_what_is_read(case):
    text, expected = READ[case]
    with timezone.override(ZONE):
        if isinstance(expected, str):
            with pytest.raises(forms.ValidationError) as refused:
                MomentRange().clean(text)
            assert refused.value.messages == [expected]
        else:
            assert MomentRange().clean(text) == (expected and tuple(map(build_value, expected)))


# Which of the times in MOMENTS are found; the fifth of March lasts from 22:00 to 22:00 UTC.
MOMENTS = {
    "A": "2026-03-04T21:59:59Z",
    "B": "2026-03-04T22:00:00Z",
    "C": "2026-03-05T10:00:00Z",
    "D": "2026-03-05T10:00:01Z",
    "E": "2026-03-05T22:00:00Z",
}
FOUND = {
    "a day": ("2026-03-05..2026-03-05", "BCD"),
    "both times are included": ("2026-03-05T10:00:00Z..2026-03-05T10:00:01Z", "CD"),
    "one moment": ("2026-03-05T10:00:00Z..2026-03-05T10:00:00Z", "C"),
    "from a time to the end of a day": ("2026-03-05T10:00:01Z..2026-03-06", "DE"),
    "from the beginning of a day to a time": ("2026-03-05..2026-03-05T10:00:00Z", "BC"),
    "from a time on": ("2026-03-05T10:00:01Z..", "DE"),
    "up to a time": ("..2026-03-05T10:00:00Z", "ABC"),
    "up to a day": ("..2026-03-05", "ABCD"),
    "the last day that there is": ("2026-03-05T10:00:01Z..9999-12-31", "DE"),
}


@pytest.mark.parametrize("case", FOUND)
def test_which_times_are_found(case, make_lead):
    text, expected = FOUND[case]
    for name, moment in MOMENTS.items():
        make_lead(name, created_at=moment)
    with timezone.override(ZONE):
        condition = BETWEEN.condition(Lead._meta.get_field("created_at"), MomentRange().clean(text))
        assert "".join(sorted(Lead.objects.filter(condition).values_list("last_name", flat=True))) == expected


# One end alone, as a day or a time: what is before, after, and on or after it.
SIDES = {
    "before a day": ("before", "2026-03-05", "A"),
    "before a time": ("before", "2026-03-05T10:00:00Z", "AB"),
    "after a day": ("after", "2026-03-05", "E"),
    "after a time": ("after", "2026-03-05T10:00:00Z", "DE"),
    "on or after a day": ("since", "2026-03-05", "BCDE"),
    "on or after a time": ("since", "2026-03-05T10:00:00Z", "CDE"),
    "before the first second of a day": ("before", "2026-03-04T22:00:00Z", "A"),
    "after the last second of a day": ("after", "2026-03-05T21:59:59Z", "E"),
}


@pytest.mark.parametrize("case", SIDES.values(), ids=SIDES)
def test_which_times_are_on_one_side(case, make_lead):
    name, text, expected = case
    operator = next(found for found in build_date_operators((), moments=True) if found.name == name)
    for lead, moment in MOMENTS.items():
        make_lead(lead, created_at=moment)
    with timezone.override(ZONE):
        condition = operator.condition(Lead._meta.get_field("created_at"), operator.value().clean(text))
        assert "".join(sorted(Lead.objects.filter(condition).values_list("last_name", flat=True))) == expected


# For readers in other zones, the fifth of March begins at another time, and is the same day in a column of days.
ZONES = {
    "New York": ("America/New_York", "2026-03-05T05:00:00Z"),
    "Tokyo": ("Asia/Tokyo", "2026-03-04T15:00:00Z"),
    "Bucharest": ("Europe/Bucharest", "2026-03-04T22:00:00Z"),
}


@pytest.mark.parametrize(("zone", "begins"), ZONES.values(), ids=ZONES)
def test_a_day_begins_on_the_clock_of_its_reader(zone, begins, make_lead):
    begin, day = datetime.fromisoformat(begins), date(2026, 3, 5)
    for name, hours in (("A", -1), ("B", 0), ("C", 23), ("D", 24)):
        at = begin + timedelta(hours=hours)
        make_lead(name, created_at=at, next_action_on=day + timedelta(days=hours // 24))
    for column in ("created_at", "next_action_on"):
        with timezone.override(zone):
            field = Lead._meta.get_field(column)
            condition = BETWEEN.condition(field, (day, day))
            since = BETWEEN.condition(field, (day, None))
        assert "".join(sorted(Lead.objects.filter(condition).values_list("last_name", flat=True))) == "BC"
        assert "".join(sorted(Lead.objects.filter(since).values_list("last_name", flat=True))) == "BCD"


WORDS = {
    "two times": ("2026-03-05T10:00Z..2026-03-06T11:30Z", "5 March 2026, 12:00 to 6 March 2026, 13:30"),
    "a day and a time": ("2026-03-05..2026-03-06T11:30Z", "5 March 2026 to 6 March 2026, 13:30"),
    "from a time on": ("2026-03-05T10:00Z..", "from 5 March 2026, 12:00"),
    "up to a time": ("..2026-03-05T10:00Z", "until 5 March 2026, 12:00"),
}


@pytest.mark.parametrize("case", WORDS)
def test_how_it_reads(case):
    text, expected = WORDS[case]
    with timezone.override(ZONE):
        assert BETWEEN.words(MomentRange().clean(text)) == expected

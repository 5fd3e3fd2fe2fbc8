"""Where entries are in the hours of a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from crm.work.tasks.calendar.hour_grid import Place, build_place, find_hours, place_side_by_side, split_by_day


@dataclass(frozen=True)
class Entry:
    name: str
    clock: time
    length: int

    def get_sort_key(self):
        return True, self.clock, self.name


def entry(text: str) -> Entry:
    """ "a 9:00 60": its name, its time and its length in minutes."""
    name, clock, length = text.split()
    return Entry(name, time(*map(int, clock.split(":"))), int(length))


@pytest.mark.parametrize(
    ("entries", "placed", "left"),
    [
        (["a 9:00 60"], "a 0/1", ""),
        (["a 9:00 60", "b 10:00 60"], "a 0/1, b 0/1", ""),
        (["a 9:00 60", "b 9:30 60"], "a 0/2, b 1/2", ""),
        (["a 9:00 60", "b 9:30 60", "c 10:00 60"], "a 0/2, b 1/2, c 0/2", ""),
        (["a 9:00 180", "b 9:00 60", "c 10:30 60"], "a 0/2, b 1/2, c 1/2", ""),
        (["a 9:00 60", "b 9:00 60", "c 9:00 60", "d 9:00 60"], "a 0/3, b 1/3, c 2/3", "d"),
        (
            ["a 9:00 60", "b 9:00 60", "c 9:00 60", "d 9:00 60", "e 11:00 60"],
            "a 0/3, b 1/3, c 2/3, e 0/1",
            "d",
        ),
        # What is short is drawn longer, so the next one is beside it.
        (["a 9:00 5", "b 9:10 60"], "a 0/2, b 1/2", ""),
    ],
)
def test_overlapping_entries_are_side_by_side(entries, placed, left):
    found, without = place_side_by_side(map(entry, entries), 3)
    assert ", ".join(f"{each.name} {place.lane}/{place.lanes}" for each, place in found) == placed
    assert " ".join(each.name for each in without) == left


@pytest.mark.parametrize(
    ("clock", "length", "begins", "ends"),
    [
        ("9:00", 60, 540, 600),
        ("9:07", 60, 545, 605),
        ("9:00", 62, 540, 605),
        ("9:00", 0, 540, 565),
        ("23:50", 120, 1415, 1440),
        ("23:00", 120, 1380, 1440),
    ],
)
def test_a_place_is_in_steps_of_five_minutes_and_ends_at_midnight(clock, length, begins, ends):
    assert build_place(time(*map(int, clock.split(":"))), length) == Place(begins, ends)


def test_a_place_is_written_as_numbers_from_the_first_hour_that_is_shown():
    words = Place(9 * 60 + 30, 11 * 60 + 15, 1, 2).get_attributes(8)
    assert (
        words
        == 'data-hour="1" data-minute="30" data-hours="1" data-minutes="45" data-lane="1" data-lanes="2"'
    )


def test_the_usual_hours_are_shown_and_those_of_every_entry():
    assert find_hours([]) == (8, 18)
    assert find_hours([Place(7 * 60 + 30, 8 * 60), Place(18 * 60, 18 * 60 + 25)]) == (7, 19)


def test_a_span_past_midnight_is_in_both_days_of_the_clock():
    begins, ends = datetime(2031, 3, 5, 21, tzinfo=UTC), datetime(2031, 3, 6, 1, tzinfo=UTC)
    found = split_by_day([(begins, ends)], ZoneInfo("Europe/Bucharest"))
    assert found == {date(2031, 3, 5): [(time(23), 60)], date(2031, 3, 6): [(time(0), 180)]}


def test_a_span_until_midnight_is_in_one_day():
    begins, ends = datetime(2031, 3, 5, 21, tzinfo=UTC), datetime(2031, 3, 5, 22, tzinfo=UTC)
    assert list(split_by_day([(begins, ends)], ZoneInfo("Europe/Bucharest"))) == [date(2031, 3, 5)]

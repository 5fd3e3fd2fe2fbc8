"""Which day a word means. Today is Wednesday, 25 November 2026, unless the case says otherwise."""

from datetime import date

import pytest

from crm.platform.text.day_words import read_day_word

TODAY = date(2026, 11, 25)
# What is typed, and the day it means.
WORDS = {
    "today": ("today", "2026-11-25"),
    "tomorrow": ("tomorrow", "2026-11-26"),
    "the day after": ("day after tomorrow", "2026-11-27"),
    "yesterday": ("yesterday", "2026-11-24"),
    "in three days": ("+3", "2026-11-28"),
    "in no days": ("+0", "2026-11-25"),
    "in days of another month": ("+30", "2026-12-25"),
    "in days, with the word": ("+3 days", "2026-11-28"),
    "in a day, with the letter": ("+1d", "2026-11-26"),
    "in days, with a space": ("+ 3", "2026-11-28"),
    "the next weekday": ("friday", "2026-11-27"),
    "its first letters": ("fri", "2026-11-27"),
    "the next day of the week": ("thu", "2026-11-26"),
    "a weekday that has passed this week is that of the next one": ("tuesday", "2026-12-01"),
    "the weekday of today is that of the next week": ("wed", "2026-12-02"),
    "Sunday ends the week": ("sun", "2026-11-29"),
    "next week is its Monday": ("next week", "2026-11-30"),
    "capitals and spaces": ("  Next   WEEK ", "2026-11-30"),
    "in Romanian: today": ("azi", "2026-11-25"),
    "in Romanian: today, the longer word": ("astăzi", "2026-11-25"),
    "in Romanian: tomorrow": ("mâine", "2026-11-26"),
    "in Romanian without marks": ("maine", "2026-11-26"),
    "in Romanian: the day after": ("poimâine", "2026-11-27"),
    "in Romanian: yesterday": ("ieri", "2026-11-24"),
    "in Romanian: Monday": ("luni", "2026-11-30"),
    "in Romanian: Tuesday, with a comma below": ("marți", "2026-12-01"),
    "in Romanian: Tuesday, with a cedilla": ("marţi", "2026-12-01"),
    "in Romanian: Friday": ("Vineri", "2026-11-27"),
    "in Romanian: Saturday": ("sâmbătă", "2026-11-28"),
    "in Romanian: next week": ("săptămâna viitoare", "2026-11-30"),
    "in Romanian: in days": ("+3 zile", "2026-11-28"),
    "a date is no word": ("25 Nov 2026", None),
    "a month is no weekday": ("mar", None),
    "a part of a word": ("tod", None),
    "a number": ("3", None),
    "days that are past": ("-3", None),
    "more days than a date has": ("+99999", None),
    "a word with a time": ("tomorrow 14:30", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("typed", "day"), WORDS.values(), ids=WORDS)
def test_which_day_a_word_means(typed, day):
    found = read_day_word(typed, TODAY)
    assert (found and found.isoformat()) == day


# The day on which it is typed, and the day that it means where people look back.
BACK = {
    "a weekday that has passed this week": ("2026-11-25", "tuesday", "2026-11-24"),
    "a weekday that comes this week is that of the last one": ("2026-11-25", "friday", "2026-11-20"),
    "its first letters": ("2026-11-25", "thu", "2026-11-19"),
    # The last 7 days until today have each weekday once.
    "the weekday of today is today": ("2026-11-25", "wed", "2026-11-25"),
    "on Sunday, Monday is that of the same week": ("2026-11-29", "monday", "2026-11-23"),
    "on Monday, Sunday is yesterday": ("2026-11-30", "sun", "2026-11-29"),
    "at the beginning of the year": ("2027-01-01", "joi", "2026-12-31"),
    "in Romanian": ("2026-11-25", "Vineri", "2026-11-20"),
    "today": ("2026-11-25", "today", "2026-11-25"),
    "tomorrow stays what it says": ("2026-11-25", "tomorrow", "2026-11-26"),
    "days from now stay what they say": ("2026-11-25", "+3", "2026-11-28"),
    "next week stays what it says": ("2026-11-25", "next week", "2026-11-30"),
    "next week on a Monday": ("2026-11-30", "next week", "2026-12-07"),
    "no word": ("2026-11-25", "soon", None),
}


@pytest.mark.parametrize(("today", "typed", "day"), BACK.values(), ids=BACK)
def test_which_day_a_word_means_where_people_look_back(today, typed, day):
    found = read_day_word(typed, date.fromisoformat(today), looks_back=True)
    assert (found and found.isoformat()) == day


# The day on which it is typed, and the day that "Monday" means.
MONDAYS = {
    "on Sunday, tomorrow": ("2026-11-29", "2026-11-30"),
    "on Monday, in a week": ("2026-11-30", "2026-12-07"),
    "on Tuesday, in six days": ("2026-12-01", "2026-12-07"),
    "at the end of the year": ("2026-12-31", "2027-01-04"),
}


@pytest.mark.parametrize("word", ["monday", "luni", "next week"])
@pytest.mark.parametrize(("today", "day"), MONDAYS.values(), ids=MONDAYS)
def test_which_monday_is_meant(word, today, day):
    assert read_day_word(word, date.fromisoformat(today)) == date.fromisoformat(day)

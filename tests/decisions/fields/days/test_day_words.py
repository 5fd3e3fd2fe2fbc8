"""Which day a word means. Today is Wednesday, 25 November 2026, unless the case says otherwise."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from crm.platform.text.day_words import read_day_word
from crm.platform.web.rendering.day_input import read_day, read_moment

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
    "in Romanian: in twenty days": ("+20 de zile", "2026-12-15"),
    "in some days": ("in 3 days", "2026-11-28"),
    "in a day": ("In  a DAY", "2026-11-26"),
    "in one day": ("in one day", "2026-11-26"),
    "in 0 days": ("in 0 days", "2026-11-25"),
    "some days ago": ("3 days ago", "2026-11-22"),
    "an unusual article": ("an day ago", "2026-11-24"),
    "in some weeks": ("in 2 weeks", "2026-12-09"),
    "in a week": ("in a week", "2026-12-02"),
    "some weeks ago": ("2 weeks ago", "2026-11-11"),
    "a week ago": ("1 week ago", "2026-11-18"),
    "the most days": ("in 999 days", "2029-08-20"),
    "the most weeks": ("999 weeks ago", "2007-10-03"),
    "in Romanian: in some days": ("peste 3 zile", "2026-11-28"),
    "in Romanian: in twenty days, in a sentence": ("peste 20 de zile", "2026-12-15"),
    "in Romanian: within some days": ("în 3 zile", "2026-11-28"),
    "in Romanian: some days ago": ("acum 3 zile", "2026-11-22"),
    "in Romanian: a day ago": ("acum o zi", "2026-11-24"),
    "in Romanian: in some weeks": ("peste două săptămâni", "2026-12-09"),
    "in Romanian: in a week": ("peste o săptămână", "2026-12-02"),
    "in Romanian: some weeks ago": ("acum 2 săptămâni", "2026-11-11"),
    "the last weekday before today": ("last friday", "2026-11-20"),
    "the last weekday, which was yesterday": ("last tue", "2026-11-24"),
    "the last weekday that today is": ("last wednesday", "2026-11-18"),
    "the next weekday after today": ("next friday", "2026-11-27"),
    "the next weekday, which is tomorrow": ("Next Thu", "2026-11-26"),
    "the next weekday that today is": ("next wed", "2026-12-02"),
    "in Romanian: the last Friday": ("vinerea trecută", "2026-11-20"),
    "in Romanian: the last Tuesday": ("marțea trecută", "2026-11-24"),
    "in Romanian: the next Monday": ("lunea viitoare", "2026-11-30"),
    "in Romanian: the next Sunday": ("duminica viitoare", "2026-11-29"),
    "in Romanian: the next Friday, without its article": ("vineri viitoare", "2026-11-27"),
    "in Romanian: the last Wednesday, which today is": ("miercurea trecută", "2026-11-18"),
    "in Romanian: the last Thursday": ("joia trecută", "2026-11-19"),
    "in Romanian: the next Saturday": ("sâmbăta viitoare", "2026-11-28"),
    "a Romanian weekday with its article alone": ("vinerea", None),
    "last week": ("last week", None),
    "a month is no weekday, after last": ("last mar", None),
    "a weekday before its side": ("friday last", None),
    "days without a side": ("3 days", None),
    "days with both sides": ("in 3 days ago", None),
    "too many days": ("in 1000 days", None),
    "months": ("in 2 months", None),
    "a number in words": ("in three days", None),
    "no unit": ("in 3", None),
    "some days ago, with a time": ("3 days ago 9:00", None),
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
    "the last weekday": ("2026-11-25", "last friday", "2026-11-20"),
    "the last weekday that today is": ("2026-11-25", "last wed", "2026-11-18"),
    "the next weekday stays what it says": ("2026-11-25", "next friday", "2026-11-27"),
    "days ago": ("2026-11-25", "3 days ago", "2026-11-22"),
    "days to come stay what they say": ("2026-11-25", "in 3 days", "2026-11-28"),
    "no word": ("2026-11-25", "soon", None),
}


@pytest.mark.parametrize(("today", "typed", "day"), BACK.values(), ids=BACK)
def test_which_day_a_word_means_where_people_look_back(today, typed, day):
    found = read_day_word(typed, date.fromisoformat(today), looks_back=True)
    assert (found and found.isoformat()) == day


# Each of these means a day in words and in no other way: what was read before stays what it was.
@pytest.mark.parametrize(
    "typed", [typed for typed, day in WORDS.values() if day and not typed.startswith("+")]
)
def test_no_word_for_a_day_can_be_read_as_a_date(typed):
    with pytest.raises(ValidationError):
        read_day(typed)
    with pytest.raises(ValidationError):
        read_moment(typed)


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

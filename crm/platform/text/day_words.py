"""Days in words, as people type them: today, tomorrow, +3, in 2 weeks, 3 days ago, Friday, last Friday, next week; in English and in
Romanian, whatever the language."""

import re
from datetime import date, timedelta

from crm.platform.text.text_folding import fold_text

# Days from today.
NEAR = {
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
    "ieri": -1,
    "azi": 0,
    "astazi": 0,
    "maine": 1,
    "poimaine": 2,
}
WEEKDAYS = (
    {"mon", "monday", "luni"},
    {"tue", "tues", "tuesday", "marti"},
    {"wed", "wednesday", "miercuri"},
    {"thu", "thur", "thurs", "thursday", "joi"},
    {"fri", "friday", "vineri"},
    {"sat", "saturday", "sambata"},
    {"sun", "sunday", "duminica"},
)
NEXT_WEEK = {"next week", "saptamana viitoare"}
# "+3", "+3 days", "+3 zile"
IN_DAYS = re.compile(r"\+ ?(\d{1,4})(?: ?(?:d|days?|(?:de )?zile|zi))?")
# "last Friday", "next Monday", "vinerea trecută", "lunea viitoare"
BY_WEEKDAY = (
    re.compile(r"(?P<side>last|next) (?P<weekday>[a-z]+)"),
    re.compile(r"(?P<weekday>[a-z]+) (?P<side>trecut|viitor|trecuta|viitoare)"),
)
# Weekdays with the article that Romanian has there.
ROMANIAN_WEEKDAYS = ("lunea", "martea", "miercurea", "joia", "vinerea", "sambata", "duminica")
PAST = ("last", "ago", "acum", "trecut", "trecuta")
# "in 3 days", "2 weeks ago", "peste o săptămână", "acum 20 de zile"
ENGLISH_UNITS, ROMANIAN_UNITS = "days?|weeks?", "zile|zi|saptamani|saptamana"
BY_NUMBER = (
    re.compile(rf"(?P<side>in) (?P<number>\d{{1,3}}|an?|one) (?P<unit>{ENGLISH_UNITS})"),
    re.compile(rf"(?P<number>\d{{1,3}}|an?|one) (?P<unit>{ENGLISH_UNITS}) (?P<side>ago)"),
    re.compile(rf"(?P<side>peste|in|acum) (?P<number>\d{{1,3}}|o|doua)(?: de)? (?P<unit>{ROMANIAN_UNITS})"),
)
NUMBERS = {"a": 1, "an": 1, "one": 1, "o": 1, "doua": 2}


def read_day_word(text: str, today: date, *, looks_back: bool = False) -> date | None:
    """The day that a text means on this day; None if it is no such word. Next week begins on its Monday. A weekday is the next one
    after today; where people look back, it is the one of the last 7 days, which are those until today. "Last Friday" is the last one
    before today and "next Friday" the next one after today, wherever they are typed."""
    word = " ".join(fold_text(text).split())
    if word in NEAR:
        return today + timedelta(days=NEAR[word])
    if word in NEXT_WEEK:
        return _get_next_weekday(today, 0)
    if found := IN_DAYS.fullmatch(word):
        return today + timedelta(days=int(found[1]))
    if (days := _read_distance(word)) is not None:
        return today + timedelta(days=days)
    if (wanted := _read_weekday(word)) is not None:
        return _get_last_weekday(today, wanted) if looks_back else _get_next_weekday(today, wanted)
    return _read_sided_weekday(word, today)


def _get_next_weekday(today: date, wanted: int) -> date:
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def _get_last_weekday(today: date, wanted: int) -> date:
    """Today, if it is one."""
    return today - timedelta(days=(today.weekday() - wanted) % 7)


def _read_weekday(word: str) -> int | None:
    return next((day for day, names in enumerate(WEEKDAYS) if word in names), None)


def _read_distance(word: str) -> int | None:
    """The days from today; None if it isn't so many days or weeks."""
    found = next(filter(None, (pattern.fullmatch(word) for pattern in BY_NUMBER)), None)
    if found is None:
        return None
    number = NUMBERS.get(found["number"]) or int(found["number"])
    days = number * 7 if found["unit"].startswith(("week", "saptaman")) else number
    return -days if found["side"] in PAST else days


def _read_sided_weekday(word: str, today: date) -> date | None:
    found = next(filter(None, (pattern.fullmatch(word) for pattern in BY_WEEKDAY)), None)
    if found is None:
        return None
    name = found["weekday"]
    wanted = ROMANIAN_WEEKDAYS.index(name) if name in ROMANIAN_WEEKDAYS else _read_weekday(name)
    if wanted is None:
        return None
    if found["side"] in PAST:
        return _get_last_weekday(today - timedelta(days=1), wanted)
    return _get_next_weekday(today, wanted)

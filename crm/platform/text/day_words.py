"""Days in words, as people type them: today, tomorrow, +3, Friday, next week; in English and in Romanian, whatever the language."""

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
IN_DAYS = re.compile(r"\+ ?(\d{1,4})(?: ?(?:d|days?|zile|zi))?")


def read_day_word(text: str, today: date, *, looks_back: bool = False) -> date | None:
    """The day that a text means on this day; None if it is no such word. Next week begins on its Monday. A weekday is the next one
    after today; where people look back, it is the one of the last 7 days, which are those until today."""
    word = " ".join(fold_text(text).split())
    if word in NEAR:
        return today + timedelta(days=NEAR[word])
    if found := IN_DAYS.fullmatch(word):
        return today + timedelta(days=int(found[1]))
    wanted = (
        0 if word in NEXT_WEEK else next((day for day, names in enumerate(WEEKDAYS) if word in names), None)
    )
    if wanted is None:
        return None
    if looks_back and word not in NEXT_WEEK:
        return today - timedelta(days=(today.weekday() - wanted) % 7)
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)

"""Rows with activities: which become new ones, what a row changes of one that exists, and what is wrong with it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.transfer.imports.activities.row_judgment import ActivityJudge
from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.work.work_judgment import is_same_value
from crm.work.activities.requirements import get_future_error, get_missing_fields, get_unused_fields
from crm.work.models.activity import LONGEST_TEXT, Activity

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY, TUESDAY = (datetime(2026, 1, day, 9, 30, tzinfo=BERLIN) for day in (5, 6))
NO_TEXT, NO_OUTCOME = "Write a note first.", "Choose how the call went."
WRONG_TYPE = "Enter note, call or meeting. Emails and files can’t be imported."
ONLY, UNKNOWN = "Only calls and meetings have an outcome.", "Calls don’t have this outcome."
NOT_OF_MEETINGS, NOT_BEGUN = "Meetings don’t have this outcome.", "The meeting hasn’t begun yet."
HELD_LATER = "A planned meeting is held once it is over."
NO_MINUTES, WHOLE = "Only calls and meetings have minutes.", "Enter a whole number."
NEVER_CLEARED = "This field can’t be cleared."
LATER = "Enter a time in the past. Plan future work as the next action."
TYPE_STAYS, PLANNED = "The type of an activity can’t be changed.", "Move a planned meeting on its page."
EMPTY, CLEAR = CleanedCell("", empty=True), CleanedCell("=CLEAR", clears=True)
BROKEN = CleanedCell("?", error="Not readable.")
FUTURE = datetime(2999, 1, 1, tzinfo=UTC)
LONG = f"Enter at most {LONGEST_TEXT} characters."


def cells_of(row: dict[str, Any]) -> dict[str, CleanedCell]:
    return {
        name: value if isinstance(value, CleanedCell) else CleanedCell(str(value), value)
        for name, value in row.items()
    }


@dataclass(frozen=True)
class New:
    """`writes` are values of the new activity, `errors` the fields with what is wrong."""

    row: dict[str, Any]
    writes: dict[str, Any] = field(default_factory=dict)
    errors: tuple[tuple[str, str], ...] = ()


CALL: dict[str, Any] = {"type": "call", "outcome": "reached"}
NEW = {
    "a note": New({"type": "note", "text": "Hi"}, {"type": "note", "text": "Hi", "outcome": "", "at": None}),
    "without a type, it is a note": New({"text": "Hi"}, {"type": "note", "minutes": None}),
    "with an empty type, it is a note": New({"type": EMPTY, "text": "Hi"}, {"type": "note"}),
    "a note without a text": New({"type": "note"}, errors=(("text", NO_TEXT),)),
    "a note whose text is cleared": New({"text": CLEAR}, errors=(("text", NO_TEXT),)),
    "a meeting needs nothing": New({"type": "meeting"}, {"type": "meeting", "text": ""}),
    "a call": New(CALL, {"outcome": "reached"}),
    "a call without an outcome": New({"type": "call"}, errors=(("outcome", NO_OUTCOME),)),
    "a call with an outcome that doesn't exist": New(
        {"type": "call", "outcome": "sold"}, errors=(("outcome", UNKNOWN),)
    ),
    "a meeting with an outcome": New(
        {"type": "meeting", "outcome": "reached"}, errors=(("outcome", NOT_OF_MEETINGS),)
    ),
    "a note with an outcome": New({"text": "Hi", "outcome": "reached"}, errors=(("outcome", ONLY),)),
    "a meeting to which nobody came": New({"type": "meeting", "outcome": "no_show"}, {"outcome": "no_show"}),
    "a call to which nobody came": New({"type": "call", "outcome": "no_show"}, errors=(("outcome", UNKNOWN),)),
    "a meeting that is planned": New({"type": "meeting", "outcome": "planned"}, errors=(("outcome", NOT_OF_MEETINGS),)),
    "an email": New({"type": "email", "text": "Hi"}, errors=(("type", WRONG_TYPE),)),
    "a type that can't be read": New({"type": BROKEN, "text": "Hi"}, errors=(("type", "Not readable."),)),
    "a cell that can't be read": New({"text": "Hi", "at": BROKEN}, errors=(("at", "Not readable."),)),
    "an author": New({"text": "Hi", "author": 7}, {"author": 7}),
    "minutes of a call": New(CALL | {"minutes": 30.0}, {"minutes": 30}),
    "minutes of a meeting": New({"type": "meeting", "minutes": 30}, {"minutes": 30}),
    "no minutes of a meeting": New({"type": "meeting", "minutes": EMPTY}, {"minutes": None}),
    "0 minutes": New(CALL | {"minutes": 0}, {"minutes": 0}),
    "half a minute": New(CALL | {"minutes": 0.5}, errors=(("minutes", WHOLE),)),
    "a minute and a half": New(CALL | {"minutes": 1.5}, errors=(("minutes", WHOLE),)),
    "minutes of a note": New({"text": "Hi", "minutes": 5}, errors=(("minutes", NO_MINUTES),)),
    "the longest text": New({"text": "a" * LONGEST_TEXT}, {"text": "a" * LONGEST_TEXT}),
    "a text that is too long": New({"text": "a" * (LONGEST_TEXT + 1)}, errors=(("text", LONG),)),
    "yesterday": New({"text": "Hi", "at": MONDAY}, {"at": MONDAY}),
    "a moment in the future": New({"text": "Hi", "at": FUTURE}, errors=(("at", LATER),)),
    "two errors": New(
        CALL | {"minutes": 0.5, "at": FUTURE}, errors=(("minutes", WHOLE), ("at", LATER))
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NEW.values(), ids=NEW)
def test_a_new_activity(case):
    judged = ActivityJudge(empties=True).judge_new(cells_of(case.row))
    assert tuple(judged.errors) == case.errors
    assert {name: judged.values.get(name) for name in case.writes} == case.writes
    assert {type(judged.values.get(name)) for name in ("minutes",) if name in case.writes} <= {
        int,
        type(None),
    }
    assert ("author" in judged.values) == ("author" in case.row)


@dataclass(frozen=True)
class Known:
    """A row changes a call of Monday that took 20 minutes, or another activity. `base` are the values that others have
    replaced since the file was made; None says that the file has no version."""

    row: dict[str, Any]
    writes: dict[str, Any] = field(default_factory=dict)
    errors: tuple[tuple[str, str], ...] = ()
    is_: dict[str, Any] = field(default_factory=dict)
    base: dict[str, Any] | None = None
    takes: tuple[str, ...] = ()
    conflicts: dict[str, Any] = field(default_factory=dict)
    empties: bool = True


IS: dict[str, Any] = {"type": "call", "outcome": "reached", "text": "Hi", "at": MONDAY, "minutes": 20}
NOTE = {"type": "note", "outcome": "", "minutes": None}
MEETING = {"type": "meeting", "outcome": ""}
INVITED = {"type": "meeting", "outcome": "planned"}
KNOWN = {
    "another text": Known({"text": "Hello"}, {"text": "Hello"}),
    "the same text": Known({"text": "Hi"}),
    "the same type": Known({"type": "call", "text": "Hello"}, {"text": "Hello"}),
    "an empty type": Known({"type": EMPTY, "text": "Hello"}, {"text": "Hello"}),
    "another type": Known({"type": "note", "text": "Hi"}, errors=(("type", TYPE_STAYS),)),
    "a type that can't be read": Known({"type": BROKEN}, errors=(("type", "Not readable."),)),
    "a text that can't be read": Known({"text": BROKEN}, errors=(("text", "Not readable."),)),
    "what can't be read but is as exported": Known({"text": CleanedCell("Hi", error="Not readable.")}),
    "what a spreadsheet wrote as exported": Known({"minutes": CleanedCell("20.0", 21, written="20")}),
    "what a spreadsheet wrote otherwise": Known({"minutes": CleanedCell("20", 21, written="21")}, {"minutes": 21}),
    "two fields": Known({"text": "Hello", "minutes": 5}, {"text": "Hello", "minutes": 5}),
    "half a minute": Known({"minutes": 0.5}, {"minutes": 0.5}, errors=(("minutes", WHOLE),)),
    "a change and an error": Known(
        {"text": "Hello", "outcome": BROKEN}, {"text": "Hello"}, errors=(("outcome", "Not readable."),)
    ),
    "another time": Known({"at": TUESDAY}, {"at": TUESDAY}),
    "a time in the future": Known({"at": FUTURE}, {"at": FUTURE}, errors=(("at", LATER),)),
    "another field of an activity in the future": Known({"text": "Hello"}, {"text": "Hello"}, is_={"at": FUTURE}),
    "no outcome": Known({"outcome": CLEAR}, {"outcome": ""}, errors=(("outcome", NO_OUTCOME),)),
    "another outcome": Known({"outcome": "message"}, {"outcome": "message"}),
    "an outcome that doesn't exist": Known({"outcome": "sold"}, {"outcome": "sold"}, errors=(("outcome", UNKNOWN),)),
    "the outcome of a meeting": Known(
        {"outcome": "reached"}, {"outcome": "reached"}, errors=(("outcome", NOT_OF_MEETINGS),), is_=MEETING
    ),
    "nobody came to a meeting": Known({"outcome": "no_show"}, {"outcome": "no_show"}, is_=MEETING),
    "somebody came after all": Known({"outcome": CLEAR}, {"outcome": ""}, is_=MEETING | {"outcome": "no_show"}),
    "nobody came to a meeting of the future": Known(
        {"outcome": "no_show"}, {"outcome": "no_show"}, errors=(("outcome", NOT_BEGUN),), is_=INVITED | {"at": FUTURE}
    ),
    "nobody came to a planned meeting that has begun": Known({"outcome": "no_show"}, {"outcome": "no_show"}, is_=INVITED),
    "a planned meeting loses its outcome": Known(
        {"outcome": CLEAR}, {"outcome": ""}, errors=(("outcome", HELD_LATER),), is_=INVITED
    ),
    "another text of a call that has an outcome of another program": Known(
        {"text": "Hello"}, {"text": "Hello"}, is_={"outcome": "sold"}
    ),
    "another text of a note that has minutes of another program": Known(
        {"text": "Hello"}, {"text": "Hello"}, is_=NOTE | {"minutes": 5}
    ),
    "minutes of a note": Known({"minutes": 5}, {"minutes": 5}, errors=(("minutes", NO_MINUTES),), is_=NOTE),
    "minutes of a meeting are cleared": Known({"minutes": CLEAR}, {"minutes": None}, is_=MEETING),
    "the text of a note is cleared": Known({"text": CLEAR}, {"text": ""}, errors=(("text", NO_TEXT),), is_=NOTE),
    "the text of a note is cleared, beside a cell that can't be read": Known(
        {"text": CLEAR, "at": BROKEN}, {"text": ""}, errors=(("at", "Not readable."),), is_=NOTE
    ),
    "the text of a meeting is cleared": Known({"text": CLEAR}, {"text": ""}, is_=MEETING),
    # Empty cells
    "an empty cell of any file": Known({"text": EMPTY}),
    "an empty cell of an exported file": Known({"text": EMPTY}, {"text": ""}, base={}),
    "an empty cell of an exported file, unless the user doesn't want that": Known({"text": EMPTY}, base={}, empties=False),
    "a cleared cell, even if empty cells clear nothing": Known({"text": CLEAR}, {"text": ""}, empties=False),
    "the time is never cleared": Known({"at": CLEAR}, errors=(("at", NEVER_CLEARED),)),
    "the time is never cleared by an empty cell": Known({"at": EMPTY}, base={}),
    # Others have changed the activity since the file was made
    "what others changed, as exported": Known({"text": "Old"}, base={"text": "Old"}),
    "what others changed, changed again": Known({"text": "New"}, base={"text": "Old"}, conflicts={"text": "Hi"}),
    "what others changed, taken from the file": Known(
        {"text": "New"}, {"text": "New"}, base={"text": "Old"}, takes=("text",), conflicts={"text": "Hi"}
    ),
    "what others changed to the same": Known({"text": "Hi"}, base={"text": "Old"}),
    "others changed another field": Known({"text": "New"}, {"text": "New"}, base={"minutes": 5}),
    "others changed the time, as exported": Known({"at": TUESDAY}, base={"at": TUESDAY + timedelta(seconds=0.4)}),
    # Those invited to a planned meeting are to be told.
    "the text of a planned meeting": Known({"text": "Hello"}, {"text": "Hello"}, is_=INVITED),
    "the time of a planned meeting": Known({"at": TUESDAY}, {"at": TUESDAY}, errors=(("at", PLANNED),), is_=INVITED),
    "the minutes of a planned meeting": Known({"minutes": 5}, {"minutes": 5}, errors=(("minutes", PLANNED),), is_=INVITED),
    "the time and the minutes of a planned meeting": Known(
        {"minutes": 5, "at": TUESDAY}, {"minutes": 5, "at": TUESDAY}, errors=(("at", PLANNED),), is_=INVITED
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN.values(), ids=KNOWN)
def test_an_activity_that_exists(case):
    judged = ActivityJudge(empties=case.empties).judge_existing(
        cells_of(case.row), Activity(**IS | case.is_), case.base, case.takes
    )
    assert (judged.values, judged.conflicts, tuple(judged.errors)) == (
        case.writes,
        case.conflicts,
        case.errors,
    )


def local(*at: int, fold: int = 0) -> datetime:
    return datetime(*at, tzinfo=BERLIN, fold=fold)


ALIKE = {
    "the same moment": (MONDAY, MONDAY, True),
    "fractions of a second": (MONDAY + timedelta(seconds=0.9), MONDAY, True),
    "a second apart": (MONDAY + timedelta(seconds=1), MONDAY, True),
    "a second apart the other way": (MONDAY, MONDAY + timedelta(seconds=1), True),
    "two seconds apart": (MONDAY, MONDAY + timedelta(seconds=2), False),
    "two seconds apart the other way": (MONDAY + timedelta(seconds=2), MONDAY, False),
    "the same time of another day": (MONDAY, TUESDAY, False),
    "an hour that is there twice when summer time ends": (
        local(2026, 10, 25, 2, 30), local(2026, 10, 25, 2, 30, fold=1), True
    ),
    "a moment and nothing": (MONDAY, None, False),
    "the same text": ("Hi", "Hi", True),
    "another text": ("Hi", "Hello", False),
    "the same number": (20, 20.0, True),
}  # fmt: skip


@pytest.mark.parametrize("case", ALIKE.values(), ids=ALIKE)
def test_whether_a_cell_says_what_is_stored(case):
    now, cell, expected = case
    with timezone.override(BERLIN):
        assert is_same_value(now, cell) is expected


def test_what_a_row_names_that_does_not_exist_is_told_by_field():
    cells = cells_of({"text": "Hi"}) | {
        "outcome": CleanedCell("sold", error="No outcome.", unknown=("sold",)),
        "type": CleanedCell("talk", empty=True, unknown=("talk", "chat")),
    }
    told = [("outcome", "sold"), ("type", "chat"), ("type", "talk")]
    assert sorted(ActivityJudge(empties=True).judge_new(cells).unknown) == told
    assert sorted(ActivityJudge(empties=True).judge_existing(cells, Activity(**IS), None, ()).unknown) == told


FIELDS = {
    "note": ({"outcome": "", "minutes": None}, {"text": NO_TEXT}),
    "call": ({}, {"outcome": NO_OUTCOME}),
    "meeting": ({}, {}),
    "email": ({"outcome": ""}, {}),
    "file": ({"outcome": "", "minutes": None}, {}),
}


@pytest.mark.parametrize("name", FIELDS)
def test_what_an_activity_of_each_type_has_and_needs(name):
    without, needs = FIELDS[name]
    assert get_unused_fields(name) == without
    assert dict(get_missing_fields(name, {"text": "", "outcome": ""})) == needs
    assert get_missing_fields(name, {"text": "Hi", "outcome": "reached"}) == []


def test_a_clock_that_is_a_minute_ahead_is_still_in_the_past(stopped_clock):
    minute = timedelta(minutes=1)
    assert get_future_error(stopped_clock + minute) == ""
    assert get_future_error(stopped_clock + minute + timedelta(seconds=1)) == LATER
    assert get_future_error(None) == ""

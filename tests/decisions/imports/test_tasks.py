"""A row with a task that exists: whether it completes or reopens the task."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.utils import timezone

from crm.transfer.imports.check.cell_cleaning import CleanedCell
from crm.transfer.imports.tasks.row_judgment import TaskJudge, split_day_and_time
from crm.work.models.task import Task
from tests.decisions.imports.on_paper import UNCHANGED

MONDAY = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """`now` is when the task was completed, None for an open one; `cell` is what the file says: yes, no, or when.
    `edited` is what it was when the file was made, if someone has completed or reopened the task since."""

    now: datetime | None
    cell: Any
    becomes: Any = UNCHANGED
    edited: dict[str, Any] | None = None
    error: str = ""
    conflict: bool = False
    empties: bool = True


def judge(*, empties: bool) -> TaskJudge:
    return TaskJudge(empties=empties, label_of={7: "Bob <bob@example.com>"}.get)


YES, NO, EMPTY, CLEAR = (
    CleanedCell("yes", True),
    CleanedCell("no", False),
    CleanedCell("", empty=True),
    CleanedCell("=CLEAR", clears=True),
)
TODAY = "the moment of the check"
CASES = {
    "no keeps an open task open": Case(None, NO),
    "no reopens a completed task": Case(MONDAY, NO, becomes=None),
    "yes completes an open task": Case(None, YES, becomes=TODAY),
    "yes keeps when a task was completed": Case(MONDAY, YES),
    "a day completes an open task": Case(None, CleanedCell("2026-01-05", MONDAY), becomes=MONDAY),
    "a day moves when a task was completed": Case(MONDAY, CleanedCell("2026-01-06", TUESDAY), becomes=TUESDAY),
    "the same moment": Case(MONDAY, CleanedCell("2026-01-05", MONDAY)),
    "=CLEAR reopens a completed task": Case(MONDAY, CLEAR, becomes=None),
    "an empty cell of any file": Case(MONDAY, EMPTY),
    "an empty cell of an exported file": Case(MONDAY, EMPTY, becomes=None, edited={}),
    "unless the user doesn't want that": Case(MONDAY, EMPTY, edited={}, empties=False),
    "no left as exported keeps a task that was completed since": Case(MONDAY, NO, edited={"done_at": None}),
    "yes, and the task was completed since": Case(MONDAY, YES, edited={"done_at": None}),
    "no, and the task was completed again since": Case(
        TUESDAY, NO, edited={"done_at": MONDAY}, conflict=True
    ),
    "a cell that can't be read": Case(None, CleanedCell("soon", error="No day."), error="No day."),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_whether_a_task_is_completed(case):
    task = Task(title="Call", type="call", priority="normal", done_at=case.now)
    before = timezone.now()
    judged = judge(empties=case.empties).judge_existing({"done_at": case.cell}, task, case.edited, ())
    assert judged.errors == ([("done_at", case.error)] if case.error else [])
    assert judged.conflicts == ({"done_at": case.now} if case.conflict else {})
    found = judged.values.pop("done_at", UNCHANGED)
    if case.becomes == TODAY:
        assert before <= found <= timezone.now()
    else:
        assert (found, type(found)) == (case.becomes, type(case.becomes))
    assert judged.values == {}


def test_newer_changes_stay_unless_the_user_takes_those_of_the_file():
    task = Task(title="Visit", type="call", priority="normal", description="Soon")
    cells = {"title": CleanedCell("Call", "Call"), "description": CleanedCell("Now", "Now")}
    judged = judge(empties=True).judge_existing(
        cells, task, {"title": "Write", "description": ""}, ("title",)
    )
    assert (judged.errors, judged.values) == ([], {"title": "Call"})
    assert judged.conflicts == {"title": "Visit", "description": "Soon"}


def test_a_user_who_is_named_as_exported_stays_also_if_no_task_can_be_assigned_to_them():
    task = Task(title="Visit", type="call", priority="normal", user_id=7)
    cells = {"user": CleanedCell("Bob <bob@example.com>", error="No user with this name.")}
    judged = judge(empties=True).judge_existing(cells, task, None, ())
    assert (judged.errors, judged.values) == ([], {})


DAY, MOMENT = date(2026, 1, 5), CleanedCell("2026-01-05 11:30", MONDAY)
TYPED, DAY_ALONE = CleanedCell("8:00", time(8)), CleanedCell("2026-01-05", DAY)
DUE: dict[str, tuple[dict[str, CleanedCell], Any, Any]] = {
    "a day": ({"due_on": DAY_ALONE}, DAY, None),
    "a day and an empty time": ({"due_on": DAY_ALONE, "due_time": EMPTY}, DAY, EMPTY),
    "a day and a time": ({"due_on": DAY_ALONE, "due_time": TYPED}, DAY, TYPED),
    "a day with its time": ({"due_on": MOMENT}, DAY, CleanedCell(MOMENT.shown, time(11, 30))),
    "a day with its time, and an empty time": (
        {"due_on": MOMENT, "due_time": EMPTY}, DAY, CleanedCell(MOMENT.shown, time(11, 30))
    ),
    "a day with its time, and another time": ({"due_on": MOMENT, "due_time": TYPED}, DAY, TYPED),
    "a time alone": ({"due_time": TYPED}, None, TYPED),
    "an empty day": ({"due_on": EMPTY, "due_time": TYPED}, None, TYPED),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "day", "clock"), DUE.values(), ids=DUE)
def test_when_a_task_of_a_file_is_due(cells, day, clock):
    with timezone.override("Europe/Bucharest"):
        found = split_day_and_time(cells)
    assert getattr(found.get("due_on"), "value", None) == day
    assert found.get("due_time") == clock


NO_TITLE, NO_DAY = ("title", "Enter what is to be done."), ("due_time", "Choose a day for this time.")
LATER = ("done_at", "Enter a time in the past. Plan future work as the next action.")
CALL = {"title": CleanedCell("Call", "Call")}
# The cells of a new task, some of its values, and what is wrong with it.
NEW: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = {
    "a title": (CALL, {"title": "Call", "type": "to_do", "priority": "normal", "done_at": None}, []),
    "a title with spaces": ({"title": CleanedCell(" Call  back", " Call  back")}, {"title": "Call back"}, []),
    "no title": ({}, {}, [NO_TITLE]),
    "an empty title": ({"title": EMPTY}, {}, [NO_TITLE]),
    "a title of spaces": ({"title": CleanedCell("  ", "  ")}, {}, [NO_TITLE]),
    "no title, beside another error": (
        {"type": CleanedCell("?", error="No type.")}, {}, [("type", "No type.")],
    ),
    "a title, beside an error": (CALL | {"type": CleanedCell("?", error="No type.")}, {}, [("type", "No type.")]),
    "a time without a day": (CALL | {"due_time": TYPED}, {}, [NO_DAY]),
    "a time and a day": (CALL | {"due_time": TYPED, "due_on": DAY_ALONE}, {"due_on": DAY, "due_time": TYPED.value}, []),
    "completed": (CALL | {"done_at": YES}, {"done_at": TODAY}, []),
    "not completed": (CALL | {"done_at": NO}, {"done_at": None}, []),
    "completed on a day": (CALL | {"done_at": CleanedCell("2026-01-05", MONDAY)}, {"done_at": MONDAY}, []),
    "completed in the future": (
        CALL | {"done_at": CleanedCell("2999-01-05", MONDAY.replace(year=2999))}, {}, [LATER],
    ),
    "what an empty type means": (CALL | {"type": EMPTY, "priority": CLEAR}, {"type": "to_do", "priority": "normal"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "values", "errors"), NEW.values(), ids=NEW)
def test_a_new_task(cells, values, errors, monkeypatch):
    now = datetime(2026, 2, 1, tzinfo=UTC)
    monkeypatch.setattr("crm.transfer.imports.tasks.row_judgment.timezone.now", lambda: now)
    judged = judge(empties=True).judge_new(cells)
    assert judged.errors == errors
    assert {name: judged.values[name] for name in values} == {
        name: now if value is TODAY else value for name, value in values.items()
    }

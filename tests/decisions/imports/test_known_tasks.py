"""Rows with the IDs of tasks: which task each one changes, and what others have changed since the file was made."""

from typing import Any, NamedTuple

import pytest

from crm.models import Import, PlannedRow, Task
from crm.transfer.imports.tasks.task_check import TaskCheck
from crm.work.tasks.verbs import EditTask, carry_out_on_tasks

pytestmark = pytest.mark.django_db
HEADS = ["task_task", "task_version", "task_title", "task_record"]
SAME, UNKNOWN = (
    "Row 2 has the same task ID.",
    "You don’t have access to a task with this ID. Clear the cell to add the row as a new task.",
)


class Case(NamedTuple):
    """Rows with the task, its version, its title and its record: {call} and {visit} are tasks on {lead}, whose titles are Call
    and Visit; the one of {hidden} is on a lead that the importer doesn't see. A colleague has called {call} "Ring" since its
    version 1. What each row is, what it writes, and its error."""

    rows: tuple[tuple[str, str, str, str], ...]
    found: tuple[tuple[str, dict[str, Any], str], ...]
    heads: tuple[str, ...] = tuple(HEADS)
    conflicts: tuple[str, ...] = ()


CASES = {
    "a new title": Case((("{visit}", "1", "Meet", ""),), (("changed", {"title": "Meet"}, ""),)),
    "the same title": Case((("{visit}", "1", "Visit", ""),), (("unchanged", {}, ""),)),
    "a task twice": Case(
        (("{visit}", "1", "Meet", ""), ("{visit}", "1", "Go", "")),
        (("changed", {"title": "Meet"}, ""), ("error", {}, SAME)),
    ),
    "a task out of reach": Case((("{hidden}", "1", "Meet", ""),), (("error", {}, UNKNOWN),)),
    "a task that there isn’t": Case((("999999", "1", "Meet", ""),), (("error", {}, UNKNOWN),)),
    "no ID": Case((("", "", "Meet", "#{lead}"),), (("new", {"title": "Meet"}, ""),)),
    "no ID, between others": Case(
        (("{visit}", "1", "Meet", ""), ("", "", "Go", "#{lead}"), ("{call}", "2", "Ask", "")),
        (("changed", {"title": "Meet"}, ""), ("new", {"title": "Go"}, ""), ("changed", {"title": "Ask"}, "")),
    ),
    "an ID that is none": Case(
        (("x", "1", "Meet", ""),), (("error", {}, "This isn’t an ID. Enter a whole number."),)
    ),
    "an older version, as exported": Case((("{call}", "1", "Call", ""),), (("unchanged", {}, ""),)),
    "an older version, edited": Case((("{call}", "1", "Ask", ""),), (("changed", {}, ""),), conflicts=("title",)),
    "the present version, edited": Case((("{call}", "2", "Ask", ""),), (("changed", {"title": "Ask"}, ""),)),
    "no version, edited": Case((("{call}", "", "Ask", ""),), (("changed", {"title": "Ask"}, ""),)),
    "a file without versions": Case(
        (("{call}", "Ask", "", ""),), (("changed", {"title": "Ask"}, ""),), ("task_task", "task_title")
    ),
    "a file without IDs": Case(
        (("Meet", "#{lead}", "", ""),), (("new", {"title": "Meet"}, ""),), ("task_title", "task_record")
    ),
}  # fmt: skip


@pytest.fixture
def numbers(ann, dan, make_lead, make_task, departments) -> dict[str, int]:
    lead = make_lead(owner=ann)
    away = make_lead(owner=dan, department=departments.export)
    tasks = {
        "call": make_task("Call", lead, user=ann),
        "visit": make_task("Visit", lead, user=ann),
        "hidden": make_task("Secret", away, user=dan),
    }
    carry_out_on_tasks(EditTask({"title": "Ring"}), [tasks["call"].pk], by=ann)
    assert Task.objects.get(pk=tasks["call"].pk).version == 2
    return {name: task.pk for name, task in tasks.items()} | {"lead": lead.pk}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_with_a_task(case, numbers, read, ann):
    cells = [[text.format_map(numbers) for text in row[: len(case.heads)]] for row in case.rows]
    imported: Import = read(ann, case.heads, cells, activities=True)
    TaskCheck(imported, ann).run()
    plans = list(PlannedRow.objects.filter(of=imported).order_by("row"))
    found = [
        (
            plan.verdict,
            {name: value for name, value in plan.values.items() if name == "title"},
            " ".join(sentence for _place, sentence in plan.errors),
        )
        for plan in plans
    ]
    assert tuple(found) == case.found
    assert tuple(plans[0].conflicts) == case.conflicts


def test_a_task_that_files_cannot_change_stays_as_it_is(numbers, read, ann, monkeypatch):
    monkeypatch.setattr(TaskCheck, "is_fixed", lambda self, row: row.pk == numbers["visit"])
    rows = [[str(numbers["visit"]), "1", "Meet", ""], [str(numbers["call"]), "2", "Ask", ""]]
    imported = read(ann, HEADS, rows, activities=True)
    TaskCheck(imported, ann).run()
    fixed, other = PlannedRow.objects.filter(of=imported).order_by("row")
    assert (fixed.verdict, fixed.action, fixed.values) == ("unchanged", "", {})
    assert (other.verdict, other.values) == ("changed", {"title": "Ask"})
    assert imported.counts["fixed"] == 1

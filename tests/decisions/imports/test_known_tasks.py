"""Rows with the IDs of tasks: which task each one changes, and what others have changed since the file was made."""

from datetime import date, time
from typing import Any, NamedTuple

import pytest

from accounts.models import User
from crm.models import Import, PlannedRow, Task
from crm.transfer.imports.tasks.row_judgment import convert_from_json
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
    does = {"new": "add", "changed": "change"}
    assert [plan.action for plan in plans] == [
        does.get(one, "") if values else "" for one, values, _error in found
    ]
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


NO_RECORD = "No record is named “{}”. Enter the name or number of an existing one, like #12."
# The cells of a new task that name its record, and what is wrong with them; "Eva Rus" is a lead and a contact.
NAMED: dict[str, tuple[dict[str, str], str]] = {
    "a number with its type": ({"of": "Lead", "record": "#{lead}"}, ""),
    "an email": ({"record": "jan@example.com"}, ""),
    "an email with its type": ({"of": "Lead", "record": "jan@example.com"}, ""),
    "an email with another type": (
        {"of": "Contact", "record": "jan@example.com"}, NO_RECORD.format("jan@example.com"),
    ),
    "no one": ({"record": "Nemo"}, NO_RECORD.format("Nemo")),
    "nothing": ({}, "Enter the record of this task."),
    "a column for leads": ({"of_lead": "#{lead}"}, ""),
    "a column for leads, and an empty one": ({"record": "", "of_lead": "#{lead}"}, ""),
    "a column for leads, with no one": ({"of_lead": "Nemo"}, NO_RECORD.format("Nemo")),
    "two that have the name": ({"record": "Eva Rus"}, "Several records are named “Eva Rus”"),
    "two leads that have the name": ({"of": "Lead", "record": "Ion Ene"}, "2 leads match “Ion Ene”"),
    "a type that the importer may not import": (
        {"of": "Company", "record": "Omnia"}, "You don’t have permission to import tasks of companies.",
    ),
    "a name that only a type has that the importer may not import": ({"record": "Omnia"}, NO_RECORD.format("Omnia")),
    "a record out of reach": ({"of": "Lead", "record": "#{away}"}, "No record is named “#"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "problem"), NAMED.values(), ids=NAMED)
def test_the_record_of_a_new_task(
    cells, problem, read, ann, dan, make_lead, make_contact, make_company, departments
):
    lead = make_lead("Jan Novák", email="jan@example.com", owner=ann)
    make_lead("Eva Rus", owner=ann)
    make_contact("Eva Rus", owner=ann)
    make_company("Omnia", owner=ann)
    for _each in range(2):
        make_lead("Ion Ene", owner=ann)
    role = ann.groups.get().role
    role.permissions.remove(role.permissions.get(codename="import_company"))
    ann = User.objects.with_rights().get(pk=ann.pk)
    away = make_lead("Mia Luca", owner=dan, department=departments.export)
    heads = ["task_title", *(f"task_{name}" for name in cells)]
    row = ["Call", *(text.format(lead=lead.pk, away=away.pk) for text in cells.values())]
    imported = read(ann, heads, [row], activities=True)
    TaskCheck(imported, ann).run()
    (plan,) = PlannedRow.objects.filter(of=imported)
    told = " ".join(sentence for _place, sentence in plan.errors)
    assert (plan.verdict, plan.record) == (("error", None) if problem else ("new", lead.pk))
    # A row is called what its record is.
    assert plan.title == next((text for text in row[1:] if text not in ("", cells.get("of"))), "")
    assert told.startswith(problem)
    assert bool(told) == bool(problem)


# Whom a new task is for, and whether they see its record.
FOR = {
    "a colleague": ("bob", True),
    "someone who doesn’t see the record": ("dan", False),
    "someone who sees no leads at all": ("eve", False),
    "no one": ("", True),
}


@pytest.mark.parametrize(("name", "sees"), FOR.values(), ids=FOR)
def test_a_task_is_only_for_someone_who_sees_its_record(name, sees, read, ada, cast, make_lead, someone_with):
    cast.eve = someone_with("see_all", "view_company")
    lead, other = make_lead(owner=cast.bob), make_lead("Eva Rus", owner=cast.bob)
    user = getattr(cast, name).email if name else ""
    rows = [["Call", f"#{lead.pk}", user], ["Write", f"#{other.pk}", ""]]
    imported = read(ada, ["task_title", "task_of_lead", "task_user"], rows, activities=True)
    TaskCheck(imported, ada).run()
    first, second = PlannedRow.objects.filter(of=imported).order_by("row")
    assert second.verdict == "new"
    told = [sentence for _place, sentence in first.errors]
    assert (first.verdict, told) == (
        ("new", []) if sees else ("error", ["This user doesn’t have access to the record."])
    )


def test_a_file_that_is_imported_again_adds_no_task_twice(read, ann, make_lead, make_task):
    lead, other = make_lead(owner=ann), make_lead("Eva Rus", owner=ann)
    make_task("Call", lead, user=ann)
    rows = [
        ["Call", f"#{lead.pk}"],
        ["Call", f"#{other.pk}"],
        ["Write", f"#{lead.pk}"],
        ["Write", f"#{lead.pk}"],
    ]
    imported = read(ann, ["task_title", "task_of_lead"], rows, activities=True)
    TaskCheck(imported, ann).run()
    plans = PlannedRow.objects.filter(of=imported).order_by("row")
    assert [(plan.verdict, [sentence for _place, sentence in plan.errors]) for plan in plans] == [
        ("left_out", ["This task already exists."]),
        ("new", []),
        ("new", []),
        ("left_out", ["This row repeats row 4."]),
    ]


MOVED = {
    "the same record by its number": ("#{lead}", ""),
    "the same record as it is written in a file": ("Jan Novák (#{lead})", ""),
    "another record": ("#{other}", "A task can’t move to another record."),
    "no record": ("", ""),
}


@pytest.mark.parametrize(("text", "problem"), MOVED.values(), ids=MOVED)
def test_a_task_stays_with_its_record(text, problem, read, ann, make_lead, make_task):
    lead, other = make_lead("Jan Novák", owner=ann), make_lead("Eva Rus", owner=ann)
    task = make_task("Call", lead, user=ann)
    row = [str(task.pk), "1", "Ask", text.format(lead=lead.pk, other=other.pk)]
    for heads in (HEADS, [*HEADS[:3], "task_of_lead"]):
        imported = read(ann, heads, [row], activities=True)
        TaskCheck(imported, ann).run()
        (plan,) = PlannedRow.objects.filter(of=imported)
        assert [sentence for _place, sentence in plan.errors] == ([problem] if problem else [])
        assert plan.verdict == ("error" if problem else "changed")


# The record type of a task, whether the importer may change the task, and why not.
REFUSED = {
    "a task": ("lead", True, ""),
    "a task of someone else": ("lead", False, "You don’t have permission to change this task."),
    "a type whose tasks the importer may not import": (
        "company", True, "You don’t have permission to import tasks of companies.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("of", "may", "why"), REFUSED.values(), ids=REFUSED)
def test_why_a_task_is_not_changed(of, may, why, read, ann, monkeypatch):
    check = TaskCheck(read(ann, HEADS, activities=True), ann)
    check.allowed = ["lead"]
    assert check.get_refusal_sentence(Task(of=of), may_change=may) == why


def test_the_values_of_a_planned_task_become_those_of_its_fields():
    kept = {"title": "Call", "due_on": "2026-01-05", "due_time": "08:00:00", "user": 7, "done_at": None}
    assert convert_from_json(kept) == kept | {"due_on": date(2026, 1, 5), "due_time": time(8)}

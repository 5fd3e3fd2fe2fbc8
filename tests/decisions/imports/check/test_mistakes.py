"""Errors by group: what can be answered for all rows with the same invalid cell, and what the cells then become."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import QueryDict

from crm.models import ImportRow, PlannedRow
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.error_groups import (
    CellAnswer,
    build_error_groups,
    build_mistake_lists,
    can_be_empty,
    correct_cells,
    parse_answers,
)
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.sheet_contents import get_import_rules
from tests.decisions.imports.on_paper import SALES, custom, defined, judge

# The field, whether a row can do without it, the default for new records
OPTIONAL = {
    "a number": ("value", True, {}),
    "a date": ("next_action_on", True, {}),
    "an email, which can stand for a name": ("email", True, {}),
    "a phone": ("phone", True, {}),
    "the city": ("city", True, {}),
    "the owner": ("owner", True, {}),
    "tags": ("tags", True, {}),
    "a custom field": ("c1", True, {}),
    "a required custom field": ("c2", False, {}),
    "a custom field that the import creates": ("new_3", True, {}),
    "a built-in field that an administrator requires": ("zip", False, {}),
    "the status": ("status", False, {"status": None}),
    "the status, with a default": ("status", True, {"status": 21}),
    "the department, with a default": ("department", True, {"department": SALES}),
    "the last name": ("last_name", False, {}),
    "a whole name": ("name", False, {}),
    "the ID": ("id", False, {}),
    "the version": ("version", False, {}),
    "lines of the description": ("notes", False, {}),
}


@pytest.mark.parametrize(("name", "expected", "defaults"), OPTIONAL.values(), ids=OPTIONAL)
def test_a_cell_that_a_row_can_do_without(name, expected, defaults):
    with defined([custom("Course"), custom("Level", number=2, required=True)], ["zip"]):
        rules = judge().rules
        assert can_be_empty(rules, name, defaults) is expected


def sent(*groups: tuple[str, str, str, str, str]) -> QueryDict:
    """Each group is the place, the text, a mark for all others, the answer, and a typed value."""
    data = QueryDict(mutable=True)
    names = ("replace_place", "replace_old", "replace_others", "replace_answer", "replace_new")
    for group in groups:
        for name, text in zip(names, group, strict=True):
            data.appendlist(name, text)
    return data


ANSWERS = {
    "left empty": (("1", "n/a", "", "empty", ""), CellAnswer(1, "n/a", False, "", True)),
    "skipped": (("1", "n/a", "", "skip", ""), None),
    "another value": (("1", "n/a", "", "empty", "12"), CellAnswer(1, "n/a", False, "12", True)),
    "another value for rows to skip": (
        ("1", "n/a", "", "skip", "12"),
        CellAnswer(1, "n/a", False, "12", False),
    ),
    "all others left empty": (("1", "", "1", "empty", ""), CellAnswer(1, "", True, "", True)),
    "an answer that doesn’t exist": (
        ("1", "n/a", "", "sell", "12"),
        CellAnswer(1, "n/a", False, "12", False),
    ),
    "a column beside the file": (("2", "n/a", "", "empty", ""), None),
    "no column": (("", "n/a", "", "empty", ""), None),
    "line breaks of a browser": (("1", "a\r\nb", "", "empty", ""), CellAnswer(1, "a\nb", False, "", True)),
}


@pytest.mark.parametrize(("group", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer(group, answer):
    assert list(parse_answers(sent(group), 2)) == ([answer] if answer else [])


def test_several_answers_at_once():
    groups = [("0", "x", "", "skip", ""), ("1", "n/a", "", "empty", ""), ("1", "", "1", "skip", "3")]
    assert [answer.becomes for answer in parse_answers(sent(*groups), 2)] == ["", "3"]


@dataclass(frozen=True)
class Case:
    """Answers about the column "value" (1), and what its cells become, by row."""

    answers: list[CellAnswer]
    becomes: dict[int, str] = field(default_factory=dict)


ROWS = [["Pop", "n/a"], ["Rau", "n/a"], ["Ilie", "many"], ["Luca", "n/a"], ["Good", "n/a"], ["Dan", ""]]
# Row 5 has an error in its name only, row 6 has none.
WRONG: dict[int, Any] = {
    2: [[1, "No."]],
    3: [[1, "No."], [0, "No."]],
    4: [[1, "No."]],
    5: [[0, "No."]],
    7: [[1, "No."]],
}
CASES = {
    "left empty where it is wrong": Case([CellAnswer(1, "n/a", False, "", True)], {2: "", 3: ""}),
    "another value wherever it is in a row with an error": Case(
        [CellAnswer(1, "n/a", False, "0", False)], {2: "0", 3: "0", 5: "0"}
    ),
    "all others": Case([CellAnswer(1, "", True, "", True)], {2: "", 3: "", 4: ""}),
    "all others become a value, and empty cells stay": Case(
        [CellAnswer(1, "", True, "5", True)], {2: "5", 3: "5", 4: "5"}
    ),
    "one and all others": Case(
        [CellAnswer(1, "n/a", False, "1", True), CellAnswer(1, "", True, "", True)], {2: "1", 3: "1", 4: ""}
    ),
    "an empty cell with an error gets a value": Case([CellAnswer(1, "", False, "5", False)], {7: "5"}),
    "a text that no row has": Case([CellAnswer(1, "none", False, "", True)]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_cells_become(case, read, ann):
    imported = read(ann, ["last_name", "value"], ROWS)
    PlannedRow.objects.bulk_create(
        PlannedRow(of=imported, row=row, verdict="error", errors=errors) for row, errors in WRONG.items()
    )
    # Another file, which has an error in its row 6.
    other = read(ann, ["last_name", "value"], ROWS)
    PlannedRow.objects.create(of=other, row=6, verdict="error", errors=[[1, "No."]])
    assert sorted(correct_cells(imported, case.answers)) == sorted(case.becomes)
    assert not any(row.fixes for row in ImportRow.objects.filter(of=other))
    kept = {row.row: row.fixes for row in ImportRow.objects.filter(of=imported) if row.fixes}
    assert kept == {row: {"1": text} for row, text in case.becomes.items()}


def test_the_groups_of_a_plan(read, ann, monkeypatch):
    """The text, its rows, and whether the cell can be left empty; beyond the listed ones, all others of a column."""
    monkeypatch.setattr("crm.transfer.imports.check.error_groups.LISTED", 4)
    rows = [["A", "n/a", "Lost"], ["B", "n/a", "Lost"], ["C", "x", ""], ["D", "y", "Nowhere"], ["", "", ""]]
    imported = read(ann, ["last_name", "value", "status"], rows)
    no, reason = "This isn’t a number.", "Lost: A reason is required."
    errors = {
        2: [[1, no], [2, reason]],
        3: [[1, no], [2, reason]],
        4: [[1, no]],
        5: [[1, no], [2, "Unknown status: “Nowhere”."]],
        6: [[0, "Enter a name."], [None, "A sentence without a column."]],
    }
    PlannedRow.objects.bulk_create(
        PlannedRow(of=imported, row=row, verdict="error", errors=found) for row, found in errors.items()
    )
    imported.counts = {"mistakes": build_mistake_lists(imported)}
    kind = KINDS["lead"]
    found = build_error_groups(imported, get_rules_class(kind)(kind, ann), ["status"])
    told = [(one.place, one.text, one.count, one.others, one.optional) for one in found]
    assert told == [
        (1, "n/a", 2, False, True),
        (2, "Lost", 2, False, False),
        (0, "", 1, False, False),
        (1, "x", 1, False, True),
        (1, "", 1, True, True),
        (2, "", 1, True, False),
    ]
    assert [one.sentence for one in found][:3] == [no, reason, "Enter a name."]
    assert [one.options for one in found if one.place == 2] == ["known-status", "known-status"]


# How a cell was read, whether it was corrected, and the letter of its text in the list of errors.
LETTERS = {
    "a text": ("ss", {}, "s"),
    "a number": ("sn", {}, "n"),
    "a number that was corrected": ("sn", {"1": "many"}, "s"),
    "a cell beside a corrected one": ("sn", {"0": "Popa"}, "n"),
    "a file without letters": ("", {}, "s"),
    "a corrected cell of a file without letters": ("", {"1": "many"}, "s"),
}


@pytest.mark.parametrize(("kinds", "fixes", "letter"), LETTERS.values(), ids=LETTERS)
def test_a_corrected_cell_is_a_text(kinds, fixes, letter, read, ann):
    imported = read(ann, ["last_name", "value"], [["Pop", "12"]])
    ImportRow.objects.filter(of=imported).update(kinds=kinds, fixes=fixes)
    PlannedRow.objects.create(of=imported, row=2, verdict="error", errors=[[1, "No."]])
    ((place, text, found, sentence, count),) = build_mistake_lists(imported)["texts"]
    assert (place, text, found, sentence, count) == (1, fixes.get("1", "12"), letter, "No.", 1)


def test_a_text_that_is_a_number_in_some_rows_is_one_group(read, ann):
    """It is judged as a number."""
    imported = read(ann, ["last_name", "value"], [["Pop", "12"], ["Rus", "12"], ["Ene", "many"]])
    ImportRow.objects.filter(of=imported, row=2).update(kinds="sn")
    PlannedRow.objects.bulk_create(
        PlannedRow(of=imported, row=row, verdict="error", errors=[[1, sentence]])
        for row, sentence in ((2, "No."), (3, "Never."), (4, "No."))
    )
    found = build_mistake_lists(imported)
    assert found["texts"] == [[1, "12", "n", "Never.", 2], [1, "many", "s", "No.", 1]]
    assert found["columns"] == [[1, "Never.", "No.", 3]]


WITHOUT = {
    "the minutes of an activity": (["last_name", "minutes"], True),
    "the time of an activity, which then happened now": (["last_name", "at"], False),
    "the outcome of a call, which needs one": (["last_name", "outcome"], False),
    "the text": (["last_name", "text"], False),
    "the user of a task": (["task_title", "task_user"], True),
    "the day of a task": (["task_title", "task_due_on"], True),
    "the record of a task": (["task_title", "task_record"], False),
}


@pytest.mark.parametrize(("mapping", "can"), WITHOUT.values(), ids=WITHOUT)
def test_whether_an_activity_or_a_task_can_do_without(mapping, can, read, ann):
    imported = read(ann, mapping, [["A", "?"]], activities=True)
    PlannedRow.objects.create(of=imported, row=2, verdict="error", errors=[[1, "No."]])
    imported.counts = {"mistakes": build_mistake_lists(imported)}
    (found,) = build_error_groups(imported, get_import_rules(imported, ann))
    assert found.optional == can

"""What an operation is called in the list of changes, without what its reader may not see."""

from typing import Any

import pytest

from accounts.ownership.verbs import Assign
from crm.models import Operation
from crm.records.history import visible_operations
from crm.records.history.verb_execution import Verb, carry_out
from crm.records.history.verbs import AddTags
from crm.records.history.visible_operations import (
    OperationLine,
    build_operation_lines,
    describe_operation,
    describe_with_record_name,
    drop_hidden_fields,
    get_verb,
)
from crm.records.kinds.kind_registry import KINDS
from leads import verbs as lead_verbs
from leads.models import Lead
from tests.decisions.history.test_told_changes import EVE, OWN

# The verb behind an operation on this table.
VERBS = {
    "an edit of leads": ("edit", "lead", lead_verbs.Edit),
    "an edit of companies": ("edit", "company", KINDS["company"].edit),
    "added companies": ("add", "company", KINDS["company"].add),
    "an edit of no record": ("edit", "", Verb.known["edit"]),
    "a verb for all records": ("assign", "lead", Assign),
    "an unknown one": ("unheard", "lead", None),
}


@pytest.mark.parametrize(("kind", "table", "verb"), VERBS.values(), ids=VERBS)
def test_which_verb_is_behind_an_operation(kind, table, verb):
    assert get_verb(Operation(kind=kind, table=table)) is verb


CITY = {"parameters": {"fields": ["city"]}}
# An operation, and what it is called. Those without a table are about no records.
NAMES: dict[str, tuple[dict[str, Any], str]] = {
    "an edit": ({"kind": "edit", **CITY}, "Edit city"),
    "an edit of many": ({"kind": "edit", "changed": 7, **CITY}, "Edit city"),
    "an added lead": ({"kind": "add"}, "Add a lead"),
    "two added leads": ({"kind": "add", "changed": 2}, "Add 2 leads"),
    "something else added": ({"kind": "add", "table": "", "changed": 2}, "Add"),
    "an undo": ({"kind": "undo", "undoes": {"kind": "edit", **CITY}}, "Undo: Edit city"),
    "the undo of an undo": (
        {"kind": "undo", "undoes": {"kind": "undo", "undoes": {"kind": "add"}}}, "Undo: Undo: Add a lead",
    ),
    "one with its own words": ({"kind": "unheard", "parameters": {"words": "Start the year"}}, "Start the year"),
    "one with a known name": ({"kind": "install"}, "Installation"),
    "one without a name": ({"kind": "unheard"}, "unheard"),
}  # fmt: skip


def build(values: dict[str, Any]) -> Operation:
    undoes = build(values["undoes"]) if "undoes" in values else None
    return Operation(**{"table": "lead", "changed": 1} | values | {"undoes": undoes})


@pytest.mark.django_db
@pytest.mark.parametrize(("values", "name"), NAMES.values(), ids=NAMES)
def test_what_an_operation_is_called(values, name):
    assert describe_operation(build(values)) == name


# What Bob did, who reads of it, and how. Ann manages Sales, Dan is in Export, and Ada sees everything.
READERS = {
    "without a reader": ("assign", {"owner": "dan"}, None, "Assign to Dan"),
    "its author": ("assign", {"owner": "dan"}, "bob", "Assign to Dan"),
    "who sees everyone": ("assign", {"owner": "dan"}, "ada", "Assign to Dan"),
    "who doesn't see the user": ("assign", {"owner": "dan"}, "ann", "Assign to another user"),
    "who sees the user": ("assign", {"owner": "ben"}, "ann", "Assign to Ben"),
    "no user": ("assign", {"owner": None}, "ann", "Unassign"),
    "a department that the reader sees": ("change_department", {"department": "sales"}, "ann", "Move to the Sales department"),
    "a department that the reader doesn't see": ("change_department", {"department": "export"}, "ann", "Move to another department"),
    "its undo": ("undo", {"owner": "dan"}, "ann", "Undo: Assign to another user"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "parameters", "reader", "name"), READERS.values(), ids=READERS)
def test_which_names_an_operation_tells_its_reader(kind, parameters, reader, name, cast, departments):
    rows = {**vars(cast), **vars(departments)}
    ids = {key: rows[value].pk if value else None for key, value in parameters.items()}
    record = Operation(kind=kind, table="lead", parameters=ids, changed=1, by=cast.bob)
    if kind == "undo":
        record.kind, record = "assign", Operation(kind="undo", table="lead", undoes=record, by=cast.bob)
    assert describe_operation(record, rows[reader] if reader else None) == name


# The parameters of an operation, and those that remain for Eve, who doesn't see the field 2. Lead fields have no number.
SEEN: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "edited fields": (
        lead_verbs.Edit,
        {"fields": ["city", "c1", "c2", "c3"], "note": "x"},
        {"fields": ["city", "c1", "c3"], "note": "x"},
    ),
    "no fields": (lead_verbs.Edit, {"note": "x"}, {"note": "x"}),
    "definitions of fields": (Verb.known["edit_custom_field"], {"rows": [1, 2, 99]}, {"rows": [1, 99]}),
    "definitions of none": (Verb.known["edit_custom_field"], {"act": "order"}, {"act": "order"}),
    "rows of another table": (AddTags, {"rows": [1, 2]}, {"rows": [1, 2]}),
}


@pytest.mark.parametrize(("verb", "parameters", "shown"), SEEN.values(), ids=SEEN)
def test_which_fields_an_operation_names(verb, parameters, shown, monkeypatch):
    by_key = {field.name: field for field in OWN["lead"]}
    monkeypatch.setattr(visible_operations, "get_field_by_key", by_key.get)
    assert drop_hidden_fields(EVE, verb, parameters) == shown
    assert drop_hidden_fields(None, verb, parameters) == parameters


# An operation, its icon, and what it counts besides records.
LINES = {
    "an assignment": ({"kind": "assign"}, "person", ""),
    "an import": ({"kind": "import", "parameters": {"added": 3, "changed": 0}}, "upload", "3 added"),
    "an undo": ({"kind": "undo", "undoes": {"pk": 5, "kind": "assign"}}, "undo", ""),
    "an unknown one": ({"kind": "unheard"}, "edit", ""),
}


@pytest.mark.parametrize(("values", "icon", "counted"), LINES.values(), ids=LINES)
def test_what_a_line_of_the_list_shows_of_an_operation(values, icon, counted):
    line = OperationLine(build(values), "", undone=False, half_undone=False, may_undo=False)
    assert (line.icon, line.counted_rows) == (icon, counted)


@pytest.mark.django_db
def test_an_operation_is_undone_half_undone_or_neither(ann):
    records = [
        Operation.objects.create(kind="edit", table="lead", changed=2, by=ann, parameters=CITY["parameters"])
        for _place in range(3)
    ]
    Operation.objects.create(kind="undo", undoes=records[1], changed=2)
    Operation.objects.create(kind="undo", undoes=records[2], changed=1, part_count=2)
    lines = build_operation_lines(records, ann)
    assert [(line.undone, line.half_undone, line.may_undo) for line in lines] == [
        (False, False, True),
        (True, False, False),
        (False, True, True),
    ]
    assert {line.words for line in lines} == {"Edit city"}


# The edits of one lead or of two, by whom they are read, and in what words. Dan doesn't see the leads.
WORDS = {
    "one record": (1, "ann", "City of Jan Novák: – → Cluj"),
    "two records": (2, "ann", "Edit city"),
    "one that the reader doesn't see": (1, "dan", "Edit city"),
}


@pytest.mark.parametrize(("number", "reader", "words"), WORDS.values(), ids=WORDS)
def test_when_an_operation_names_its_record(number, reader, words, cast, make_lead):
    leads = [make_lead().pk for _place in range(number)]
    record = carry_out(
        lead_verbs.Edit({"city": "Cluj"}), Lead.objects.filter(pk__in=leads), by=cast.ann
    ).operation
    user = getattr(cast, reader)
    (line,) = build_operation_lines([record], user)
    assert [line.words, describe_with_record_name(record, user)] == [words, words]


def test_a_line_without_a_kind_of_record_counts_none():
    line = OperationLine(Operation(kind="install"), "", undone=False, half_undone=False, may_undo=False)
    assert (line.kind, line.count_text) == (None, "")

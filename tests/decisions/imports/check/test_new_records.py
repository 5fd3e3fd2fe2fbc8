"""The record that a row adds: its values, its defaults, and what keeps it from being added."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from crm.fields.schemas import WHOLE_NAME
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from tests.decisions.imports.on_paper import (
    BOB,
    CONTACTED,
    DAN,
    EVENT,
    EXPORT,
    LOST,
    NEW,
    PRICE,
    SALES,
    TIMING,
    WEBSITE,
    added,
    custom,
    defined,
)

NO_NAME = "Enter at least a name, company, email or phone."
EMPTY = "Enter a value."
NOT_USED = "The record’s department doesn’t use this field."
FIELDS = {
    "first value": custom("Course", first_value="Maths"),
    "first yes": custom("Member", "yes_no", first_value="yes"),
    "first value that no longer fits": custom("Credits", "number", first_value="many"),
    "required": custom("Course", required=True),
    "required with a first value": custom("Course", required=True, first_value="Maths"),
    "required of others": custom("Course", required=True, editors=[99]),
    "required in Export": custom("Course", required=True, departments=[EXPORT]),
    "another in Export": custom("Grade", number=2, departments=[EXPORT]),
    "in Export": custom("Course", departments=[EXPORT]),
    "first value in Sales": custom("Course", departments=[SALES], first_value="Maths"),
    "first value in Export": custom("Course", departments=[EXPORT], first_value="Maths"),
    "first value if contacted": custom(
        "Course", first_value="Maths", shown_if={"field": "status", "values": [str(CONTACTED)]}
    ),
    "required if contacted": custom(
        "Course", required=True, shown_if={"field": "status", "values": [str(CONTACTED)]}
    ),
}


@dataclass(frozen=True)
class Case:
    """A `row` without a name has the last name Pop. `gets` are values of the new record, `error` says why there is none."""

    row: dict[str, str] = field(default_factory=dict)
    gets: dict[str, Any] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    of: str = "lead"


NAMES = {
    "a whole name is split": Case({"name": "Ana Maria Pop"}, {"first_name": "Ana Maria", "last_name": "Pop"}),
    "a whole name with a comma is turned": Case(
        {"name": "Pop, Ana"}, {"first_name": "Ana", "last_name": "Pop"}
    ),
    "a whole name of one word": Case({"name": "Pop"}, {"first_name": "", "last_name": "Pop"}),
    "a name before the email": Case(
        {"first_name": "", "email": "Ana Pop <ana@example.com>"},
        {"first_name": "Ana", "last_name": "Pop", "email": "ana@example.com"},
    ),
    "a name in quotes before the email": Case(
        {"first_name": "", "email": '"Pop, Ana" <ana@example.com>'}, {"first_name": "Ana", "last_name": "Pop"}
    ),
    "a row with a name takes none from the email": Case(
        {"last_name": "Rus", "email": "Ana Pop <ana@example.com>"}, {"first_name": None, "last_name": "Rus"}
    ),
    "a row with a whole name takes none from the email": Case(
        {"name": "Eva Rus", "email": "Ana Pop <ana@example.com>"}, {"first_name": "Eva", "last_name": "Rus"}
    ),
    "an email in brackets without a name": Case(
        {"first_name": "", "email": "<ana@example.com>"}, {"last_name": None}
    ),
    "an email alone": Case(
        {"first_name": "", "email": "ana@example.com"}, {"last_name": None, "email": "ana@example.com"}
    ),
    "a whole name of many lines": Case({"name": "A\nB\nC\nD"}, error=("name", "Remove the line breaks.")),
    "a whole name of two lines": Case({"name": "Ana\nPop"}, {"first_name": "Ana", "last_name": "Pop"}),
    "no name": Case({"name": ""}, error=("name", NO_NAME)),
    "=CLEAR is no name": Case({"name": "=CLEAR"}, error=("name", NO_NAME)),
    "a first name is enough": Case({"first_name": "Ana", "last_name": ""}, {"first_name": "Ana"}),
    "a company is enough": Case({"last_name": "", "company": "Acme"}, {"company": "Acme"}),
    "an email is enough": Case({"name": "", "email": "a@example.com"}, {"email": "a@example.com"}),
    "a phone is enough": Case({"name": "", "phone": "0722 123 456"}, {"phone": "0722 123 456"}),
    "a mobile is enough": Case({"name": "", "mobile": "0722 123 456"}, {"mobile": "0722 123 456"}),
    "a second email isn't enough": Case(
        {"name": "", "second_email": "a@example.com"}, error=("name", NO_NAME)
    ),
    "a company's name isn't split": Case({"name": "Ana Pop"}, {"name": "Ana Pop"}, of="company"),
    "a company needs a name": Case(
        {"name": "", "domain": "a.com"}, error=("name", "Enter a name."), of="company"
    ),
    "a name may have 600 characters": Case({"last_name": "P" * 600}, {"last_name": "P" * 600}),
    "a part of a whole name may not have more": Case(
        {"name": "P" * 601}, error=("last_name", "Enter at most 600 characters.")
    ),
}
VALUES = {
    "the ID of another record isn't written": Case({"id": "", "version": "5"}, {"version": None}),
    "when it was added": Case(
        {"created_at": "2112-01-01"}, error=("created_at", "Enter a date that isn’t in the future.")
    ),
    "phones are normalized": Case(
        {"phone": "0722 123 456", "mobile": "12"},
        {"phone": "0722 123 456", "phone_normal": "+40722123456", "mobile_normal": ""},
    ),
    "phones are those of the record's department": Case(
        {"phone": "0151 23456789", "department": "Export"}, {"phone_normal": "+4915123456789"}
    ),
    "the whole name isn't a value of its own": Case({"name": "Ana Pop"}, {"name": None}),
    "an invalid cell": Case({"email": "a@"}, error=("email", "Enter a valid email address.")),
    "an unknown value": Case({"source": "Fair"}, error=("source", "Unknown value for source: “Fair”.")),
    "a retired value": Case({"source": "Old fair"}, error=("source", "The source “Old fair” is retired.")),
}
DEFAULTS = {
    "an empty cell gets the default": Case({"source": ""}, {"source": WEBSITE}),
    "a missing column gets the default": Case({}, {"source": WEBSITE, "status": NEW, "department": SALES}),
    "the file has priority": Case({"source": "Event"}, {"source": EVENT}),
    "the default of a country": Case({}, {"country": "AT"}, options={"defaults": {"country": "AT"}}),
    "the default of an owner": Case({}, {"owner": BOB}, options={"defaults": {"owner": BOB}}),
    "no owner": Case({}, {"owner": None}),
    "a default that is retired": Case(
        {}, error=("source", "This source is retired."), options={"defaults": {"source": 43}}
    ),
    "a default for lost leads isn't for others": Case(
        {}, {"lost_reason": None}, options={"defaults": {"lost_reason": PRICE}}
    ),
    "a default for lost leads": Case(
        {"status": "Lost"}, {"lost_reason": PRICE}, options={"defaults": {"lost_reason": PRICE}}
    ),
    "a lost lead with a reason of its own": Case(
        {"status": "Lost", "lost_reason": "Timing"},
        {"lost_reason": TIMING},
        options={"defaults": {"lost_reason": PRICE}},
    ),
    "all rows lost, for the same reason": Case(
        {}, {"lost_reason": PRICE}, options={"defaults": {"status": LOST, "lost_reason": PRICE}}
    ),
    "a first value": Case({}, {"c1": "Maths"}, fields=("first value",)),
    "a first value and an empty cell": Case({"c1": ""}, {"c1": "Maths"}, fields=("first value",)),
    "a first value and a cell": Case({"c1": "Music"}, {"c1": "Music"}, fields=("first value",)),
    "a first yes and a no": Case({"c1": "no"}, {"c1": False}, fields=("first yes",)),
    "a first yes": Case({}, {"c1": True}, fields=("first yes",)),
    "a first value that no longer fits": Case({}, {"c1": None}, fields=("first value that no longer fits",)),
    "a first value of other departments": Case({}, {"c1": None}, fields=("first value in Export",)),
    "a first value of the department in the file": Case(
        {"department": "Export"}, {"c1": "Maths"}, fields=("first value in Export",)
    ),
    "a first value of the default department, with an owner of another one": Case(
        {"owner": "Dan"}, {"c1": None, "department": EXPORT}, fields=("first value in Sales",)
    ),
    "a first value of the default department": Case({}, {"c1": "Maths"}, fields=("first value in Sales",)),
    "a first value of the owner's department": Case(
        {"owner": "Dan"}, {"c1": None, "department": EXPORT}, fields=("first value in Export",)
    ),
    "a first value that the status doesn't show": Case(
        {}, {"c1": None}, fields=("first value if contacted",)
    ),
    "a first value that the status shows": Case(
        {"status": "Contacted"}, {"c1": "Maths"}, fields=("first value if contacted",)
    ),
}
REQUIRED = {
    "a required field without a column": Case({}, error=("c1", EMPTY), fields=("required",)),
    "a required field and an empty cell": Case({"c1": ""}, error=("c1", EMPTY), fields=("required",)),
    "a required field and a value": Case({"c1": "Maths"}, {"c1": "Maths"}, fields=("required",)),
    "a required field with a first value": Case({}, {"c1": "Maths"}, fields=("required with a first value",)),
    "one that only others may edit": Case({}, {"c1": None}, fields=("required of others",)),
    "one of other departments": Case({}, {"c1": None}, fields=("required in Export",)),
    "one of the department": Case(
        {"department": "Export"}, error=("c1", EMPTY), fields=("required in Export",)
    ),
    "one that the status doesn't show": Case({}, {"c1": None}, fields=("required if contacted",)),
    "one that the status shows": Case(
        {"status": "Contacted"}, error=("c1", EMPTY), fields=("required if contacted",)
    ),
    "a required built-in field": Case({}, error=("city", EMPTY), required=("city",)),
    "a required built-in field with a value": Case({"city": "Cluj"}, {"city": "Cluj"}, required=("city",)),
    "a required number may be zero": Case({"value": "0"}, {"value": 0}, required=("value",)),
    "a required built-in field with a default": Case({}, {"source": WEBSITE}, required=("source",)),
}
DEPARTMENTS = {
    "a value for another department's field": Case(
        {"c1": "Maths"}, error=("c1", NOT_USED), fields=("in Export",)
    ),
    "a value for the second of two such fields": Case(
        {"c2": "A"}, error=("c2", NOT_USED), fields=("in Export", "another in Export")
    ),
    "no value for it": Case({"c1": ""}, {"c1": None}, fields=("in Export",)),
    "a value for the department's field": Case(
        {"c1": "Maths", "department": "Export"}, {"c1": "Maths"}, fields=("in Export",)
    ),
    "a value for the field of the owner's department": Case(
        {"c1": "Maths", "owner": "Dan"}, {"c1": "Maths", "department": EXPORT}, fields=("in Export",)
    ),
    "an owner of another department than the default": Case(
        {"owner": "Dan"}, {"owner": DAN, "department": EXPORT}
    ),
    "an owner who isn't in the department of the file": Case(
        {"owner": "Dan", "department": "Sales"}, error=("owner", "Dan isn’t in Sales.")
    ),
}
LINES = {
    "lines without a description": Case({}, {"description": "A: 1\nB: 2"}, lines=("A: 1", "B: 2")),
    "lines below the description": Case(
        {"description": "Text"}, {"description": "Text\nA: 1"}, lines=("A: 1",)
    ),
    "no lines": Case({}, {"description": None}),
    "too many lines": Case(
        {"description": "x" * 40_000},
        error=("description", "Enter at most 50000 characters."),
        lines=("y" * 10_000,),
    ),
}
CASES = NAMES | VALUES | DEFAULTS | REQUIRED | DEPARTMENTS | LINES


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_new_record(case):
    own = any("name" in name for name in case.row)
    with defined([FIELDS[name] for name in case.fields], case.required):
        found = added(
            {**({} if own else {"last_name": "Pop"}), **case.row},
            lines=case.lines,
            of=case.of,
            **case.options,
        )
    assert found.errors == ([case.error] if case.error else [])
    if not case.error:
        assert {name: found.values.get(name) for name in case.gets} == case.gets
        assert not {"id", "version"} & found.values.keys()
    assert (found.old, found.conflicts, found.named) == ({}, {}, False)


@pytest.mark.usefixtures("on_paper")
def test_a_row_has_all_of_its_errors():
    """The rules of the record are asked only once its cells are valid."""
    found = added({"last_name": "Pop", "email": "a@", "value": "many", "owner": "Dan", "department": "Sales"})
    assert [name for name, _sentence in found.errors] == ["email", "value"]
    found = added({"name": "", "owner": "Dan", "department": "Sales", "status": "Qualified"})
    assert [name for name, _sentence in found.errors] == ["owner", "name", "company"]


@pytest.mark.usefixtures("on_paper")
def test_the_unknown_values_of_a_row_are_listed_even_if_it_has_other_errors():
    found = added({"last_name": "Pop", "email": "a@", "source": "Fair", "tags": "new, hot, newer"})
    assert found.unknown == [("source", "Fair"), ("tags", "new"), ("tags", "newer")]


@dataclass(frozen=True)
class Unnamed:
    """`text` is the cell of the column that the user chose for records without a name."""

    text: str
    row: dict[str, str] = field(default_factory=dict)
    column: str = "city"
    chosen: bool = True
    last_name: str | None = None
    named: bool = False
    error: tuple[str, str] | None = None


TOO_LONG = "Ensure this value has at most 600 characters (it has 601)."
NO_NUMBER = "This isn’t a number. Enter a number like 1250."
UNNAMED = {
    "a record without a name": Unnamed("Cluj", last_name="Cluj", named=True),
    "the whole text is the last name": Unnamed("Cluj Napoca", last_name="Cluj Napoca", named=True),
    "an empty cell names nothing": Unnamed("", error=("name", NO_NAME)),
    "nor does =CLEAR": Unnamed("=CLEAR", error=("name", NO_NAME)),
    "no column was chosen": Unnamed("Cluj", chosen=False, error=("name", NO_NAME)),
    "a text that is too long for a name": Unnamed(
        "x" * 601, column="description", named=True, error=("description", TOO_LONG)
    ),
    "a number as it is written": Unnamed("12.50", column="value", last_name="12.50", named=True),
    "a cell with an error": Unnamed("many", column="value", error=("value", NO_NUMBER)),
    "a state is no name": Unnamed("Cluj", {"state": "Alba"}, last_name="Cluj", named=True),
    "a record with a first name": Unnamed("Cluj", {"first_name": "Ana"}),
    "a record with a last name": Unnamed("Cluj", {"last_name": "Pop"}, last_name="Pop"),
    "a record with a whole name": Unnamed("Cluj", {"name": "Ana Pop"}, last_name="Pop"),
    "a record with a company": Unnamed("Cluj", {"company": "Acme"}),
    "a record with an email": Unnamed("Cluj", {"email": "a@example.com"}),
    "a record with a phone": Unnamed("Cluj", {"phone": "0722 123 456"}),
    "a record with a mobile": Unnamed("Cluj", {"mobile": "0722 123 456"}),
}


@pytest.mark.parametrize("case", UNNAMED.values(), ids=UNNAMED)
@pytest.mark.usefixtures("on_paper")
def test_a_record_that_is_named_by_another_column(case):
    found = added({**case.row, case.column: case.text}, name_from=case.column if case.chosen else "")
    assert found.errors == ([case.error] if case.error else [])
    assert found.named == case.named
    if not case.error:
        assert found.values.get("last_name") == case.last_name
        # The column also goes where it is mapped to.
        assert found.values[case.column]


@pytest.mark.usefixtures("on_paper")
def test_a_column_that_the_file_no_longer_has_names_nothing():
    assert added({"city": "Cluj"}, name_from="address").errors == [("name", NO_NAME)]


@pytest.mark.usefixtures("on_paper")
def test_records_whose_name_is_no_text_of_another_column_are_never_named_by_one():
    row = {"name": "", "address": "Cluj"}
    assert added(row, of="company", name_from="address").errors == [("name", "Enter a name.")]


EVERYTHING_GRANTED = SimpleNamespace(has_perm=lambda right: True)
# The table, what a cell says of a record to link to, and the cell of the record that is added with it.
NAMED = {
    "a contact by its email": ("contact", "ana@omnia.example", {"email": "ana@omnia.example"}),
    "a contact by its name": ("contact", "Ana Albu", {WHOLE_NAME: "Ana Albu"}),
    "a lead by its email": ("lead", "ana@omnia.example", {"email": "ana@omnia.example"}),
    "a company has no email": ("company", "Omnia @ Cluj", {WHOLE_NAME: "Omnia @ Cluj"}),
}


@pytest.mark.parametrize(("table", "text", "cells"), NAMED.values(), ids=NAMED)
def test_a_record_that_is_added_because_another_one_links_to_it_has_its_name_or_its_email(table, text, cells):
    kind = KINDS[table]
    assert get_rules_class(kind)(kind, EVERYTHING_GRANTED).build_named_cells(text) == cells

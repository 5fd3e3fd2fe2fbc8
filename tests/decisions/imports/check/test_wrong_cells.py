"""Cells of existing records that are wrong, unknown or retired, or that a spreadsheet program has changed on its own."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.decisions.imports.on_paper import BOB, EVE, EVENT, OLD_FAIR, UNCHANGED, WEBSITE, changed

pytestmark = pytest.mark.usefixtures("on_paper")

NO_NUMBER = "This isn’t a number. Enter a number like 1250."
NO_PHONE = "A spreadsheet shortened this number. Enter all of its digits."


@dataclass(frozen=True)
class Case:
    now: Any
    cell: str
    becomes: Any = UNCHANGED
    error: str = ""
    field: str = "phone"
    unknown: bool = False
    workbook: bool = False
    choice: str = "update"


PHONE = "+40 722 123 456"
PHONES = {
    "a phone without its + and its spaces": Case(PHONE, "40722123456"),
    "a phone without its leading zero": Case("0722123456", "722123456"),
    "another phone": Case(PHONE, "40722123457", becomes="40722123457"),
    "another spelling by a person": Case(PHONE, "+40722123456", becomes="+40722123456"),
    "a short number is no phone without its zeros": Case("012345", "12345", becomes="12345"),
    "a phone of six digits": Case("0123456", "123456"),
    "an extension": Case("0722123456 int. 5", "722123456", becomes="722123456"),
    "a phone that a spreadsheet shortened": Case(PHONE, "4.0722E+10", error=NO_PHONE),
}
WRONG = {
    "an invalid email": Case("", "a@", error="Enter a valid email address.", field="email"),
    "an invalid email, as it was exported": Case("a@", "a@", field="email"),
    "an invalid email, with spaces around": Case("a@", " a@ ", field="email"),
    "another invalid email": Case("a@", "b@", error="Enter a valid email address.", field="email"),
    "an error is an error even if the field stays": Case(
        "a@example.com", "a@", error="Enter a valid email address.", field="email", choice="fill"
    ),
    "a day that doesn't exist": Case(
        None, "31.11.2026", error="November has only 30 days.", field="next_action_on"
    ),
    "a whole name of many lines": Case(
        None, "Ana\nRus\nIon\nPop", error="Remove the line breaks.", field="name"
    ),
    "a last name that is too long with the others": Case(
        None, "x" * 601, error="Enter at most 600 characters.", field="name"
    ),
}
UNKNOWN = {
    "an unknown value": Case(
        WEBSITE, "Fair", error="Unknown value for source: “Fair”.", field="source", unknown=True
    ),
    "a retired value": Case(
        WEBSITE, "Old fair", error="The source “Old fair” is retired.", field="source", unknown=True
    ),
    "a retired value that the record has": Case(OLD_FAIR, "Old fair", field="source"),
    "a retired value that the record has, in capitals": Case(OLD_FAIR, "OLD FAIR", field="source"),
    "a value for a retired one": Case(OLD_FAIR, "Event", becomes=EVENT, field="source"),
    "an owner out of reach, as exported": Case(EVE, "Eve", field="owner"),
    "another owner out of reach": Case(
        EVE, "Max", error="No user with this name in your departments: “Max”.", field="owner", unknown=True
    ),
    "a word in place of a missing number": Case(None, "None", error=NO_NUMBER, field="value"),
    "no owner and an empty cell": Case(None, "", field="owner"),
}
# In a workbook that a spreadsheet program made of a CSV file from here, the quote that guards a formula is in the text.
GUARDED = {
    "a formula that was guarded": Case("=1+1", "'=1+1", field="company", workbook=True),
    "a text that has the quote itself": Case("'=1+1", "'=1+1", field="company", workbook=True),
    "a formula that was guarded and edited": Case(
        "=1+1", "'=1+2", becomes="=1+2", field="company", workbook=True
    ),
    "a formula in a CSV file": Case("=1+1", "'=1+2", becomes="'=1+2", field="company"),
    "a guarded phone": Case("+40 722", "'+40 722", workbook=True),
}
CASES = PHONES | WRONG | UNKNOWN | GUARDED


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_cell_of_an_existing_record(case):
    now = {} if case.field == "name" else {case.field: case.now}
    sheets = ["Leads"] if case.workbook else []
    found = changed({case.field: case.cell}, now, choice=case.choice, sheets=sheets)
    named = "last_name" if "600" in case.error else case.field
    assert found.errors == ([(named, case.error)] if case.error else [])
    if "600" not in case.error:
        written = {name: value for name, value in found.values.items() if not name.endswith("_normal")}
        assert written == ({} if case.becomes is UNCHANGED else {case.field: case.becomes})
    assert found.unknown == ([(case.field, case.cell)] if case.unknown else [])


def test_a_phone_is_written_with_its_normalized_form():
    found = changed({"phone": "0722 123 456"}, {"phone": "0744 1"})
    assert found.values == {"phone": "0722 123 456", "phone_normal": "+40722123456"}
    assert found.old == {"phone": "0744 1"}


def test_a_phone_is_normalized_as_one_of_the_new_department():
    found = changed({"phone": "0151 23456789", "department": "Export", "owner": "Dan"})
    assert found.values["phone_normal"] == "+4915123456789"


def test_the_number_of_a_record_and_what_is_only_for_new_ones_are_never_changed():
    row = {"id": "#9", "version": "1", "created_at": "2020-01-01", "last_contacted_at": "2020-01-01"}
    found = changed({**row, "city": "Cluj"})
    assert (found.values, found.errors) == ({"city": "Cluj"}, [])


def test_a_row_has_all_of_its_errors_and_unknown_values():
    found = changed({"email": "a@", "source": "Fair", "owner": "Max", "city": "Cluj", "status": "Qualified"})
    assert [name for name, _sentence in found.errors] == ["email", "source", "owner", "company"]
    assert found.unknown == [("source", "Fair"), ("owner", "Max")]
    found = changed({"owner": "Ann", "department": "Export", "status": "Qualified", "lost_remark": "Dear"})
    assert [name for name, _sentence in found.errors] == ["owner", "company", "lost_remark"]


def test_a_retired_value_that_a_record_has_stays_whatever_was_decided_for_others():
    decisions = {"source": {"old fair": EVENT}}
    assert changed({"source": "Old fair"}, {"source": OLD_FAIR}, decisions=decisions).values == {}
    assert changed({"source": "Old fair"}, decisions=decisions).values == {"source": EVENT}


def test_an_owner_out_of_reach_stays_whatever_was_decided_for_others():
    decisions = {"owner": {"eve": BOB}}
    assert changed({"owner": "Eve"}, {"owner": EVE}, decisions=decisions).values == {}
    assert changed({"owner": "Eve"}, {"owner": None}, decisions=decisions).values == {"owner": BOB}


def test_a_status_that_the_import_will_make_requires_nothing():
    found = changed({"status": "Fresh"}, decisions={"status": {"fresh": "new:Fresh"}})
    assert (found.values, found.errors) == ({"status": "new:Fresh"}, [])
    assert found.unknown == [("status", "Fresh")]


def test_a_record_that_lacks_what_is_required_is_left_as_it_is_if_nothing_changes():
    nameless = {"first_name": "", "last_name": ""}
    assert changed({"city": ""}, nameless).errors == []
    (error,) = changed({"city": "Cluj"}, nameless).errors
    assert error == ("name", "Enter at least a name, company, email or phone.")


def test_a_whole_name_may_be_too_long_in_either_part():
    for name, cell in (("first_name", f"{'x' * 601} Pop"), ("last_name", f"Ana {'x' * 601}")):
        assert changed({"name": cell}).errors == [(name, "Enter at most 600 characters.")]


def test_the_name_of_a_company_is_one_field():
    assert changed({"name": "Ana Pop"}, of="company").values == {"name": "Ana Pop"}
    assert changed({"name": "Acme"}, of="company").values == {}

"""A record that a row changes, with "Update the record" or with "Fill in empty fields only"."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.decisions.imports.on_paper import BOB, COLD, HOT, PRICE, UNCHANGED, changed

pytestmark = pytest.mark.usefixtures("on_paper")


@dataclass(frozen=True)
class Case:
    """`update` and `fill` are what the two choices write into a field that is `now` this."""

    now: Any
    cell: str
    update: Any = UNCHANGED
    fill: Any = UNCHANGED
    field: str = "city"


CASES = {
    "an empty text": Case(now="", cell="Cluj", update="Cluj", fill="Cluj"),
    "a text": Case(now="Arad", cell="Cluj", update="Cluj"),
    "the same text": Case(now="Cluj", cell="Cluj"),
    "the same text in capitals": Case(now="Cluj", cell="CLUJ", update="CLUJ"),
    "a text and an empty cell": Case(now="Arad", cell=""),
    "a text and =CLEAR": Case(now="Arad", cell="=CLEAR", update=""),
    "an empty text and =CLEAR": Case(now="", cell="=CLEAR"),
    "an empty number": Case(None, "10", update=Decimal(10), fill=Decimal(10), field="value"),
    "an empty number and zero": Case(None, "0", update=Decimal(0), fill=Decimal(0), field="value"),
    "a number": Case(Decimal(20), "10", update=Decimal(10), field="value"),
    "zero is a value": Case(Decimal(0), "10", update=Decimal(10), field="value"),
    "the same number": Case(Decimal("10.00"), "10", field="value"),
    "a number and =CLEAR": Case(Decimal(20), "=CLEAR", update=None, field="value"),
    "an empty day": Case(
        None, "2026-01-05", update=date(2026, 1, 5), fill=date(2026, 1, 5), field="next_action_on"
    ),
    "a day": Case(date(2026, 2, 5), "2026-01-05", update=date(2026, 1, 5), field="next_action_on"),
    "a no is a value": Case(now=False, cell="yes", update=True, field="vip"),
    "a yes": Case(now=True, cell="no", update=False, field="vip"),
    "a no and an empty cell": Case(now=False, cell="", field="vip"),
    "no tags": Case(now=[], cell="hot", update=[HOT], fill=[HOT], field="tags"),
    "some tags": Case(now=[COLD], cell="hot", update=[HOT, COLD], field="tags"),
    "no country": Case(now="", cell="Romania", update="RO", fill="RO", field="country"),
    "a country": Case(now="DE", cell="Romania", update="RO", field="country"),
    "no owner": Case(now=None, cell="Bob", update=BOB, fill=BOB, field="owner"),
    "a remark of a lead that isn't lost": Case(now="Too dear", cell="=CLEAR", update="", field="lost_remark"),
    "a reason of a lead that isn't lost": Case(now=PRICE, cell="=CLEAR", update=None, field="lost_reason"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("choice", ["update", "fill"])
def test_a_field_of_an_existing_record(case, choice):
    found = changed({case.field: case.cell}, {case.field: case.now}, choice=choice)
    assert found.errors == []
    assert found.values.get(case.field, UNCHANGED) == getattr(case, choice)
    assert found.conflicts == {}


@dataclass(frozen=True)
class Named:
    """`cell` has a whole name. The two choices write these parts of it, '' for none."""

    first: str
    last: str
    cell: str
    update: tuple[str | None, str | None] = (None, None)
    fill: tuple[str | None, str | None] = (None, None)


NAMES = {
    "no name": Named("", "", "Ana Pop", update=("Ana", "Pop"), fill=("Ana", "Pop")),
    "a first name only isn't completed": Named("Ana", "", "Ana Pop", update=(None, "Pop")),
    "a last name only isn't completed": Named("", "Pop", "Ana Pop", update=("Ana", None)),
    "another first name only": Named("Eva", "", "Ana Pop", update=("Ana", "Pop")),
    "another last name only": Named("", "Rus", "Ana Pop", update=("Ana", "Pop")),
    "another name": Named("Eva", "Rus", "Ana Pop", update=("Ana", "Pop")),
    "another first name": Named("Eva", "Pop", "Ana Pop", update=("Ana", None)),
    "another last name": Named("Ana", "Rus", "Ana Pop", update=(None, "Pop")),
    "the same name": Named("Ana", "Pop", "Ana Pop"),
    "the same name, last name first": Named("Ana", "Pop", "Pop, Ana"),
    "the same name with other spaces": Named("Ana", "Pop", "Ana  Pop"),
    "a name that is split elsewhere stays as it is": Named("Ana Maria", "Pop Rus", "Ana Maria Pop Rus"),
    "a name with one word is a last name": Named("Ana", "Pop", "Rus", update=("", "Rus")),
    "no name, and one word": Named("", "", "Rus", update=(None, "Rus"), fill=(None, "Rus")),
    "an empty cell": Named("Ana", "Pop", ""),
    "=CLEAR is no name": Named("Ana", "Pop", "=CLEAR"),
    "=CLEAR and no name": Named("", "", "=CLEAR"),
}


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("choice", ["update", "fill"])
def test_a_whole_name_of_an_existing_record(case, choice):
    now = {"first_name": case.first, "last_name": case.last, "company": "Acme"}
    found = changed({"name": case.cell}, now, choice=choice)
    assert found.errors == []
    assert (found.values.get("first_name"), found.values.get("last_name")) == getattr(case, choice)


@dataclass(frozen=True)
class Lines:
    """`lines` come from columns that are added to the description, `cell` from a column of the description."""

    now: str
    lines: tuple[str, ...]
    update: str = UNCHANGED
    fill: str = UNCHANGED
    cell: str = ""


LINES = {
    "no description": Lines("", ("A: 1",), update="A: 1", fill="A: 1"),
    "several lines": Lines("", ("A: 1", "B: 2"), update="A: 1\nB: 2", fill="A: 1\nB: 2"),
    "a description": Lines("Old", ("A: 1",), update="Old\nA: 1"),
    "a line that is there already": Lines("Old\nA: 1\nMore", ("A: 1",)),
    "one line is there, the other isn't": Lines("A: 1", ("A: 1", "B: 2"), update="A: 1\nB: 2"),
    "a part of a line isn't the line": Lines("A: 12", ("A: 1",), update="A: 12\nA: 1"),
    "the end of a line isn't the line": Lines("BA: 1", ("A: 1",), update="BA: 1\nA: 1"),
    "a line that is there, in a text with other line breaks": Lines("Old\r\nA: 1\r\n", ("A: 1",)),
    "no lines": Lines("Old", ()),
    "lines below the description of the file": Lines("Old", ("A: 1",), update="New\nA: 1", cell="New"),
    "an empty description, a cell and lines": Lines(
        "", ("A: 1",), update="New\nA: 1", fill="New\nA: 1", cell="New"
    ),
    "a cell with the line in it": Lines("Old", ("A: 1",), update="New\nA: 1", cell="New\nA: 1"),
    "a cleared description and a line": Lines("Old", ("A: 1",), update="A: 1", cell="=CLEAR"),
}


@pytest.mark.parametrize("case", LINES.values(), ids=LINES)
@pytest.mark.parametrize("choice", ["update", "fill"])
def test_lines_that_go_into_the_description(case, choice):
    found = changed({"description": case.cell}, {"description": case.now}, lines=case.lines, choice=choice)
    assert found.values.get("description", UNCHANGED) == getattr(case, choice)

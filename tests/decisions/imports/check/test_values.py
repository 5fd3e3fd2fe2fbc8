"""Values of the database and of a cell: when they are the same, how a plan keeps them, and what an empty one is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from crm.fields.custom.values.field_registry import build_model_field
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.cell_comparison import is_same_cell_value
from crm.transfer.imports.check.row_judgment import get_blank_value, get_json_cell_value
from leads.models import Lead
from tests.decisions.imports.on_paper import RULES, ann, custom, defined

LONG = "x" * 33_000
# The most that a cell of Excel can have.
CUT = "x" * 32_767


@dataclass(frozen=True)
class Case:
    now: Any
    cell: Any
    same: bool


SAME = {
    "texts": Case("A", "A", True),
    "other texts": Case("A", "B", False),
    "other capitals": Case("A", "a", False),
    "a stored text with spaces around": Case(" A\n", "A", True),
    "a stored text with other line breaks": Case("A\r\nB", "A\nB", True),
    "a part of a text": Case("AB", "A", False),
    "no text and nothing": Case("", None, False),
    "nothing and no text": Case(None, "", False),
    "nothing": Case(None, None, True),
    "numbers": Case(Decimal("10.00"), Decimal(10), True),
    "zero and nothing": Case(Decimal(0), None, False),
    "no and nothing": Case(False, None, False),
    "days": Case(date(2026, 1, 5), date(2026, 1, 5), True),
    "the next day": Case(date(2026, 1, 5), date(2026, 1, 6), False),
    "tags in another order": Case([2, 1], [1, 2], True),
    "a stored list in order, a cell that isn't": Case([1, 2], [2, 1], True),
    "one tag less": Case([1, 2], [1], False),
    "no tags": Case([], [], True),
    "a tag that is still to be made": Case([1], [1, "new:fair"], False),
    "a long text that a spreadsheet cut": Case(LONG, CUT, True),
    "a long text that a spreadsheet cut at a space": Case("x" * 32_766 + " " + LONG, "x" * 32_766, True),
    "a long text that a person shortened": Case(LONG, "x" * 32_700, False),
    "a long text of other letters": Case(LONG, "y" * 32_767, False),
    "a long text, complete": Case(LONG, LONG, True),
    "spaces up to the border aren't a cut text": Case("x" * 30_000 + " " * 3_000 + "y", "x" * 30_000, False),
    "spaces up to the border, one letter above": Case("x" * 30_001 + " " * 3_000 + "y", "x" * 30_001, True),
}


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_whether_a_cell_says_what_the_database_has(case):
    assert is_same_cell_value(case.now, case.cell) is case.same


PLAIN = {
    "nothing": (None, None),
    "a text": ("A", "A"),
    "a text that looks like a number": ("007", "007"),
    "a number": (7, 7),
    "yes": (True, True),
    "no": (False, False),
    "tags": ([1, "new:fair"], [1, "new:fair"]),
    "an amount with its decimals": (Decimal("10.00"), "10.00"),
    "a large amount in full": (Decimal("1E+6"), "1000000"),
    "a day": (date(2026, 1, 5), "2026-01-05"),
    "a moment": (datetime(2026, 1, 5, 9, 30, tzinfo=UTC), "2026-01-05T09:30:00+00:00"),
    "a country": (SimpleNamespace(code="RO"), "RO"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_how_a_plan_keeps_a_value(name):
    value, kept = PLAIN[name]
    assert (get_json_cell_value(value), type(get_json_cell_value(value))) == (kept, type(kept))


BLANK = {
    "a text": ("city", ""),
    "a number": ("value", None),
    "a day": ("next_action_on", None),
    "an owner": ("owner", None),
    "tags": ("tags", []),
    "a country": ("country", ""),
    "a custom text": ("c1", ""),
    "a custom number": ("c2", None),
    "several custom choices": ("c3", None),
    "a field that the import will make": ("new_4", None),
}
FIELDS = [custom("Course"), custom("Credits", "number", 2), custom("Grades", "choices", 3)]


@pytest.mark.parametrize("name", BLANK)
def test_what_an_empty_field_has(name):
    field, value = BLANK[name]
    with defined(FIELDS):
        assert get_blank_value(Lead, field) == value
    assert build_model_field(FIELDS[0]).null is False


def test_without_a_department_there_is_no_country():
    rules = RULES["lead"](KINDS["lead"], ann())
    rules.countries = {1: "RO"}
    assert (rules.get_country(None), rules.get_country(1), rules.get_country(2)) == ("", "RO", "")


def test_a_lead_may_have_been_added_at_this_very_moment():
    rules = RULES["lead"](KINDS["lead"], ann())
    assert rules.check_times({"created_at": rules.now}) == []
    assert [name for name, _why in rules.check_times({"created_at": rules.now + timedelta(seconds=1)})] == [
        "created_at"
    ]

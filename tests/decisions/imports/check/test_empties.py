"""Empty cells of existing records: whether they clear a field, leave it as it is, or are an error."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.decisions.imports.on_paper import (
    BOB,
    EVENT,
    HOT,
    UNCHANGED,
    added,
    changed,
    cleaned,
    custom,
    defined,
    judge,
)

CANNOT = "This field can’t be cleared."


@dataclass(frozen=True)
class Case:
    """`exported` says that the file was exported from here, `empties` that the user lets empty cells clear fields."""

    cell: str = ""
    exported: bool = True
    empties: bool = True
    field: str = "city"
    now: Any = "Arad"
    required: tuple[str, ...] = ()
    becomes: Any = UNCHANGED
    error: str = ""


CASES = {
    "an empty cell of an exported file clears": Case(becomes=""),
    "unless the user doesn't want that": Case(empties=False),
    "an empty cell of another file clears nothing": Case(exported=False),
    "neither clears": Case(exported=False, empties=False),
    "a cell with spaces only is empty": Case(cell="  ", becomes=""),
    "=CLEAR clears in any file": Case(cell="=CLEAR", exported=False, empties=False, becomes=""),
    "=CLEAR clears in an exported file": Case(cell="=CLEAR", becomes=""),
    "=CLEAR between spaces": Case(cell=" =CLEAR ", exported=False, becomes=""),
    "=clear in small letters is a text": Case(cell="=clear", exported=False, becomes="=clear"),
    "an empty field is left as it is": Case(now=""),
    "a number becomes none, not zero": Case(field="value", now=Decimal(5), becomes=None),
    "zero is cleared too": Case(field="value", now=Decimal(0), becomes=None),
    "an owner is removed": Case(field="owner", now=BOB, becomes=None),
    "tags are removed": Case(field="tags", now=[HOT], becomes=[]),
    "no tags": Case(field="tags", now=[]),
    "a country is removed": Case(field="country", now="RO", becomes=""),
    "a custom text becomes an empty text": Case(field="c1", now="Maths", becomes=""),
    "a custom number becomes none": Case(field="c2", now=Decimal(5), becomes=None),
    "a field that must have a value ignores empty cells": Case(field="source", now=EVENT),
    "and refuses =CLEAR": Case(cell="=CLEAR", field="source", now=EVENT, error=CANNOT),
    "yes or no ignores empty cells": Case(field="vip", now=True),
    "yes or no refuses =CLEAR": Case(cell="=CLEAR", field="vip", now=True, error=CANNOT),
    "a required built-in field ignores empty cells": Case(required=("city",)),
    "a required built-in field refuses =CLEAR": Case(cell="=CLEAR", required=("city",), error=CANNOT),
    "one that is empty may stay empty": Case(now="", required=("city",)),
    "=CLEAR leaves an empty required field empty": Case(cell="=CLEAR", now="", required=("city",)),
    "another field is required": Case(required=("company",), becomes=""),
    "a required custom field ignores empty cells": Case(field="c3", now="Maths"),
    "a required custom field refuses =CLEAR": Case(cell="=CLEAR", field="c3", now="Maths", error=CANNOT),
    "an empty required custom field may stay empty": Case(cell="=CLEAR", field="c3", now=""),
}
FIELDS = [custom("Course"), custom("Credits", "number", 2), custom("Grade", number=3, required=True)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_empty_cell(case):
    with defined(FIELDS, case.required):
        found = changed(
            {case.field: case.cell},
            {case.field: case.now},
            edited={} if case.exported else None,
            empties=case.empties,
        )
    assert found.values.get(case.field, UNCHANGED) == case.becomes
    assert found.errors == ([(case.field, case.error)] if case.error else [])


@dataclass(frozen=True)
class Said:
    """`blanks` are texts that mean an empty cell in this column, such as "n/a"."""

    cell: str
    blanks: tuple[str, ...] = ("n/a",)
    empty: bool = True
    field: str = "city"


BLANKS = {
    "nothing": Said(""),
    "spaces": Said("  \n "),
    "a text that means an empty cell": Said("n/a"),
    "the same in other letters": Said(" N/Á "),
    "a text that has it in it": Said("n/a yet", empty=False),
    "a text without such a list": Said("n/a", blanks=(), empty=False),
    "one of several": Said("-", blanks=("n/a", "-")),
    "a day that databases write for none": Said("0000-00-00", field="next_action_on"),
    "a zero isn't empty": Said("0", field="value", empty=False),
    "no isn't empty": Said("no", field="vip", empty=False),
    "commas aren't tags": Said(" , ", field="tags"),
}


@pytest.mark.parametrize("case", BLANKS.values(), ids=BLANKS)
@pytest.mark.usefixtures("on_paper")
def test_a_cell_that_means_an_empty_one(case):
    cells = cleaned(judge().resource, {case.field: case.cell}, blanks={"0": list(case.blanks)})
    assert (cells[case.field].empty, cells[case.field].error) == (case.empty, "")


@pytest.mark.parametrize("cell", ["", "=CLEAR"])
@pytest.mark.usefixtures("on_paper")
def test_a_new_record_gets_no_value_from_an_empty_cell(cell):
    found = added({"last_name": "Pop", "city": cell, "source": cell})
    assert found.errors == []
    assert "city" not in found.values
    assert found.values["source"] == 41

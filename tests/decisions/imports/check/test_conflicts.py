"""A file that was exported from here, edited and imported again: which of two edits of a field counts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.decisions.imports.on_paper import COLD, FAIR, HOT, UNCHANGED, changed

pytestmark = pytest.mark.usefixtures("on_paper")


@dataclass(frozen=True)
class Case:
    """`exported` is the value in the file when it was made, `now` the one in the database, `cell` the one in the file now.
    `takes` says that the user has chosen the file's value. `becomes` is what is written."""

    exported: Any
    now: Any
    cell: str
    becomes: Any = UNCHANGED
    conflict: bool = False
    takes: str = ""
    choice: str = "update"
    field: str = "city"


CASES = {
    "a cell left as exported keeps the newer edit": Case(exported="A", now="B", cell="A"),
    "a cell left as exported and a field that no one has edited": Case(exported="A", now="A", cell="A"),
    "an edited cell of a field that no one has edited": Case(exported="A", now="A", cell="C", becomes="C"),
    "an edited cell doesn't overwrite a newer edit": Case(exported="A", now="B", cell="C", conflict=True),
    "unless the user takes the file's value": Case("A", "B", "C", becomes="C", conflict=True, takes="city"),
    "taking another field's value decides nothing": Case("A", "B", "C", conflict=True, takes="company"),
    "taking the file's value of an untouched cell changes nothing": Case("A", "B", "A", takes="city"),
    "two users with the same idea agree": Case(exported="A", now="B", cell="B"),
    "spaces around an untouched cell are no edit": Case(exported="A", now="B", cell=" A "),
    "other capitals are an edit": Case(exported="Arad", now="B", cell="ARAD", conflict=True),
    "a field that was emptied stays empty": Case(exported="A", now="", cell="A"),
    "a field that was emptied and an edited cell": Case(exported="A", now="", cell="C", conflict=True),
    "an empty cell left as exported keeps what was filled in": Case(exported="", now="B", cell=""),
    "a cell filled in, and the field too": Case(exported="", now="B", cell="C", conflict=True),
    "a cell emptied, and the field edited": Case(exported="A", now="B", cell="", conflict=True),
    "a cell emptied, and the user takes the file's": Case(
        "A", "B", "", becomes="", conflict=True, takes="city"
    ),
    "a cell emptied, and the field too": Case(exported="A", now="", cell=""),
    "a cell emptied, and no one has edited the field": Case(exported="A", now="A", cell="", becomes=""),
    "a cell cleared with =CLEAR, and the field edited": Case("A", "B", "=CLEAR", conflict=True),
    "a cell cleared with =CLEAR, and the field emptied": Case(exported="A", now="", cell="=CLEAR"),
    "a cell cleared with =CLEAR that was empty keeps what was filled in": Case("", "B", "=CLEAR"),
    "filling empty fields never meets a newer edit": Case("A", "B", "C", choice="fill"),
    "filling a field that was emptied since does": Case("A", "", "C", conflict=True, choice="fill"),
    "a number left as exported": Case(Decimal(10), Decimal(20), "10", field="value"),
    "a number left as exported, with zeros": Case(Decimal("10.00"), Decimal(20), "10", field="value"),
    "a zero left as exported": Case(Decimal(0), Decimal(20), "0", field="value"),
    "a zero in place of an exported blank": Case(None, Decimal(20), "0", conflict=True, field="value"),
    "a number emptied, and edited to zero": Case(Decimal(10), Decimal(0), "", conflict=True, field="value"),
    "a number edited to zero": Case(Decimal(10), Decimal(10), "0", becomes=Decimal(0), field="value"),
    "a blank number left as exported keeps a zero": Case(None, Decimal(0), "", field="value"),
    "a day left as exported": Case(date(2026, 1, 5), date(2026, 2, 5), "2026-01-05", field="next_action_on"),
    "a day edited twice": Case(
        date(2026, 1, 5), date(2026, 2, 5), "2026-03-05", conflict=True, field="next_action_on"
    ),
    "a no left as exported": Case(False, True, "no", field="vip"),
    "a no turned into a yes by both": Case(False, True, "yes", field="vip"),
    "a yes turned into a no in the file": Case(True, True, "no", becomes=False, field="vip"),
    "tags left as exported": Case([HOT], [HOT, COLD], "hot", field="tags"),
    "tags left as exported, in another order": Case([HOT, COLD], [HOT], "cold, hot", field="tags"),
    "tags edited twice": Case([HOT], [HOT, COLD], "hot, fair", conflict=True, field="tags"),
    "tags edited twice, and the user takes the file's": Case(
        [HOT], [HOT, COLD], "hot, fair", becomes=[HOT, FAIR], conflict=True, takes="tags", field="tags"
    ),
    "a phone left as exported, without its + in a spreadsheet": Case(
        "+40 722 123 456", "+40 722 123 456", "40722123456", field="phone"
    ),
    "a description with other line breaks is left as exported": Case(
        "one\ntwo", "three", "one\r\ntwo", field="description"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file_that_comes_back(case):
    edited = {} if case.exported == case.now else {case.field: case.exported}
    found = changed(
        {case.field: case.cell},
        {case.field: case.now},
        edited=edited,
        takes=[case.takes],
        choice=case.choice,
        empties=True,
    )
    assert found.errors == []
    assert found.values.get(case.field, UNCHANGED) == case.becomes
    assert found.conflicts == ({case.field: case.now} if case.conflict else {})
    # The preview shows the value that is replaced.
    assert found.old == ({} if case.becomes is UNCHANGED else {case.field: case.now})


def test_each_field_of_a_row_is_decided_by_itself():
    row = {"city": "Arad", "company": "Beta", "zip": "007", "title": "Chief"}
    now = {"city": "Brno", "company": "Alfa", "zip": "006", "title": "Buyer"}
    found = changed(row, now, edited={"city": "Cluj", "zip": "005", "title": "Chief"}, takes=["zip"])
    assert found.values == {"company": "Beta", "zip": "007"}
    assert found.conflicts == {"city": "Brno", "zip": "006"}
    assert found.old == {"company": "Alfa", "zip": "006"}

"""Which rows are checked again after a correction: those that share an email or a phone with it, before or after."""

from typing import Any, NamedTuple

import pytest

from crm.models import Import, ImportRow, PlannedRow
from crm.transfer.imports.check.recheck import check_rows_again
from crm.transfer.imports.check.record_check import RecordCheck

ANA, BEA, CRIS = "ana@a.example", "bea@a.example", "cris@a.example"


class Case(NamedTuple):
    """Rows with the numbers 2, 3 and so on, each with an email and a phone. The email of row 2 becomes `corrected`; `most` rows
    may be checked at once, and `again` are those that are, None if there would be too many."""

    rows: tuple[tuple[str, str], ...]
    corrected: str
    again: list[int] | None
    most: int = 9


SAME = ((ANA, ""), (ANA, ""), (ANA, ""))
CHAIN = ((ANA, ""), (ANA, "0722 123 456"), (BEA, "0722 123 456"), (CRIS, "0722 123 457"))
CASES = {
    "no other row has the email": Case(((ANA, ""), (BEA, "")), CRIS, [2]),
    "another row has the new email": Case(((ANA, ""), (BEA, "")), BEA, [2, 3]),
    "another row had the old email": Case(((ANA, ""), (ANA, ""), (BEA, "")), CRIS, [2, 3]),
    "one row has the old and one the new email": Case(((ANA, ""), (ANA, ""), (BEA, "")), BEA, [2, 3, 4]),
    "another row shares the phone of one with the old email": Case(CHAIN, "x@a.example", [2, 3, 4]),
    "as many as may be": Case(SAME, CRIS, [2, 3, 4], most=3),
    "one more than may be": Case(SAME, CRIS, None, most=2),
    "a row more at the end of the chain": Case(CHAIN, "x@a.example", None, most=2),
    "as many as may be at the end of the chain": Case(CHAIN, "x@a.example", [2, 3, 4], most=3),
    "the row alone": Case(((ANA, ""), (BEA, "")), CRIS, [2], most=1),
    "the row and another one": Case(((ANA, ""), (BEA, "")), BEA, None, most=1),
    "a cell that can't be read": Case(((ANA, ""), (ANA, "")), "ana", [2, 3]),
}


def plan_of(imported: Import) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
    imported.refresh_from_db()
    counts = {name: count for name, count in imported.counts.items() if count and name != "made"}
    return list(PlannedRow.objects.filter(of=imported).in_order().values()), counts, imported.unknown


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_rows_are_checked_again(case, read, ann, monkeypatch):
    cells = [[f"Pop {place}", email, phone] for place, (email, phone) in enumerate(case.rows)]
    # The same file twice: only the rows of the second one are looked at.
    other, told = (
        read(ann, ["last_name", "email", "phone"], cells, match="id_email_phone") for _each in "12"
    )
    for imported in (other, told):
        RecordCheck(imported, ann).run()
    others, before = plan_of(other), plan_of(told)
    ImportRow.objects.filter(of=told, row=2).update(fixes={"1": case.corrected})
    planned: list[int] = []

    class Noted(RecordCheck):
        def plan(self, portion: list[Any]) -> list[PlannedRow]:
            planned.extend(row.row for row in portion)
            return super().plan(portion)

    monkeypatch.setattr("crm.transfer.imports.check.recheck.RecordCheck", Noted)
    done = check_rows_again(told, ann, [2], most=case.most)
    assert (planned if done else None) == case.again
    assert plan_of(other) == others
    if not done:
        assert plan_of(told) == before
        return
    now = plan_of(told)
    # As if the whole file were checked.
    RecordCheck(told, ann).run()
    assert now == plan_of(told)

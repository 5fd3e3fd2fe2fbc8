"""How a lead may be closed without winning on its own page: by which statuses, and whether only a reason is missing."""

from typing import Any, NamedTuple

import pytest

from leads.models import Lead, Pipeline, Status
from leads.page.status_path import ClosingStatus, get_closings
from leads.statuses import reference_tables

SALES, RENEWALS = (
    Pipeline(pk=1, name="Sales", purpose="leads"),
    Pipeline(pk=2, name="Renewals", purpose="leads"),
)


class Case(NamedTuple):
    """A lead in `status` with this company; Contacted leads to `next`, or anywhere. Lost requires these fields."""

    closings: dict[str, bool]
    status: str = "contacted"
    next: tuple[int, ...] = ()
    requires: tuple[str, ...] = ()
    company: str = ""


CASES = {
    "an open lead, by all that ask for a reason": Case({"Lost": True, "Disqualified": True}),
    "one whose status leads only to Lost": Case({"Lost": True}, next=(4,)),
    "one whose status leads to none of them": Case({}, next=(3,)),
    "a won lead isn't closed again": Case({}, status="won"),
    "a lost lead isn't closed again": Case({}, status="lost"),
    "a field that Lost requires is empty": Case({"Lost": False, "Disqualified": True}, requires=("company",)),
    "a field that Lost requires is filled": Case(
        {"Lost": True, "Disqualified": True}, requires=("company",), company="Omnia"
    ),
}


def statuses(case: Case) -> dict[int, Status]:
    rows = [
        Status(pk=1, name="New", kind="new", pipeline=SALES),
        Status(pk=2, name="Contacted", kind="contacted", pipeline=SALES, next_statuses=[*case.next]),
        Status(pk=3, name="Won", kind="won", pipeline=SALES),
        Status(pk=4, name="Lost", kind="lost", pipeline=SALES, required_fields=[*case.requires]),
        Status(pk=5, name="Disqualified", kind="disqualified", pipeline=SALES),
        Status(pk=6, name="Lost before", kind="lost", pipeline=SALES, retired=True),
        Status(pk=7, name="Not renewed", kind="lost", pipeline=RENEWALS),
    ]
    return {row.pk: row for row in rows}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_how_a_lead_may_be_closed(case, db, monkeypatch):
    rows: dict[int, Any] = statuses(case)
    monkeypatch.setattr(reference_tables, "get_all_statuses", lambda: rows)
    status = next(row for row in rows.values() if row.kind == case.status)
    found = get_closings(Lead(status=status, company=case.company))
    assert found == [
        ClosingStatus(next(row for row in rows.values() if row.name == name), complete)
        for name, complete in case.closings.items()
    ]

"""What sources cost in a period and by group: a month counts with the share of its days."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from leads.models import SourceCost
from reports.engine.report_periods import ReportPeriod
from reports.engine.source_costs import compute_month_share, get_costs_by_group

MAY = date(2026, 5, 1)
SHARES = {
    "all time": ((None, None), 1),
    "the month": ((MAY, date(2026, 5, 31)), 1),
    "its first day": ((MAY, MAY), Decimal(1) / 31),
    "its last day": ((date(2026, 5, 31), date(2026, 6, 30)), Decimal(1) / 31),
    "from a day on": ((date(2026, 5, 22), None), Decimal(10) / 31),
    "until a day": ((None, date(2026, 5, 10)), Decimal(10) / 31),
    "the month before": ((date(2026, 4, 1), date(2026, 4, 30)), 0),
    "the month after": ((date(2026, 6, 1), date(2026, 6, 30)), 0),
    "more months": ((date(2026, 1, 1), date(2026, 12, 31)), 1),
}


@pytest.mark.parametrize(("days", "share"), SHARES.values(), ids=SHARES)
def test_the_share_of_a_month(days, share):
    assert compute_month_share(ReportPeriod("any", *days), MAY) == share


class Case(NamedTuple):
    """The names of the fields that a report groups by, the chosen sources, and the costs of each group; () are all."""

    by: tuple[str, ...]
    costs: dict[tuple, str]
    chosen: tuple[str, ...] = ()


WEB, FAIR = "{website}", "{referral}"
FEBRUARY, MARCH, AUGUST, YEAR_BEFORE = (
    date(2026, 2, 1), date(2026, 3, 1), date(2026, 8, 1), date(2025, 8, 1),
)  # fmt: skip
ENTERED = [(WEB, FEBRUARY, "1.005"), (WEB, MARCH, "20"), (FAIR, MARCH, "300"), (FAIR, AUGUST, "4000"), (WEB, YEAR_BEFORE, "50000"), (FAIR, YEAR_BEFORE, "0")]  # fmt: skip
GROUPED = {
    "all": Case((), {(): "54321.01"}),
    "by source": Case(("source",), {(): "54321.01", (WEB,): "50021.01", (FAIR,): "4300.00"}),
    "by month": Case(
        ("month",),
        {(): "54321.01", (FEBRUARY,): "1.01", (MARCH,): "320.00", (AUGUST,): "4000.00", (YEAR_BEFORE,): "50000.00"},
    ),
    "by quarter": Case(
        ("quarter",),
        {
            (): "54321.01", (date(2026, 1, 1),): "321.01", (date(2026, 7, 1),): "4000.00",
            (date(2025, 7, 1),): "50000.00",
        },
    ),
    "by year": Case(
        ("year",), {(): "54321.01", (date(2026, 1, 1),): "4321.01", (date(2025, 1, 1),): "50000.00"}
    ),
    "by source and year": Case(
        ("source", "year"),
        {
            (): "54321.01", (WEB, date(2026, 1, 1)): "21.01", (WEB, date(2025, 1, 1)): "50000.00",
            (FAIR, date(2026, 1, 1)): "4300.00",
        },
    ),
    "of one source": Case(("month",), {(): "4300.00", (MARCH,): "300.00", (AUGUST,): "4000.00"}, (FAIR,)),
    "of both sources": Case((), {(): "54321.01"}, (WEB, FAIR)),
}  # fmt: skip


@pytest.mark.parametrize("case", GROUPED.values(), ids=GROUPED)
def test_the_costs_of_each_group(case, sources, monkeypatch):
    ids = {WEB: sources.website.pk, FAIR: sources.referral.pk}
    entered = [
        SourceCost(source_id=ids[source], month=month, amount=Decimal(amount))
        for source, month, amount in ENTERED
    ]
    monkeypatch.setattr(SourceCost.objects, "all", lambda: entered)
    active = [("source", SimpleNamespace(negated=False), [str(ids[name]) for name in case.chosen])]
    listing = SimpleNamespace(
        is_narrowed=bool(case.chosen),
        search="",
        filters=SimpleNamespace(active=active if case.chosen else [], alternatives=[]),
    )
    question = SimpleNamespace(
        by=[SimpleNamespace(name=name) for name in case.by],
        listing=listing,
        period=ReportPeriod("all", None, None),
    )
    viewer = SimpleNamespace(has_perm=lambda name: True)
    expected = {
        tuple(ids.get(key, key) for key in keys): Decimal(amount) for keys, amount in case.costs.items()
    }
    assert get_costs_by_group(question, viewer) == expected


def test_no_costs_are_told_where_they_are_not_known():
    viewer = SimpleNamespace(has_perm=lambda name: False)
    assert get_costs_by_group(SimpleNamespace(), viewer) is None

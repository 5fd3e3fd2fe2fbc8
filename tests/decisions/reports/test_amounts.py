"""Which leads an amount of a report can't include and what the reader is told, and when costs are known."""

from types import SimpleNamespace

import pytest

from reports.display.value_texts import describe_uncounted_leads
from reports.engine.measures import MEASURES
from reports.engine.report_answer import ReportGroup
from reports.engine.source_costs import get_unknown_costs_reason

MISSING = {
    "all leads have a value": ("value", {}, ""),
    "one value has no rate": ("value", {"without_rate": 1}, "1 lead without an exchange rate"),
    "two leads have no value": ("value", {"without_value": 2}, "2 leads without a value"),
    "each reason is counted apart": (
        "value",
        {"without_value": 2, "without_rate": 1},
        "2 leads without a value, 1 lead without an exchange rate",
    ),
    "an average says the same": ("value_mean", {"without_value": 1}, "1 lead without a value"),
    "so does a median": ("value_median", {"without_rate": 2}, "2 leads without an exchange rate"),
    "a won lead brought an unknown amount": (
        "revenue",
        {"revenue_without_amount": 1},
        "1 won lead without an amount",
    ),
    "what a lead brought has no rate": (
        "revenue",
        {"revenue_without_rate": 1},
        "1 lead without an exchange rate",
    ),
    "leads without a value don't matter for revenue": ("revenue", {"without_value": 3}, ""),
    "a count includes all leads": ("leads", {"without_value": 3, "without_rate": 1}, ""),
}


@pytest.mark.parametrize("case", MISSING.values(), ids=MISSING)
def test_which_leads_an_amount_leaves_out(case):
    name, parts, told = case
    assert describe_uncounted_leads(MEASURES[name], ReportGroup((), (), parts)) == told


HIDDEN = "You can’t view costs."
GROUPED = "Group by source, month, quarter or year to see costs."
FILTERED = "Costs are entered for sources. Remove the other filters to see costs."
SOURCE = ("source", SimpleNamespace(negated=False), ["1"])
COSTS = {
    "of all leads": (True, [], [], ""),
    "by source": (True, ["source"], [], ""),
    "by source and month": (True, ["source", "month"], [], ""),
    "of one source": (True, [], [SOURCE], ""),
    "by owner": (True, ["owner"], [], GROUPED),
    "by source and owner": (True, ["source", "owner"], [], GROUPED),
    "of one owner": (True, [], [("owner", SimpleNamespace(negated=False), ["1"])], FILTERED),
    "of one owner and source": (
        True, [], [SOURCE, ("owner", SimpleNamespace(negated=False), ["1"])], FILTERED,
    ),
    "of all sources but one": (True, [], [("source", SimpleNamespace(negated=True), ["1"])], FILTERED),
    "without the permission": (False, ["source"], [], HIDDEN),
    "without the permission, by owner": (False, ["owner"], [], HIDDEN),
}  # fmt: skip


@pytest.mark.parametrize("case", COSTS.values(), ids=COSTS)
def test_when_costs_are_known(case):
    permitted, by, active, told = case
    filters = SimpleNamespace(active=active, alternatives=[])
    listing = SimpleNamespace(is_narrowed=bool(active), search="", filters=filters)
    question = SimpleNamespace(by=[SimpleNamespace(name=name) for name in by], listing=listing)
    viewer = SimpleNamespace(has_perm=lambda name: permitted and name == "leads.view_source")
    assert get_unknown_costs_reason(question, viewer) == told


def test_a_search_leaves_costs_out():
    filters = SimpleNamespace(active=[], alternatives=[])
    listing = SimpleNamespace(is_narrowed=True, search="Cluj", filters=filters)
    viewer = SimpleNamespace(has_perm=lambda name: True)
    assert get_unknown_costs_reason(SimpleNamespace(by=[], listing=listing), viewer) == FILTERED

"""Small situations with the number that each definition gives, for reading and for tests.

A lead is written as what happened to it: `status:days` are moves so many days ago, `deal:category:amount` is a deal,
`value:amount` its value, `contact:days` its first contact after so many days.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """All leads were added ten days ago. `numbers` are those of all leads together."""

    name: str
    leads: list[str]
    numbers: dict[str, Any]
    costs: int = 0


EXAMPLES = [
    Example(
        "no leads",
        [],
        {"leads": 0, "won": 0, "client_rate": None, "value": None, "revenue": None, "won_median": None},
    ),
    Example(
        "new leads without anything",
        ["", ""],
        {
            "leads": 2,
            "contacted": 0,
            "qualified": 0,
            "proposal": 0,
            "opportunities": 0,
            "lost": 0,
            "qualified_rate": 0,
            "opportunity_rate": 0,
            "client_rate": 0,
            "lost_rate": 0,
            "disqualified": 0,
            "value": None,
            "value_mean": None,
            "value_median": None,
            "contact_mean": None,
            "score_mean": 0,
        },
    ),
    Example(
        "a lead that skips steps has reached them",
        ["proposal:5", ""],
        {"contacted": 1, "qualified": 1, "proposal": 1, "won": 0, "qualified_rate": 50},
    ),
    Example(
        "a lead that went back has still been there",
        ["qualified:5 new:4"],
        {"contacted": 1, "qualified": 1, "qualified_rate": 100, "proposal": 0},
    ),
    Example(
        "won, lost and disqualified are what leads are today",
        ["won:5", "won:6 contacted:2", "lost:3", "disqualified:3"],
        {"leads": 4, "won": 1, "lost": 1, "disqualified": 1, "client_rate": 25, "lost_rate": 25},
    ),
    Example(
        "values without a rate are not counted as zero",
        ["value:100", "value:300", "value:800", "", "value:70:TRY"],
        {"leads": 5, "value": 1200, "value_mean": 400, "value_median": 300},
    ),
    Example(
        "revenue is that of won deals, or of a won lead without deals",
        ["won:5 value:1000", "won:5 value:50 deal:won:700 deal:won:300", "won:5 deal:qualified:9", "value:1"],
        {"revenue": 2000, "won": 3, "opportunities": 2, "opportunity_rate": 50},
    ),
    Example(
        "times start when a lead is added",
        ["won:8 contact:1", "won:6 contact:2", "contact:6", ""],
        {"won_median": 3, "won_mean": 3, "contact_median": 2, "contact_mean": 3},
    ),
    Example(
        "costs are divided by what they brought",
        ["won:5 value:500", "qualified:4", "", ""],
        {
            "costs": 200,
            "cost_per_lead": 50,
            "cost_per_qualified": 100,
            "cost_per_client": 200,
            "revenue": 500,
            "return": 150,
        },
        costs=200,
    ),
    Example(
        "costs without a client have no price for one",
        ["", ""],
        {
            "costs": 100,
            "cost_per_lead": 50,
            "cost_per_client": None,
            "cost_per_qualified": None,
            "return": -100,
        },
        costs=100,
    ),
    Example("no costs are no zero", ["won:5"], {"costs": None, "cost_per_lead": None, "return": None}),
]

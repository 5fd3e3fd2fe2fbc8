"""What reports can measure: counts, rates, amounts and times, each with its definition; those of leads are here.

A measure is made of parts. Each part is one aggregate over the rows of a subject (reports/subjects), with the moment that
counts for it. Leads are grouped by when they were added ("added in the period, and won until today"), or each part by its
own moment ("won in the period"). Everything else counts by its own moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from typing import Any

from django.db.models import Avg, Count, F, Q, Sum, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.engine.aggregates import Median, build_days_between

Text = str | Promise


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    DAYS = "days"
    # A number with two decimals, such as calls per working day.
    RATIO = "ratio"
    # Days of work, perhaps with a half.
    WORKDAYS = "workdays"


@dataclass(frozen=True)
class MeasurePart:
    """`moment` is the column that says when it happened, '' if it counts what is there today, whatever the period.
    `condition` says which rows it is about; `among` names a part that counts all of them."""

    moment: str
    condition: Q
    aggregate: Callable[[Q], Any] = lambda condition: Count(Value(1), filter=condition)
    subject: str = "leads"
    # Whether the parts of groups add up to that of all.
    adds_up: bool = True
    # A median sorts its rows, so it has a query with these rows only. The others are read by several processes at once.
    alone: bool = False
    among: str = ""
    # Whether it counts no record twice, though the rows of its subject do.
    once: bool = False
    # Whether it counts what was there at the end of the period.
    at_end: bool = False
    # Whether it compares the beginning of the period with now.
    since: bool = False


def _build_reached_part(moment: str) -> MeasurePart:
    return MeasurePart(moment, Q(**{f"{moment}__isnull": False}))


def _build_sum_part(moment: str, column: str) -> MeasurePart:
    present = Q(**{f"{column}__isnull": False, f"{moment}__isnull": False})
    return MeasurePart(moment, present, lambda condition: Sum(column, filter=condition))


def _build_days_part(last: str, aggregate: Any) -> MeasurePart:
    condition = Q(**{f"{last}__isnull": False, f"{last}__gte": F("created_at")})
    days = build_days_between("created_at", last)
    return MeasurePart(
        last,
        condition,
        lambda chosen: aggregate(days, filter=chosen),
        adds_up=False,
        alone=aggregate is Median,
    )


ADDED, VALUED = "created_at", Q(base_value__isnull=False)
MEASURE_PARTS: dict[str, MeasurePart] = {
    "leads": MeasurePart(ADDED, Q()),
    "contacted": _build_reached_part("contacted_at"),
    "qualified": _build_reached_part("qualified_at"),
    "proposal": _build_reached_part("proposal_at"),
    "opportunities": _build_reached_part("opportunity_at"),
    "won": _build_reached_part("won_at"),
    "lost": MeasurePart("lost_at", Q(lost_at__isnull=False, status__kind="lost")),
    "disqualified": MeasurePart("lost_at", Q(lost_at__isnull=False, status__kind="disqualified")),
    "value": _build_sum_part(ADDED, "base_value"),
    "value_mean": MeasurePart(ADDED, VALUED, lambda chosen: Avg("base_value", filter=chosen), adds_up=False),
    "value_median": MeasurePart(
        ADDED,
        VALUED,
        lambda condition: Median("base_value", filter=condition),
        adds_up=False,
        alone=True,
    ),
    "score_mean": MeasurePart(ADDED, Q(), lambda chosen: Avg("lead__score", filter=chosen), adds_up=False),
    "without_rate": MeasurePart(ADDED, Q(has_value=True, base_value=None)),
    "without_value": MeasurePart(ADDED, Q(has_value=False)),
    "revenue": _build_sum_part("revenue_at", "revenue"),
    "revenue_without_rate": MeasurePart("revenue_at", Q(revenue_without_rate=True)),
    "revenue_without_amount": MeasurePart("revenue_at", Q(revenue_missing=True, revenue_without_rate=False)),
    "contact_median": _build_days_part("first_contacted_at", Median),
    "contact_mean": _build_days_part("first_contacted_at", Avg),
    "won_median": _build_days_part("won_at", Median),
    "won_mean": _build_days_part("won_at", Avg),
}
WITHOUT = ("without_value", "without_rate")
# Not an aggregate of leads: what sources cost (reports/engine/source_costs.py).
COSTS = "costs"
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """`parts` are what it needs, those of a rate with what it counts first; `compute` makes its value of them, None if there is none.
    `behind` is the part whose leads the number links to, `of` the one that a rate is out of, `missing` the parts that count the leads
    that it can't include."""

    name: str
    label: Text
    definition: Text
    unit: Unit
    parts: tuple[str, ...]
    behind: str
    compute: Callable[[Values], Any]
    of: str = ""
    missing: tuple[str, ...] = ()
    # Why there is no value, where it can't be computed.
    reason_without: Text = ""

    @property
    def is_of_today(self) -> bool:
        """Whether it counts what is there today, so that no period changes it."""
        parts = [MEASURE_PARTS[part] for part in self.parts if part in MEASURE_PARTS]
        return any(part.moment == "" and not part.at_end and not part.since for part in parts)

    @property
    def has_no_period_before(self) -> bool:
        """Whether nothing can be said about the period before: it is about now."""
        parts = [MEASURE_PARTS[part] for part in self.parts if part in MEASURE_PARTS]
        return self.is_of_today or any(part.since for part in parts)


def build_count_measure(part: str, label: Text, definition: Text) -> Measure:
    return Measure(part, label, definition, Unit.COUNT, (part,), part, lambda values: values[part] or 0)


def build_money_measure(part: str, behind: str, label: Text, definition: Text) -> Measure:
    """`behind` is the part whose records its number leads to."""
    return Measure(part, label, definition, Unit.MONEY, (part, behind), behind, lambda values: values[part])


def _build_rate_measure(name: str, part: str, of: str, label: Text, definition: Text) -> Measure:
    return Measure(
        name,
        label,
        definition,
        Unit.PERCENT,
        (part, of),
        part,
        # No won lead of five is a rate of zero, also where no lead was won in the period at all.
        lambda values: divide_or_none(values[part] or 0, values[of], 100),
        of=of,
    )


def _build_value_measure(
    part: str, behind: str, unit: Unit, label: Text, definition: Text, *missing: str
) -> Measure:
    needed = tuple(dict.fromkeys((part, behind, *missing)))
    return Measure(part, label, definition, unit, needed, behind, itemgetter(part), missing=missing)


def _build_cost_measure(name: str, of: str, label: Text, definition: Text) -> Measure:
    return Measure(
        name,
        label,
        definition,
        Unit.MONEY,
        (COSTS, of),
        of,
        lambda values: divide_or_none(values[COSTS], values[of]),
    )


def divide_or_none(number: Any, of: Any, times: int = 1) -> Any:
    """None if there is nothing to divide by, or nothing known to divide."""
    if number is None or not of:
        return None
    return Decimal(number) * times / Decimal(of)


def _compute_return(values: Values) -> Any:
    """In percent: what won deals brought more than the source cost, divided by the costs."""
    revenue, costs = values["revenue"], values[COSTS]
    return None if not costs else ((revenue or Decimal(0)) - costs) * 100 / costs


MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        build_count_measure("leads", _("Leads"), _("Leads that were added. Leads in Trash don’t count.")),
        build_count_measure(
            "contacted",
            _("Contacted"),
            _("Leads that have been in a status of the category contacted or a later one."),
        ),
        build_count_measure(
            "qualified",
            _("Qualified"),
            _("Leads that have been in a status of the category qualified or a later one."),
        ),
        build_count_measure(
            "proposal",
            _("Proposal"),
            _("Leads that have been in a status of the category proposal or a later one."),
        ),
        build_count_measure("opportunities", _("Opportunities"), _("Leads with at least one deal.")),
        build_count_measure("won", _("Won"), _("Leads that are in a won status today.")),
        build_count_measure("lost", _("Lost"), _("Leads that are in a lost status today.")),
        build_count_measure(
            "disqualified", _("Disqualified"), _("Leads that are in a disqualified status today.")
        ),
        _build_rate_measure(
            "qualified_rate",
            "qualified",
            "leads",
            _("Lead to qualified"),
            _("Qualified leads divided by leads."),
        ),
        _build_rate_measure(
            "opportunity_rate",
            "opportunities",
            "leads",
            _("Lead to opportunity"),
            _("Leads with a deal divided by leads."),
        ),
        _build_rate_measure(
            "client_rate", "won", "leads", _("Lead to client"), _("Won leads divided by leads.")
        ),
        _build_rate_measure("lost_rate", "lost", "leads", _("Lost rate"), _("Lost leads divided by leads.")),
        _build_value_measure(
            "value",
            "leads",
            Unit.MONEY,
            _("Value"),
            _("The values of leads, at the exchange rate of the day on which each lead was added."),
            *WITHOUT,
        ),
        _build_value_measure(
            "value_mean",
            "leads",
            Unit.MONEY,
            _("Average value"),
            _("The average value of leads that have a value."),
            *WITHOUT,
        ),
        _build_value_measure(
            "value_median",
            "leads",
            Unit.MONEY,
            _("Median value"),
            _("Half of the leads that have a value are worth less."),
            *WITHOUT,
        ),
        _build_value_measure(
            "revenue",
            "won",
            Unit.MONEY,
            _("Revenue"),
            _(
                "Won deals of leads, or the value of a won lead without deals. Amounts without a rate don’t count."
            ),
            "revenue_without_amount",
            "revenue_without_rate",
        ),
        _build_value_measure(
            "score_mean",
            "leads",
            Unit.RATIO,
            _("Average score"),
            _("The average of the scores that leads have today."),
        ),
        _build_value_measure(
            "contact_median",
            "contacted",
            Unit.DAYS,
            _("Time to first contact, median"),
            _(
                "From adding a lead to its first contact, day and night. Half of the contacted leads took less."
            ),
        ),
        _build_value_measure(
            "contact_mean",
            "contacted",
            Unit.DAYS,
            _("Time to first contact, average"),
            _("From adding a lead to its first contact, day and night."),
        ),
        _build_value_measure(
            "won_median",
            "won",
            Unit.DAYS,
            _("Time to won, median"),
            _("From adding a lead to winning it. Half of the won leads took less."),
        ),
        _build_value_measure(
            "won_mean", "won", Unit.DAYS, _("Time to won, average"), _("From adding a lead to winning it.")
        ),
        Measure(
            COSTS,
            _("Costs"),
            _("The costs entered for sources. A month counts with the share of its days in the period."),
            Unit.MONEY,
            (COSTS,),
            "leads",
            lambda values: values[COSTS],
        ),
        _build_cost_measure("cost_per_lead", "leads", _("Cost per lead"), _("Costs divided by leads.")),
        _build_cost_measure(
            "cost_per_qualified",
            "qualified",
            _("Cost per qualified lead"),
            _("Costs divided by qualified leads."),
        ),
        _build_cost_measure("cost_per_client", "won", _("Cost per client"), _("Costs divided by won leads.")),
        Measure(
            "return",
            _("Return"),
            _("Revenue less costs, divided by costs."),
            Unit.PERCENT,
            ("revenue", COSTS, "won"),
            "won",
            _compute_return,
        ),
    )
}

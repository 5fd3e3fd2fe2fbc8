"""What sources cost in a period, from the entries by month."""

import calendar
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from leads.models.source import SourceCost
from reports.engine.question import ReportQuestion
from reports.engine.report_periods import ReportPeriod

CENT = Decimal("0.01")
# The fields by which costs are entered.
SPLIT_BY = {"source", "month", "quarter", "year"}


def get_costs_by_group(question: ReportQuestion, viewer: User) -> dict[tuple[Any, ...], Decimal] | None:
    """The costs of each group, () for all of them; None if costs aren't known for these groups or filters.

    A month counts with the share of its days in the period, so the costs of two halves add up to those of the month.
    """
    if get_unknown_costs_reason(question, viewer):
        return None
    chosen = _get_chosen_sources(question) or set()
    found: dict[tuple[Any, ...], Decimal] = {}
    for cost in SourceCost.objects.all():
        if chosen and cost.source_id not in chosen:
            continue
        amount = cost.amount * compute_month_share(question.period, cost.month)
        if amount:
            keys = tuple(_get_group_key(dimension, cost) for dimension in question.by)
            for group in {keys, ()}:
                found[group] = found.get(group, Decimal(0)) + amount
    return {group: amount.quantize(CENT, ROUND_HALF_UP) for group, amount in found.items()}


def may_view_costs(viewer: User) -> bool:
    return viewer.has_perm("leads.view_source")


def get_unknown_costs_reason(question: ReportQuestion, viewer: User) -> str:
    """A sentence for the reader; '' if they are known."""
    if not may_view_costs(viewer):
        return _("You can’t view costs.")
    if not {dimension.name for dimension in question.by} <= SPLIT_BY:
        return _("Group by source, month, quarter or year to see costs.")
    if _get_chosen_sources(question) is None:
        return _("Costs are entered for sources. Remove the other filters to see costs.")
    return ""


def _get_chosen_sources(question: ReportQuestion) -> Iterable[int] | None:
    """The sources that the filters choose, empty for all; None if another filter narrows the leads."""
    if not question.listing.is_narrowed:
        return set()
    active = question.listing.filters.active
    if question.listing.search or [name for name, _item, _value in active] != ["source"]:
        return None
    if question.listing.filters.alternatives or active[0][1].negated:
        return None
    return {int(value) for value in active[0][2]}


def compute_month_share(period: ReportPeriod, month: date) -> Decimal:
    """The part of a month's days that lie in the period."""
    days = calendar.monthrange(month.year, month.month)[1]
    first = max(period.first or month, month)
    last = min(period.last or date.max, month.replace(day=days))
    return Decimal(max((last - first).days + 1, 0)) / days


def _get_group_key(dimension: Any, cost: SourceCost) -> Any:
    if dimension.name == "source":
        return cost.source_id
    day = cost.month
    if dimension.name == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1)
    return day.replace(month=1) if dimension.name == "year" else day

"""What reports must say, computed slowly in plain Python from the rows of leads, moves, deals and costs, one by one.

It follows the definitions that readers see, and shares no code with the reports.
"""

import calendar
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

from customers.models import Deal
from leads.models import Lead, SourceCost, Status, StatusMove

STEPS = ["contacted", "qualified", "proposal", "won"]
CLOSED = {"lost", "disqualified"}
STEPS_OF_TIME = ["day", "week", "month", "quarter", "year"]


class Facts:
    """What is known about one lead."""

    def __init__(self, lead: Lead, moves: list[StatusMove], deals: list[Deal], kinds: dict[int, str]) -> None:
        self.lead = lead
        moves = sorted((move for move in moves if not move.undone), key=lambda move: (move.entered, move.pk))
        self.moves = moves
        self.path = " ".join(str(move.to_status_id) for move in moves)
        self.added = lead.created_at
        self.kind = kinds[lead.status_id]
        self.reached: dict[str, datetime | None] = {}
        for place, step in enumerate(STEPS):
            entered = [move.entered for move in moves if kinds[move.to_status_id] in STEPS[place:]]
            self.reached[step] = min(entered, default=None)
        self.won = (lead.converted_at or lead.status_since) if self.kind == "won" else None
        self.closed = lead.status_since if self.kind in CLOSED else None
        deals = [deal for deal in deals if deal.deleted_at is None]
        self.opportunity = min((deal.created_at for deal in deals), default=None)
        won_deals = [deal for deal in deals if kinds[deal.status_id] == "won"]
        self.revenue, self.revenue_missing, self.revenue_at = None, False, None
        self.revenue_without_rate = False
        if won_deals:
            known = [deal.base_value for deal in won_deals if deal.base_value is not None]
            self.revenue = sum(known) if known else None
            self.revenue_missing = len(known) < len(won_deals)
            self.revenue_without_rate = any(_has_no_rate(deal) for deal in won_deals)
            self.revenue_at = self.won or min(deal.closed_at or deal.status_since for deal in won_deals)
        elif not deals and self.won:
            self.revenue, self.revenue_missing = lead.base_value, lead.base_value is None
            self.revenue_without_rate = _has_no_rate(lead)
            self.revenue_at = self.won


def _has_no_rate(record: Lead | Deal) -> bool:
    return record.value is not None and record.base_value is None


def days_from(first: datetime, last: datetime) -> float:
    return (last - first).total_seconds() / 86_400


def part_of(facts: Facts, name: str) -> tuple[datetime | None, bool, Any]:
    """When a part of a measure happened to a lead, whether it counts, and its value."""
    lead = facts.lead
    contacted = lead.first_contacted_at
    if name in ("contacted", "qualified", "proposal"):
        return facts.reached[name], facts.reached[name] is not None, None
    if name.startswith("value"):
        return facts.added, lead.base_value is not None, lead.base_value
    if name == "score_mean":
        return facts.added, True, lead.score
    if name.startswith("contact_"):
        late = contacted is not None and contacted >= facts.added
        return contacted, late, days_from(facts.added, contacted) if late else None
    if name.startswith("won_"):
        late = facts.won is not None and facts.won >= facts.added
        return facts.won, late, days_from(facts.added, facts.won) if late else None
    return {
        "leads": (facts.added, True, None),
        "opportunities": (facts.opportunity, facts.opportunity is not None, None),
        "won": (facts.won, facts.won is not None, None),
        "lost": (facts.closed, facts.kind == "lost", None),
        "disqualified": (facts.closed, facts.kind == "disqualified", None),
        "without_rate": (facts.added, lead.value is not None and lead.base_value is None, None),
        "revenue": (facts.revenue_at, facts.revenue is not None, facts.revenue),
        "without_value": (facts.added, lead.value is None, None),
        "revenue_without_rate": (facts.revenue_at, facts.revenue_without_rate, None),
        "revenue_without_amount": (
            facts.revenue_at,
            facts.revenue_missing and not facts.revenue_without_rate,
            None,
        ),
    }[name]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def first_day(day: date, step: str) -> date:
    return {
        "day": day,
        "week": day - timedelta(day.weekday()),
        "month": day.replace(day=1),
        "quarter": date(day.year, (day.month - 1) // 3 * 3 + 1, 1),
        "year": date(day.year, 1, 1),
    }[step]


def key_of(facts: Facts, dimension: str, moment: datetime, zone: ZoneInfo) -> Any:
    lead = facts.lead
    if dimension in STEPS_OF_TIME:
        return first_day(moment.astimezone(zone).date(), dimension)
    if dimension in ("kind", "path"):
        return getattr(facts, dimension)
    if dimension == "pipeline":
        return lead.status.pipeline_id
    if dimension in ("source", "owner", "department", "status", "lost_reason", "created_by"):
        return getattr(lead, f"{dimension}_id")
    return getattr(lead, dimension)


COUNTS = {"leads", "contacted", "qualified", "proposal", "opportunities", "won", "lost", "disqualified"}
RATES = {
    "qualified_rate": ("qualified", "leads"),
    "opportunity_rate": ("opportunities", "leads"),
    "client_rate": ("won", "leads"),
    "lost_rate": ("lost", "leads"),
}
PER = {"cost_per_lead": "leads", "cost_per_qualified": "qualified", "cost_per_client": "won"}
HOW: dict[str, Callable[[list], Any]] = {
    "value": sum,
    "value_mean": mean,
    "score_mean": mean,
    "value_median": median,
    "revenue": sum,
    "contact_median": median,
    "contact_mean": mean,
    "won_median": median,
    "won_mean": mean,
}


class Reference:
    """The numbers of reports for a reader in a time zone."""

    def __init__(self, viewer: Any, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        kinds = dict(Status.objects.values_list("pk", "kind"))
        limits = Status.objects.exclude(kind__in=["won", *CLOSED]).exclude(most_days=None)
        self.limits = dict(limits.values_list("pk", "most_days"))
        moves, deals = defaultdict(list), defaultdict(list)
        for move in StatusMove.objects.all():
            moves[move.lead_id].append(move)
        for deal in Deal.objects.all():
            deals[deal.lead_id].append(deal)
        leads = Lead.objects.visible_to(viewer).select_related("status")
        self.leads = [
            Facts(lead, moves[lead.pk], deals[lead.pk], kinds) for lead in leads if lead.deleted_at is None
        ]
        # None for readers who may not know what sources cost.
        self.costs = list(SourceCost.objects.all()) if viewer.has_perm("leads.view_source") else None

    def groups(
        self, measures: Iterable[str], by: list[str], basis: str, first: date | None, last: date | None
    ) -> dict[tuple, dict[str, Any]]:
        """The values of each group, and under () those of all leads."""
        measures = list(measures)
        counted: dict[tuple, dict[str, list]] = defaultdict(lambda: defaultdict(list))
        for facts in self.leads:
            for name in {*COUNTS, *HOW}:
                happened, counts, value = part_of(facts, name)
                moment = facts.added if basis == "added" else happened
                if not counts or moment is None or not self._within(moment, first, last):
                    continue
                keys = tuple(key_of(facts, dimension, moment, self.zone) for dimension in by)
                for group in {keys, ()}:
                    counted[group][name].append(value)
        costs = self._costs(by, first, last)
        keys = {(), *counted, *(costs or {})}
        return {
            key: {name: _value(name, counted[key], (costs or {}).get(key)) for name in measures}
            for key in keys
        }

    def stuck(self, by: list[str], first: date | None, last: date | None) -> dict[tuple, int]:
        """How many leads of each group were too long in their status at the end of its days, and under () at that of the period."""
        found: dict[tuple, int] = defaultdict(int)
        today = datetime.now(self.zone).date()
        entered = [move.entered.astimezone(self.zone).date() for facts in self.leads for move in facts.moves]
        first, last = first or min(entered, default=today), min(last or today, today)
        days = [first + timedelta(number) for number in range((last - first).days + 1)]
        steps = [dimension for dimension in by if dimension in STEPS_OF_TIME]
        ends = {tuple(first_day(day, step) for step in steps): day for day in days}
        for facts in self.leads:
            for own, day in ends.items():
                for status in self._too_long(facts, day):
                    others = iter(own)
                    keys = [
                        next(others)
                        if dimension in steps
                        else status
                        if dimension == "status"
                        else key_of(facts, dimension, facts.added, self.zone)
                        for dimension in by
                    ]
                    found[tuple(keys)] += 1
            if by and days:
                found[()] += len(self._too_long(facts, last))
        return found

    def _too_long(self, facts: Facts, day: date) -> list[int]:
        """The status in which the lead was too long at the end of this day, or now if that is earlier."""
        end = min(midnight(day + timedelta(1), self.zone).astimezone(UTC), datetime.now(UTC))
        return [
            move.to_status_id
            for move in facts.moves
            if move.to_status_id in self.limits
            and (end - move.entered).days > self.limits[move.to_status_id]
            and (move.left is None or move.left > end)
        ]

    def _within(self, moment: datetime, first: date | None, last: date | None) -> bool:
        # Two moments of one zone would be compared by their clocks, which repeat an hour in autumn.
        day = moment.astimezone(self.zone).date()
        return (first is None or first <= day) and (last is None or day <= last)

    def _costs(self, by: list[str], first: date | None, last: date | None) -> dict[tuple, Decimal] | None:
        """Each day of a month costs the same."""
        if self.costs is None or not {*by} <= {"source", "month", "quarter", "year"}:
            return None
        found: dict[tuple, Decimal] = defaultdict(Decimal)
        for cost in self.costs:
            number = calendar.monthrange(cost.month.year, cost.month.month)[1]
            days = [cost.month.replace(day=day) for day in range(1, number + 1)]
            inside = [day for day in days if (not first or first <= day) and (not last or day <= last)]
            if not inside:
                continue
            keys = tuple(
                cost.source_id if dimension == "source" else first_day(cost.month, dimension)
                for dimension in by
            )
            for group in {keys, ()}:
                found[group] += cost.amount * len(inside) / number
        return {key: amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for key, amount in found.items()}


def _value(name: str, counted: dict[str, list], costs: Decimal | None) -> Any:
    if name in COUNTS:
        return len(counted[name])
    if name in RATES:
        part, of = RATES[name]
        return Decimal(len(counted[part])) * 100 / len(counted[of]) if counted[of] else None
    if name in PER:
        return costs / len(counted[PER[name]]) if costs is not None and counted[PER[name]] else None
    if name == "costs":
        return costs
    if name == "return":
        return (sum(counted["revenue"]) - costs) * 100 / costs if costs else None
    values = counted[name]
    return HOW[name](values) if values else None

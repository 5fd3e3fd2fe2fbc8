"""The reasons of a score, on the page of its lead: the points of each rule, whose sum is the score."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from crm.records.listing.stored_conditions import sees_all_conditions
from leads.assignment.rule_conditions import get_leads_kind
from leads.models import Lead, ScoreRule, ScoreState
from leads.models.score_rule import format_points
from leads.page.page_card import PageCard
from leads.scores.counted_activities import ACTIVITIES, OF_LEAD
from leads.scores.fading_dates import sees_fading_date


@dataclass(frozen=True)
class ScoreReason:
    """`name` is that of the rule. For a rule on activities, `count` is how many there are and `latest` when the last one was."""

    points: int
    name: str
    count: int = 0
    latest: datetime | None = None

    @property
    def signed_points(self) -> str:
        return format_points(self.points)


@dataclass(frozen=True)
class ScoreCard:
    score: int
    reasons: list[ScoreReason]

    @property
    def shown_score(self) -> str:
        """With a minus instead of a hyphen, as the points below it have."""
        return str(self.score).replace("-", "−")


def build_score_card(lead: Lead, user: User) -> PageCard | None:
    """Nothing without rules."""
    state = ScoreState.get_current()
    if state is None or not state.rules:
        return None
    return PageCard("leads/scores/_card.html", ScoreCard(lead.score, get_score_reasons(lead.pk, state, user)))


def get_score_reasons(lead: int, state: ScoreState, user: User) -> list[ScoreReason]:
    """The rules that give the lead points, the most first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT points FROM leadwell_score_points(ARRAY[%s::bigint])", [lead])
        row = cursor.fetchone()
    points = dict(zip(state.rules, row[0] if row else (), strict=False))
    rules = ScoreRule.objects.in_bulk([pk for pk, number in points.items() if number])
    activities = _get_activities(lead, [rule for rule in rules.values() if not rule.counts_facts])
    found = [
        ScoreReason(points[pk], _get_shown_name(rule, user), *activities.get(pk, (0, None)))
        for pk, rule in rules.items()
    ]
    return sorted(found, key=lambda reason: (-reason.points, reason.name))


def _get_shown_name(rule: ScoreRule, user: User) -> str:
    if sees_all_conditions(get_leads_kind(), rule.parameters, user) and sees_fading_date(rule, user):
        return rule.name
    return _("A field that you can’t view")


def _get_activities(lead: int, rules: list[ScoreRule]) -> dict[int, tuple[int, Any]]:
    """By rule: how many activities of the lead it counts, and when the last one was."""
    if not rules:
        return {}
    conditions = [ACTIVITIES[ScoreRule.Counts(rule.counts)] for rule in rules]
    columns = ", ".join(
        f"count(*) FILTER (WHERE {one}), max(a.at) FILTER (WHERE {one})" for one in conditions
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {OF_LEAD} AND a.record = %s", [lead])  # noqa: S608 - constants
        values = cursor.fetchone()
    return {rule.pk: (values[2 * place], values[2 * place + 1]) for place, rule in enumerate(rules)}

"""What the tests of scores share: rules as the screens write them, activities, and the score that a lead has."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from crm.models import Activity
from crm.platform.configuration.company import get_company_zone
from crm.records.history.verb_execution import operation
from leads.models import Lead, ScoreRule
from leads.scores.score_check import iterate_wrong_scores
from leads.scores.scoring import get_company_day, score_all_leads, write_score_state


def make_score_rule(points: int, conditions: str = "", **values) -> ScoreRule:
    values.setdefault("name", f"Rule {ScoreRule.objects.count() + 1}")
    values.setdefault("position", ScoreRule.objects.count())
    with operation("test", by=None):
        rule = ScoreRule.objects.create(points=points, conditions=conditions, **values)
    write_score_state()
    score_all_leads()
    return rule


def get_noon(days_ago: int) -> datetime:
    """Noon of the company's day."""
    day = get_company_day() - timedelta(days=days_ago)
    noon = datetime.combine(day, time(12), tzinfo=get_company_zone())
    return noon.astimezone(timezone.get_default_timezone())


def set_dates(lead: Lead, **dates) -> None:
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(**dates)


def make_activity(lead: Lead, kind: str, outcome: str, days_ago: int = 0, **values) -> Activity:
    """At noon of the company's day."""
    at = get_noon(days_ago)
    with operation("test", by=None):
        return Activity.objects.create(of="lead", record=lead.pk, type=kind, outcome=outcome, at=at, **values)


def get_score(lead: Lead) -> int:
    """The kept score, which has to be the right one."""
    assert list(iterate_wrong_scores()) == []
    return Lead.objects.get(pk=lead.pk).score

"""The score rules of the demo company: what tells a warm lead from a cold one."""

from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.records.history.verb_execution import operation
from leads.models import ScoreRule, Source
from leads.scores.scoring import score_all_leads, write_score_state

Rule = ScoreRule
Counts = Rule.Counts


def add_score_rules(total: int, say: Say) -> None:
    """Once: a company that has rules keeps them."""
    if Rule.objects.exists():
        return
    partner = Source.objects.get(key="partner")
    rules = [
        Rule(name="Recommended by a partner", points=20, conditions=f"source={partner.pk}"),
        Rule(name="Wrote to us", counts=Counts.RECEIVED, points=15, fades_over=30, at_most=45),
        Rule(name="Talked on the phone", counts=Counts.CALL, points=10, fades_over=60, at_most=30),
        Rule(name="Came in lately", points=15, fades_over=30, fades_from="created_at"),
        Rule(name="Can’t be reached by email", points=-10, conditions="no_email=yes"),
    ]
    with operation("install", by=None, channel=Operation.Channel.SYSTEM):
        for place, rule in enumerate(rules):
            rule.position = place
        Rule.objects.bulk_create(rules)
    write_score_state()
    score_all_leads()

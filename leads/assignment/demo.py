"""The assignment rules of the demo company: who gets the leads that web forms and other programs bring."""

from accounts.models import Department, User
from crm.models import Operation
from crm.platform.configuration.environment import Say
from crm.records.history.verb_execution import operation
from leads.models import AssignmentRule, Source

Rule = AssignmentRule
# What comes in by itself; imports and selected leads are assigned by people.
WAYS = [Rule.Way.FORM, Rule.Way.WEBHOOK, Rule.Way.MAIL, Rule.Way.API]


def add_assignment_rules(total: int, say: Say) -> None:
    """Once: a company that has rules keeps them."""
    if not Rule.objects.exists():
        departments = {row.name: row for row in Department.objects.all()}
        partner = Source.objects.get(key="partner")
        rules = [
            Rule(
                name="Partner leads to Lukáš",
                conditions=f"source={partner.pk}",
                assigns_to=Rule.To.USER,
                user=User.objects.get(email="lukas.novak@demo.example"),
            ),
            Rule(
                name="Romania in turn",
                conditions="country=RO",
                assigns_to=Rule.To.IN_TURN,
                department=departments["Sales Romania"],
                present=Rule.Present.DAY,
            ),
            Rule(
                name="Everyone else by fewest open leads",
                assigns_to=Rule.To.FEWEST,
                department=departments["Sales Europe"],
                most_open=200,
                otherwise=Rule.Otherwise.NO_OWNER,
            ),
        ]
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            for place, rule in enumerate(rules):
                rule.position, rule.ways = place, [str(way) for way in WAYS]
            Rule.objects.bulk_create(rules)

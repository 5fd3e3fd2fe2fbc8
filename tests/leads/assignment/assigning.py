"""Assignment rules for tests."""

from crm.models import Operation
from crm.records.history.verb_execution import operation
from leads.assignment import new_leads
from leads.models import AssignmentRule, Lead, RuleAssignment

Rule = AssignmentRule


def make_rule(name: str, conditions: str = "", **values) -> AssignmentRule:
    """A rule after all others, for every way."""
    fields = {"ways": Rule.Way.values, "position": Rule.objects.count(), **values}
    if "user" in fields:
        fields["assigns_to"] = Rule.To.USER
    with operation("test", by=None):
        return Rule.objects.create(name=name, conditions=conditions, **fields)


def come_in(leads: list[Lead], way: str = "form", by=None) -> Operation:
    """Assign leads as an operation that has added them does; the leads are read again."""
    with operation("test", by=by, table="lead") as record:
        new_leads.assign_new_leads(record, [lead.pk for lead in leads], way)
    for lead in leads:
        lead.refresh_from_db()
    return record


def rule_of(lead: Lead) -> str:
    """The name of the rule that assigned the lead last; '' for none."""
    found = RuleAssignment.objects.filter(lead=lead.pk).order_by("-pk").first()
    return Rule.objects.get(pk=found.rule).name if found else ""

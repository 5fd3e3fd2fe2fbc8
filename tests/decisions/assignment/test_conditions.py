"""Which filters a rule may use, and what becomes of them when a status is merged into another one."""

import pytest
from django.db.models import Q
from django.http import QueryDict

from crm.fields.conditions.field_filters import ME, TEAM
from crm.records.history.verb_execution import operation
from leads.assignment.conditions_cache import _is_plain
from leads.assignment.rule_conditions import parse_conditions, replace_value_in_rules
from leads.models import AssignmentRule
from reports.engine.drill_down import FIGURE

IMPORT = "A rule can’t use the filter by import."
GONE = "A field that the conditions use no longer exists."
CHOICE = "Select a valid choice."
LINK = "A rule can’t use the filter of a number’s list."
READER = "“Me” and “my department” depend on who is viewing. Choose names for a rule."
REFUSED = {
    "nothing": ("", ""),
    "a country": ("country=RO", ""),
    "a country among alternatives": ("any.country=RO", ""),
    "a condition with an operator": ("company.contains=steel", ""),
    "a choice that there isn’t": ("country=ZZ", f"{CHOICE} ZZ is not one of the available choices."),
    "the same among alternatives": ("any.country=ZZ", f"{CHOICE} ZZ is not one of the available choices."),
    "the filter by import": ("imported=7", IMPORT),
    "the filter by import among alternatives": ("any.imported=7", IMPORT),
    "the filter by import after a country": ("country=RO&imported=7", IMPORT),
    "the filter behind a number of a report": ("{figure}=x", LINK),
    "a report’s filter among alternatives": ("any.{figure}=x", LINK),
    "a custom field that was deleted": ("c99=yes", GONE),
    "a custom field that was deleted, among alternatives": ("any.c99.is=yes", GONE),
    "a custom field that was deleted, after a country": ("country=RO&c99=yes", GONE),
    "my leads": (f"owner={ME}", READER),
    "my department": (f"department={TEAM}", READER),
    "a colleague's leads and mine": (f"owner=12&owner={ME}", READER),
    "mine among alternatives": (f"any.owner={ME}&any.country=RO", READER),
    "mine as the second alternative": (f"any.country=RO&any.owner={ME}", READER),
    "mine after an alternative that comes before it": (f"any.status=3&any.owner={ME}", READER),
    "my department after two others": (f"any.status=3&any.source=4&any.department={TEAM}", READER),
    "mine in a field that has texts": (f"company.is={ME}", ""),
}


@pytest.mark.parametrize(("query", "problem"), REFUSED.values(), ids=REFUSED)
def test_which_filters_a_rule_refuses(query, problem, on_paper):
    found = parse_conditions(QueryDict(query.replace("{figure}", FIGURE)))
    assert found.problem == problem
    assert (found.met == Q(pk__in=[])) is bool(problem)


REWRITTEN = {
    "the status alone": ("status=3", "status=5"),
    "the status among alternatives": ("any.status=3&any.country=RO", "any.status=5&any.country=RO"),
    "as a condition and among alternatives": ("status=3&any.status=3", "status=5&any.status=5"),
    "beside another status": ("status=3&status=4", "status=5&status=4"),
    "beside the one that it is merged into": ("status=3&status=5", "status=5"),
    "another status whose number begins the same": ("status=31", "status=31"),
    "the same number in another field": ("source=3", "source=3"),
    "no conditions": ("", ""),
}


@pytest.mark.parametrize(("before", "after"), REWRITTEN.values(), ids=REWRITTEN)
def test_a_merged_status_in_the_conditions_of_rules(before, after, db):
    rules = [
        AssignmentRule(name="in use", conditions=before),
        AssignmentRule(name="turned off", conditions="status=3&vip=yes", turned_on=False),
        AssignmentRule(name="deleted", conditions=before, retired=True),
    ]
    with operation("test", by=None):
        AssignmentRule.objects.bulk_create(rules)
        replace_value_in_rules("status", 3, 5)
    found = dict(AssignmentRule.objects.values_list("name", "conditions"))
    assert found == {"in use": after, "turned off": "status=5&vip=yes", "deleted": before}


PLAIN = {
    "no condition": ("", True),
    "yes or no": ("vip=yes", True),
    "a country": ("country=RO", True),
    "one of two countries": ("any.country=RO&any.country=DE", True),
    "a text": ("company.contains=steel", True),
    "an amount": ("value.above=100", True),
    "a day": ("created=between&created_from=2026-11-20", False),
    "a country and a day": ("country=RO&created=between&created_from=2026-11-20", False),
    "a day among alternatives": ("any.country=RO&any.created=between&any.created_from=2026-11-20", False),
}


@pytest.mark.parametrize(("query", "plain"), PLAIN.values(), ids=PLAIN)
def test_which_conditions_are_the_same_for_each_lead(query, plain, on_paper):
    """Only those are read once; what compares with a day or a moment is read for each lead that comes in."""
    assert _is_plain(parse_conditions(QueryDict(query)).met) is plain

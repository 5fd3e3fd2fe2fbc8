"""Which conditions of a rule a record doesn't meet, and what may be a condition of a rule at all."""

from types import SimpleNamespace

import pytest
from django.http import QueryDict

from automations.models import Automation
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import (
    build_conditions_context,
    count_rules_by_compared_field,
    describe_conditions,
    find_rules_comparing,
    find_unmet_conditions,
    get_allowed_filters,
    get_compared_field,
    get_condition_chips,
    parse_conditions,
    sees_all_conditions,
)
from leads.models import Lead, Source

LEAD = KINDS["lead"]
# The conditions, and those that a VIP lead in Cluj, Romania, with the field Plan "Gold" doesn't meet.
UNMET = {
    "without conditions": ("", []),
    "it meets the only one": ("vip=yes", []),
    "it doesn't meet the only one": ("vip=no", ["vip=no"]),
    "it meets one of two": ("vip=yes&country=DE", ["country=DE"]),
    "it meets none of two": ("vip=no&country=DE", ["country=DE", "vip=no"]),
    "one value of several": ("country=DE&country=RO", []),
    "none of several values": ("country=DE&country=FR", ["country=DE&country=FR"]),
    "a value that is excluded": ("country=RO&country_not=on", ["country=RO&country_not=on"]),
    "one of two alternatives": ("any.vip=yes&any.country=DE", []),
    "the other one of two alternatives": ("any.vip=no&any.country=RO", []),
    "no alternative: they count as one": ("any.vip=no&any.country=DE", ["any.vip=no&any.country=DE"]),
    "an alternative, but not the other condition": (
        "country=DE&any.vip=yes&any.city.contains=Arad", ["country=DE"],
    ),
    "neither an alternative nor the other condition": (
        "country=DE&any.vip=no", ["country=DE", "any.vip=no"],
    ),
    "a custom field that it meets": ("{plan}.contains=gold", []),
    "a custom field that it doesn't meet": ("{plan}.contains=silver", ["{plan}.contains=silver"]),
    "a period that ends before it begins": (
        "vip=no&created=between&created_from=2026-01-02&created_to=2026-01-01",
        ["vip=no", "created=between&created_from=2026-01-02&created_to=2026-01-01"],
    ),
    "a day that is none, among alternatives": (
        "any.vip=no&any.created=between&any.created_from=soon", ["any.vip=no&any.created=between&any.created_from=soon"],
    ),
    "an alternative on a custom field": ("any.{plan}.contains=gold&any.vip=no", []),
}  # fmt: skip


@pytest.mark.parametrize(("query", "unmet"), UNMET.values(), ids=UNMET)
def test_which_conditions_a_lead_does_not_meet(query, unmet, ann, make_lead, make_field):
    plan = make_field("Plan")
    lead = make_lead("Ana Pop", vip=True, country="RO", city="Cluj", owner=ann)
    other = make_lead("Eva Nan", vip=True, country="RO", owner=ann)
    carry_out(LEAD.edit({plan.name: "Gold"}), Lead.objects.filter(pk=lead.pk), by=ann)
    data = QueryDict(query.format(plan=plan.name))
    found = find_unmet_conditions(LEAD, data, Lead.objects.all(), [lead.pk])
    assert found == {lead.pk: [each.format(plan=plan.name) for each in unmet]}
    assert other.pk not in found


COMPARED = {
    "a field": ("city", "city"),
    "a comparison of a field": ("city.contains", "city"),
    "an alternative": ("any.city.contains", "city"),
    "the start of a period": ("created_from", "created"),
    "the end of a period": ("any.created_to", "created"),
    "other values than these": ("country_not", "country"),
    "a field with a line in its name": ("lost_reason", "lost_reason"),
    "other values of a field with a line in its name": ("lost_reason_not", "lost_reason"),
}


@pytest.mark.parametrize(("parameter", "field"), COMPARED.values(), ids=COMPARED)
def test_which_field_a_condition_compares(parameter, field):
    assert get_compared_field(parameter) == field


def rule(query: str) -> Automation:
    return Automation(table_of="lead", conditions=query)


def test_each_rule_is_counted_once_for_each_field_that_it_compares():
    rules = [rule("city.contains=Cluj&any.city.contains=Arad&vip=yes"), rule("vip=no"), rule("")]
    assert count_rules_by_compared_field(rules) == {"city": 1, "vip": 2}


COMPARING = {
    "the record": ("source=7", True),
    "the record among others": ("source=5&source=7", True),
    "the record as an alternative": ("any.source=7&vip=yes", True),
    "another record": ("source=5", False),
    "another field with its number": ("department=7", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize(("query", "found"), COMPARING.values(), ids=COMPARING)
def test_which_rules_compare_a_field_with_a_record(query, found):
    rules = [rule("vip=yes"), rule(query)]
    assert find_rules_comparing(rules, ["source", "status"], Source(pk=7)) == ([rules[1]] if found else [])


PROBLEMS = {
    "conditions on a field": ("city.contains=Cluj", ""),
    "the owner is whoever looks": ("owner=me", "“Me” and “my department” depend on who is viewing. Choose names for a rule."),
    "the import": ("imported=7", "A rule can’t use the filter by import."),
    "the import as an alternative": ("any.imported=7", "A rule can’t use the filter by import."),
    "a field that is gone": ("c99999.contains=x", "A field that the conditions use no longer exists."),
    "a field that is gone as an alternative": ("any.c99999.contains=x", "A field that the conditions use no longer exists."),
}  # fmt: skip


@pytest.mark.parametrize(("query", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_a_rule_can_not_compare(query, problem, db):
    found = parse_conditions(LEAD, QueryDict(query))
    assert found.problem == problem


def test_the_custom_fields_that_conditions_name(make_field):
    plan, size = make_field("Plan").name, make_field("Size").name
    found = parse_conditions(LEAD, QueryDict(f"{size}.contains=x&vip=yes&any.{plan}.contains=y"))
    assert (found.fields, found.problem) == (tuple(sorted((plan, size))), "")


# The query of a list with all that it may say, and what of it is a condition.
ALLOWED = {
    "search, sort and page are no conditions": ("vip=yes&q=ana&sort=city&page=2", "vip=yes", True),
    "a field that is gone": ("vip=yes&c99999.contains=x", "vip=yes", False),
}


@pytest.mark.parametrize(("query", "kept", "sees_all"), ALLOWED.values(), ids=ALLOWED)
def test_which_filters_of_a_list_become_conditions(query, kept, sees_all, ann):
    data = QueryDict(query)
    assert get_allowed_filters(LEAD, data, ann).urlencode() == kept
    filters = QueryDict(query.replace("&q=ana&sort=city&page=2", ""))
    assert sees_all_conditions(LEAD, filters, ann) is sees_all


def test_conditions_in_words(ann):
    assert describe_conditions(LEAD, "", ann) == ""
    assert describe_conditions(LEAD, "vip=yes&c99999.contains=x", ann) == describe_conditions(
        LEAD, "vip=yes", ann
    )
    assert "VIP" in describe_conditions(LEAD, "vip=yes", ann)
    assert [
        len(get_condition_chips(LEAD, query, ann)) for query in ("", "vip=yes", "vip=yes&country=RO")
    ] == [0, 1, 2]


@pytest.mark.parametrize(
    ("rule", "kept"), [(None, ""), (SimpleNamespace(pk=7), "&view=7")], ids=["a new one", "a saved one"]
)
def test_the_page_with_the_conditions_of_a_rule_stays_on_the_rule(rule, kept, ann):
    context = build_conditions_context(LEAD, QueryDict("vip=yes"), ann, rule, "")
    assert (context["kept"], context["in_view"], len(context["chips"])) == (kept, kept, 1)

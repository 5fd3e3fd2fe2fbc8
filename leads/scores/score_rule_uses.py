"""Which score rules use a status, a source, a field, a department or a user: the pages that delete, retire or deactivate one of
them name the rules."""

from collections import Counter
from typing import Any

from django.db.models import DateField
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Department, User
from crm.fields.custom.values.type_conversion import TypeConversion
from crm.fields.schemas import Schema
from crm.models import CustomField
from crm.records.custom_fields.retype.preview import would_break_filter
from crm.records.kinds.record_uses import Uses
from crm.records.listing.stored_conditions import (
    find_rules_comparing,
    get_compared_field,
)
from leads.assignment.assignment_rule_uses import FILTERS, OF_USERS
from leads.models import Lead, ScoreRule


def find_score_rules_using(record: Any, viewer: User) -> list[Uses]:
    """The rules that use it; rules that are turned off too, because they may be turned on again."""
    rules = [rule for rule in ScoreRule.objects.active().in_order() if _is_using(rule, record, viewer)]
    if not rules:
        return []
    words = ngettext(
        "Used by %(number)s score rule",
        "Used by %(number)s score rules",
        len(rules),
    )
    may_view, may_change = (viewer.has_perm(ScoreRule.get_right(what)) for what in ("view", "change"))
    rows = [
        (rule.label, reverse("scores:rule", args=[rule.pk]) if may_change else "")
        for rule in (rules if may_view else ())
    ]
    return [Uses(words % {"number": len(rules)}, rows)]


def describe_score_rules_by_field(kind: Schema) -> dict[str, str]:
    """How many rules have a condition on each field, or fade from it, in words, for the list of fields."""
    if kind.name != Lead.table:
        return {}
    named = [
        name
        for rule in ScoreRule.objects.active()
        for name in {*map(get_compared_field, rule.parameters), rule.fades_from} - {""}
    ]
    return {
        name: ngettext("%(number)s score rule", "%(number)s score rules", count) % {"number": count}
        for name, count in Counter(named).items()
    }


def _is_using(rule: ScoreRule, record: Any, viewer: User) -> bool:
    if isinstance(record, CustomField):
        named = {rule.fades_from, *map(get_compared_field, rule.parameters)}
        return record.table_of == Lead.table and record.key in named
    if isinstance(record, TypeConversion):
        if record.source.definition.table_of != Lead.table:
            return False
        fades = record.source.name == rule.fades_from and not isinstance(record.target, DateField)
        return fades or would_break_filter(record, rule.conditions, viewer)
    if isinstance(record, User):
        names: tuple[str, ...] = OF_USERS
    elif isinstance(record, Department):
        names = ("department",)
    else:
        names = (FILTERS[type(record)],) if type(record) in FILTERS else ()
    return bool(find_rules_comparing([rule], names, record))

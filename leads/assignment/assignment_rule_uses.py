"""Which assignment rules use a status, a source, a field, a department or a user: the pages that delete, retire or
deactivate one of them name the rules."""

from collections.abc import Iterable
from functools import singledispatch
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import ngettext, ngettext_lazy

from accounts.models import Department, Role, User
from crm.fields.custom.values.type_conversion import TypeConversion
from crm.fields.schemas import Schema
from crm.models import CustomField, Tag
from crm.records.custom_fields.retype.preview import would_break_filter
from crm.records.kinds.record_uses import Uses
from crm.records.listing.stored_conditions import (
    count_rules_by_compared_field,
    find_rules_comparing,
    get_compared_field,
)
from leads.assignment.candidates import RulePeople
from leads.models import AssignmentRule, Lead, LostReason, Pipeline, Source, Status

Rule = AssignmentRule
# The filter of the lead list for each of these.
FILTERS = {Status: "status", Source: "source", Tag: "tags", LostReason: "lost_reason", Pipeline: "pipeline"}
OF_USERS = ("owner", "created_by")


def find_rules_using(record: Any, viewer: User) -> list[Uses]:
    """The rules that use it; rules that are turned off too, because they may be turned on again."""
    return _find_nothing(record, viewer) if Rule.objects.active().exists() else []


def describe_rules_by_field(kind: Schema) -> dict[str, str]:
    """How many rules have a condition on each field, in words, for the list of fields."""
    if kind.name != Lead.table:
        return {}
    return {
        name: ngettext("%(number)s assignment rule", "%(number)s assignment rules", count) % {"number": count}
        for name, count in count_rules_by_compared_field(Rule.objects.active()).items()
    }


@singledispatch
def _find_nothing(record: Any, viewer: User) -> list[Uses]:
    return []


@_find_nothing.register(Status)
@_find_nothing.register(Source)
@_find_nothing.register(Tag)
@_find_nothing.register(LostReason)
@_find_nothing.register(Pipeline)
def _find_rules_with_value(record: Any, viewer: User) -> list[Uses]:
    words = ngettext_lazy(
        "Used in the conditions of %(number)s assignment rule",
        "Used in the conditions of %(number)s assignment rules",
        "number",
    )
    return _build_uses(_find_rules_comparing((FILTERS[type(record)],), record), words, viewer)


@_find_nothing.register
def _find_rules_with_field(record: CustomField, viewer: User) -> list[Uses]:
    words = ngettext_lazy(
        "%(number)s assignment rule uses the field. It assigns no leads until its conditions are changed",
        "%(number)s assignment rules use the field. They assign no leads until their conditions are changed",
        "number",
    )
    if record.table_of != Lead.table:
        return []
    rules = [rule for rule in _get_active_rules() if record.key in map(get_compared_field, rule.parameters)]
    return _build_uses(rules, words, viewer)


@_find_nothing.register
def _find_breaking_rules(record: TypeConversion, viewer: User) -> list[Uses]:
    words = ngettext_lazy(
        "%(number)s assignment rule has a condition that doesn’t exist for the new type. It assigns no leads until the condition "
        "is changed",
        "%(number)s assignment rules have conditions that don’t exist for the new type. They assign no leads until the conditions "
        "are changed",
        "number",
    )
    if record.source.definition.table_of != Lead.table:
        return []
    return _build_uses(
        [rule for rule in _get_active_rules() if would_break_filter(record, rule.conditions, viewer)],
        words,
        viewer,
    )


@_find_nothing.register
def _find_rules_with_department(record: Department, viewer: User) -> list[Uses]:
    named = ngettext_lazy(
        "The department is in the conditions of %(number)s assignment rule, which stays as it is",
        "The department is in the conditions of %(number)s assignment rules, which stay as they are",
        "number",
    )
    given = ngettext_lazy(
        "%(number)s assignment rule assigns leads to this department. Choose another department for it",
        "%(number)s assignment rules assign leads to this department. Choose another department for them",
        "number",
    )
    own = [rule for rule in _get_active_rules() if rule.department_id == record.pk]
    return [
        *_build_uses(own, given, viewer, refuses=True),
        *_build_uses(_find_rules_comparing(("department",), record), named, viewer),
    ]


@_find_nothing.register
def _find_rules_with_role(record: Role, viewer: User) -> list[Uses]:
    words = ngettext_lazy(
        "%(number)s assignment rule assigns leads to members with this role. Without the role, they no longer get leads by it",
        "%(number)s assignment rules assign leads to members with this role. Without the role, they no longer get leads by them",
        "number",
    )
    return _build_uses([rule for rule in _get_active_rules() if record.pk in rule.roles], words, viewer)


@_find_nothing.register
def _find_rules_with_user(record: User, viewer: User) -> list[Uses]:
    given = ngettext_lazy(
        "%(number)s assignment rule assigns leads only to this user. It’s skipped until another user is chosen",
        "%(number)s assignment rules assign leads only to this user. They’re skipped until another user is chosen",
        "number",
    )
    last = ngettext_lazy(
        "%(number)s assignment rule assigns leads to members of a department, of whom only this user is left. It’s skipped until "
        "another active member takes part",
        "%(number)s assignment rules assign leads to members of a department, of whom only this user is left. They’re skipped "
        "until another active member takes part",
        "number",
    )
    among = ngettext_lazy(
        "%(number)s assignment rule names this user among others. It assigns leads to the others",
        "%(number)s assignment rules name this user among others. They assign leads to the others",
        "number",
    )
    named = ngettext_lazy(
        "The user is in the conditions of %(number)s assignment rule, which stays as it is",
        "The user is in the conditions of %(number)s assignment rules, which stay as they are",
        "number",
    )
    rules = _get_active_rules()
    people = RulePeople(rules, usual=True)
    left_alone = [
        rule for rule in rules if rule.user_id is None and people.get_candidates(rule) == [record.pk]
    ]
    return [
        *_build_uses([rule for rule in rules if rule.user_id == record.pk], given, viewer),
        *_build_uses(left_alone, last, viewer),
        *_build_uses(
            [rule for rule in rules if record.pk in rule.people and rule not in left_alone], among, viewer
        ),
        *_build_uses(_find_rules_comparing(OF_USERS, record), named, viewer),
    ]


def _get_active_rules() -> list[Rule]:
    return list(Rule.objects.active().in_order())


def _find_rules_comparing(names: Iterable[str], record: Model) -> list[Rule]:
    return find_rules_comparing(_get_active_rules(), names, record)


def _build_uses(
    rules: list[Rule], words: Promise | Any, viewer: User, *, refuses: bool = False
) -> list[Uses]:
    """How many they are; their names only for users who may view rules."""
    if not rules:
        return []
    rows = (
        [(rule.label, _get_rule_url(rule, viewer)) for rule in rules]
        if viewer.has_perm(Rule.get_right("view"))
        else []
    )
    return [Uses(str(words % {"number": len(rules)}), rows, refuses)]


def _get_rule_url(rule: Rule, viewer: User) -> str:
    return reverse("assignment:rule", args=[rule.pk]) if viewer.has_perm(Rule.get_right("change")) else ""

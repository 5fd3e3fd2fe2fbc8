"""The conditions of a rule: filters of the lead list, read for everyone alike and compared with each lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX, build_query_dict
from crm.records.listing.filters import FilterSet
from crm.records.listing.personal_filters import get_personal_filters
from crm.records.listing.record_list import OTHER_PARAMETERS, RecordList
from crm.records.listing.saved_view_replacement import replace_value_everywhere
from crm.records.listing.url_parameters import KEY, filter_parameters
from leads.models import AssignmentRule, Lead

# Filters that mean something else for each user.
NOT_OF_A_RULE = ("imported",)


@dataclass(frozen=True)
class RuleConditions:
    """What a lead must meet, and the custom fields that this names. With a `problem`, a sentence, no lead meets them.
    `kept` says that they are the same for each lead that comes in (leads/assignment/conditions_cache.py)."""

    met: Q
    fields: tuple[str, ...] = ()
    problem: str = ""
    kept: bool = False


def get_leads_kind() -> Kind:
    return KINDS["lead"]


def get_rule_conditions(rule: AssignmentRule) -> RuleConditions:
    return parse_conditions(rule.parameters)


def parse_conditions(data: QueryDict) -> RuleConditions:
    """The conditions in the query of a list. Those of a field that is gone aren't simply left out: no lead meets them."""
    if problem := _get_unusable_filter_reason(data):
        return RuleConditions(Q(pk__in=[]), problem=problem)
    filters = _build_filters(data)
    if problem := _describe_personal_filters(filters):
        return RuleConditions(Q(pk__in=[]), problem=problem)
    try:
        met = _build_comparing_condition(filters)
    except forms.ValidationError as error:
        return RuleConditions(Q(pk__in=[]), problem=" ".join(error.messages))
    if faults := [*filters.faults.values(), *filters.problems]:
        return RuleConditions(Q(pk__in=[]), problem=" ".join(faults))
    keys = {match[1] for name in data if (match := KEY.match(name))}
    return RuleConditions(met, tuple(sorted(keys)))


def get_allowed_filters(data: QueryDict, user: User) -> QueryDict:
    """Only the filters of a list's URL that the user may use: without search, sort and page."""
    listing = RecordList(get_leads_kind(), data, user)
    names = [name for name in listing.data if name not in OTHER_PARAMETERS]
    return build_query_dict({name: listing.data.getlist(name) for name in names})


def sees_all_conditions(rule: AssignmentRule, user: User) -> bool:
    """Whether the user may see every field that the conditions name."""
    return set(filter_parameters(get_leads_kind(), user, among=rule.parameters)).issuperset(rule.parameters)


def get_condition_chips(query: str, user: User) -> list[Any]:
    """The conditions as chips, as far as the user may see their fields."""
    return RecordList(get_leads_kind(), QueryDict(query), user).filters.build_chips() if query else []


def describe_conditions(query: str, user: User) -> str:
    if not query:
        return _("every lead")
    return _build_filters(get_allowed_filters(QueryDict(query), user), user).describe()


def _build_filters(data: QueryDict, user: User | None = None) -> FilterSet:
    nothing: Any = Lead.objects.none()
    return get_leads_kind().filters(data, nothing, user=user, kind=get_leads_kind())


def _get_unusable_filter_reason(data: Iterable[str]) -> str:
    known = filter_parameters(get_leads_kind(), among=data)
    for name in data:
        if name.removeprefix(ALTERNATIVE_PREFIX) in NOT_OF_A_RULE:
            return _("A rule can’t use the filter by import.")
        if name not in known:
            return _("A field that the conditions use no longer exists.")
    return ""


def _describe_personal_filters(filters: FilterSet) -> str:
    if get_personal_filters(filters):
        return _("“Me” and “my department” depend on who is viewing. Choose names for a rule.")
    return ""


def _build_comparing_condition(filters: FilterSet) -> Q:
    """The filters compared with each lead. A list would look some of them up among all leads instead."""
    found = Q()
    for _name, item, value in filters.active:
        found &= item.build_comparison_condition(value)
    # An alternative that says nothing doesn't count: Q() is left out of an OR too.
    return found & reduce(or_, map(_build_comparing_condition, filters.alternatives), Q())


def replace_value_in_rules(parameter: str, old: int | str, new: int | str) -> None:
    """Replace a value in the conditions of all rules, such as a status that was merged into another one."""
    for rule in AssignmentRule.objects.active():
        after = replace_value_everywhere(rule.conditions, parameter, old, new)
        if after != rule.conditions:
            AssignmentRule.objects.filter(pk=rule.pk).update(conditions=after)

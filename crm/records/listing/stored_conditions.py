"""Conditions that are kept as the query of a list, such as those of a rule: read for everyone alike and compared with each record."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import BooleanField, Case, Q, Value, When
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.fields.conditions.field_filters import NEGATION_SUFFIX, get_filter_parameters
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.platform.models.retirable import Rule
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX, build_query_dict, swap_all_and_any
from crm.records.listing.filter_urls import build_view_parameter
from crm.records.listing.filters import FilterSet
from crm.records.listing.personal_filters import get_personal_filters
from crm.records.listing.record_list import OTHER_PARAMETERS, RecordList
from crm.records.listing.url_parameters import KEY, filter_parameters

# Filters that mean something else for each user.
PERSONAL = ("imported",)


@dataclass(frozen=True)
class RecordConditions:
    """What a record must meet, and the custom fields that this names. With a `problem`, a sentence, no record meets them.
    `kept` says that they are the same for each record that comes in (leads/assignment/conditions_cache.py)."""

    met: Q
    fields: tuple[str, ...] = ()
    problem: str = ""
    kept: bool = False


def parse_conditions(kind: Kind, data: QueryDict) -> RecordConditions:
    """The conditions in the query of a list. Those of a field that is gone aren't simply left out: no record meets them."""
    if problem := _get_unusable_filter_reason(kind, data):
        return RecordConditions(Q(pk__in=[]), problem=problem)
    filters = _build_filters(kind, data)
    if get_personal_filters(filters):
        problem = _("“Me” and “my department” depend on who is viewing. Choose names for a rule.")
        return RecordConditions(Q(pk__in=[]), problem=problem)
    try:
        met = _build_comparing_condition(filters)
    except forms.ValidationError as error:
        return RecordConditions(Q(pk__in=[]), problem=" ".join(error.messages))
    if faults := [*filters.faults.values(), *filters.problems]:
        return RecordConditions(Q(pk__in=[]), problem=" ".join(faults))
    keys = {match[1] for name in data if (match := KEY.match(name))}
    return RecordConditions(met, tuple(sorted(keys)))


def annotate_met(rows: Any, conditions: RecordConditions) -> Any:
    """The rows, a queryset of the record type, with `meets`: whether each meets the conditions."""
    return annotate_custom_values(rows, conditions.fields).annotate(meets=build_met_expression(conditions))


def build_met_expression(conditions: RecordConditions) -> Case | Value:
    """Whether a record meets the conditions; a comparison with nothing is no. Without conditions, it does."""
    if not conditions.met:
        return Value(True, output_field=BooleanField())
    return Case(When(conditions.met, then=Value(True)), default=Value(False), output_field=BooleanField())


def find_unmet_conditions(kind: Kind, data: QueryDict, rows: Any, ids: Iterable[int]) -> dict[int, list[str]]:
    """Which of the conditions each of these few records doesn't meet, by its id, each as the query of a list; alternatives count as
    one. `rows` is a queryset of the record type. In one query."""
    filters = _build_filters(kind, data)
    parts = [
        (
            _build_own_query(data, name, item),
            _build_met_condition(partial(item.build_comparison_condition, value)),
        )
        for name, item, value in filters.active
    ]
    if filters.alternatives:
        either = _build_met_condition(
            lambda: reduce(or_, map(_build_comparing_condition, filters.alternatives), Q())
        )
        together = {name: data.getlist(name) for name in data if name.startswith(ALTERNATIVE_PREFIX)}
        parts.append((build_query_dict(together).urlencode(), either))
    met = [build_met_expression(RecordConditions(condition)) for _query, condition in parts]
    names = [f"meets_{number}" for number in range(len(parts))]
    found = annotate_custom_values(rows, parse_conditions(kind, data).fields).filter(pk__any=list(ids))
    answers = found.annotate(**dict(zip(names, met, strict=True))).order_by().values_list("pk", *names)
    return {
        pk: [query for (query, _condition), meets in zip(parts, each, strict=True) if not meets]
        for pk, *each in answers
    }


def _build_met_condition(build: Callable[[], Q]) -> Q:
    """No record meets what can't be read, such as a day that is none."""
    try:
        return build()
    except forms.ValidationError:
        return Q(pk__in=[])


def _build_own_query(data: QueryDict, name: str, item: Any) -> str:
    own = {name, *getattr(item, "parameters", [])}
    return build_query_dict({each: data.getlist(each) for each in data if each in own}).urlencode()


def get_compared_field(parameter: str) -> str:
    """The field that a parameter compares: "any.city.is" compares "city", "created_from" compares "created"."""
    name = parameter.removeprefix(ALTERNATIVE_PREFIX).partition(OPERATOR_SEPARATOR)[0]
    return next(own for own in (name.rpartition("_")[0], name) if name in get_filter_parameters(own))


def count_rules_by_compared_field(rules: Iterable[Rule]) -> dict[str, int]:
    """How many of the rules have a condition on each field."""
    return dict(Counter(name for rule in rules for name in set(map(get_compared_field, rule.parameters))))


def find_rules_comparing(rules: Iterable[Rule], names: Iterable[str], record: Any) -> list[Any]:
    """The rules whose conditions compare one of these fields with the record."""
    wanted = [f"{start}{name}" for start in ("", ALTERNATIVE_PREFIX) for name in names]
    return [
        rule
        for rule in rules
        if any(str(record.pk) in rule.parameters.getlist(parameter) for parameter in wanted)
    ]


def get_allowed_filters(kind: Kind, data: QueryDict, user: Any) -> QueryDict:
    """Only the filters of a list's URL that the user may use: without search, sort and page."""
    listing = RecordList(kind, data, user)
    names = [name for name in listing.data if name not in OTHER_PARAMETERS]
    return build_query_dict({name: listing.data.getlist(name) for name in names})


def sees_all_conditions(kind: Kind, data: QueryDict, user: Any) -> bool:
    """Whether the user may see every field that the conditions name."""
    return set(filter_parameters(kind, user, among=data)).issuperset(data)


def get_condition_chips(kind: Kind, query: str, user: Any) -> list[Any]:
    """The conditions as chips, as far as the user may see their fields."""
    return RecordList(kind, QueryDict(query), user).filters.build_chips() if query else []


def describe_conditions(kind: Kind, query: str, user: Any) -> str:
    """The conditions in words, as far as the user may see their fields; '' without any."""
    if not query:
        return ""
    return _build_filters(kind, get_allowed_filters(kind, QueryDict(query), user), user).describe()


def build_conditions_context(
    kind: Kind, data: QueryDict, user: Any, row: Any, shown_on: str
) -> dict[str, Any]:
    """What a page needs on which conditions are composed with the filters of a list: `data` are those that the user may use, for
    `row`, a rule, or None for a new one. `shown_on` is the name of the page in the addresses of its filters."""
    listing = RecordList(kind, data, user)
    chips, pk = listing.filters.build_chips(), row and row.pk
    return {
        "kind": kind,
        "listing": listing,
        "chips": chips,
        "problem": parse_conditions(kind, data).problem,
        "turned": swap_all_and_any(QueryDict(listing.query), [chip.own for chip in chips]),
        "in_view": build_view_parameter(pk, shown_on),
        "shown_on": shown_on,
        # "Clear all" stays on the page of this row.
        "kept": build_view_parameter(pk),
    }


def _build_filters(kind: Kind, data: QueryDict, user: Any = None) -> FilterSet:
    nothing: Any = kind.model._default_manager.none()
    return kind.filters(data, nothing, user=user, kind=kind)


def _get_unusable_filter_reason(kind: Kind, data: Iterable[str]) -> str:
    known = filter_parameters(kind, among=data)
    for name in data:
        own = name.removeprefix(ALTERNATIVE_PREFIX)
        if getattr(kind.filters.base_filters.get(own.removesuffix(NEGATION_SUFFIX)), "only_in_links", False):
            return _("A rule can’t use the filter of a number’s list.")
        if own in PERSONAL:
            return _("A rule can’t use the filter by import.")
        if name not in known:
            return _("A field that the conditions use no longer exists.")
    return ""


def _build_comparing_condition(filters: FilterSet) -> Q:
    """The filters compared with each record. A list would look some of them up among all records instead."""
    found = Q()
    for _name, item, value in filters.active:
        found &= item.build_comparison_condition(value)
    # An alternative that says nothing doesn't count: Q() is left out of an OR too.
    return found & reduce(or_, map(_build_comparing_condition, filters.alternatives), Q())

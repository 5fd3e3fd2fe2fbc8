"""The facts that a proposal compares: each is a rule of points that someone could add by hand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Func
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.fields.custom.values.field_registry import get_custom_fields
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.models import CustomField
from crm.records.listing.stored_conditions import (
    build_met_expression,
    describe_conditions,
    sees_all_conditions,
)
from leads import fields
from leads.assignment.rule_conditions import get_leads_kind, parse_conditions
from leads.models import Lead, ScoreRule
from leads.scores.counted_activities import build_had_activity
from leads.scores.proposal.activity_filter import HAD_ACTIVITY
from leads.scores.score_conditions import get_uncounted_reason

Counts, Type = ScoreRule.Counts, CustomField.Type
# Of one field, only the most frequent values, and only those that enough leads have.
MOST_VALUES = 50
LEAST_LEADS = 30
YES_NO_VALUES = ("yes", "no")


@dataclass(frozen=True)
class Fact:
    """`conditions` is the query of a lead list, '' for a fact about activities: at least one before the lead was closed."""

    counts: str
    conditions: str = ""

    @property
    def query(self) -> str:
        """That of the list with the leads that have it."""
        return urlencode({HAD_ACTIVITY: self.counts}) if self.is_about_activities else self.conditions

    @property
    def is_about_activities(self) -> bool:
        return self.counts != Counts.FACT

    def get_label(self, viewer: User) -> str:
        """Such as "Source Partner"."""
        if self.is_about_activities:
            return _("At least one of: %(activities)s") % {"activities": Counts(self.counts).label}
        return capfirst(describe_conditions(get_leads_kind(), self.conditions, viewer))

    def is_seen_by(self, viewer: User) -> bool:
        """Whether they may view the fields that it names."""
        return sees_all_conditions(get_leads_kind(), QueryDict(self.conditions), viewer)

    def build_met_expression(self) -> Any:
        """Whether a lead has it, on rows with the custom values that `annotate_values` adds."""
        if self.is_about_activities:
            return build_had_activity(Counts(self.counts))
        return build_met_expression(parse_conditions(QueryDict(self.conditions)))


def build_candidates(rows: Any, viewer: User) -> list[Fact]:
    """What the viewer could make a rule of: the frequent values of the fields in leads/fields.py and of custom fields with choices,
    whether a field is filled, and the types of activities. `rows` are the leads that are learned from."""
    known = [*_iterate_values(rows), *_iterate_filled(), *_iterate_custom_choices(viewer)]
    usable = [
        conditions
        for conditions in known
        if not parse_conditions(QueryDict(conditions)).problem
        and not get_uncounted_reason(QueryDict(conditions), viewer)
    ]
    activities = [code for code in Counts.values if code != Counts.FACT]
    return [*(Fact(Counts.FACT, one) for one in usable), *map(Fact, activities)]


def annotate_values(rows: Any, facts: Iterable[Fact]) -> Any:
    """The rows with the custom values that the facts compare."""
    names = {name for fact in facts for name in parse_conditions(QueryDict(fact.conditions)).fields}
    return annotate_custom_values(rows, sorted(names))


def _iterate_values(rows: Any) -> Iterator[str]:
    for name in fields.TELLING_VALUES:
        field: Any = Lead._meta.get_field(name)
        value = Func(F(name), function="unnest") if name == "tags" else F(field.attname)
        found = rows.values(one=value).annotate(number=Count("pk")).filter(number__gte=LEAST_LEADS)
        for one, _number in found.order_by("-number").values_list("one", "number")[:MOST_VALUES]:
            yield from _build_value_condition(name, one)


def _build_value_condition(name: str, value: Any) -> Iterator[str]:
    query = QueryDict(mutable=True)
    if value is True:
        query[name] = "yes"
    elif value and name in fields.CONDITIONS:
        query[f"{name}{OPERATOR_SEPARATOR}is"] = value
    elif value:
        query[name] = value
    if query:
        yield query.urlencode()


def _iterate_filled() -> Iterator[str]:
    yield from ("no_email=yes", "no_phone=yes")
    for name in fields.TELLING_IF_FILLED:
        yield f"{name}{OPERATOR_SEPARATOR}filled=yes"


def _iterate_custom_choices(viewer: User) -> Iterator[str]:
    for field in get_custom_fields(Lead.table, viewer):
        match field.definition.type:
            case Type.CHOICE | Type.CHOICES:
                values: Iterable[str] = [choice["key"] for choice in field.definition.choices][:MOST_VALUES]
            case Type.YES_NO:
                values = YES_NO_VALUES
            case _:
                values = ()
        for value in values:
            yield f"{field.name}={value}"

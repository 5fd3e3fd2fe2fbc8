"""Our defaults for django-filter: the filters of one list for one user, with chips that read as a sentence."""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, ClassVar
from urllib.parse import quote

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.fields.conditions.field_filters import ME, NEGATION_SUFFIX, NONE, TEAM, AnyOf
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.fields.conditions.periods import (
    BETWEEN,
    Period,
    apply_typed_days,
    find_day_errors,
    get_day_parameters,
)
from crm.fields.custom.indexes.indexed_fields import MANY, build_index_condition, get_matching_ids
from crm.fields.sort_segments import Slice
from crm.fields.types.field_type import get_field_type
from crm.platform.web.rendering.day_input import replace_day_words
from crm.records.kinds.search_description import Findable
from crm.records.listing.conditions import Condition, parse_condition
from crm.records.listing.filter_alternatives import (
    ALTERNATIVE_PREFIX,
    MAX_ALTERNATIVES,
    build_alternative,
    build_query_dict,
    build_query_without_part,
    has_alternatives,
    split_alternatives,
)
from crm.records.listing.large_choice_filter import get_offered_choices
from crm.records.paging.creation_bounds import get_creation_condition, get_upper_bounds, has_lower_bound


@dataclass(frozen=True)
class FilterChip:
    """One active filter in words: its part of the URL, and the URL without it. `either` is an alternative, `joined` one
    that follows another, `opens` the first of several that follow other filters."""

    name: str
    label: str
    words: str
    own: QueryDict
    without: str
    either: bool = False
    joined: bool = False
    opens: bool = False

    @property
    def field(self) -> str:
        """The field that it is about."""
        return self.name.partition(OPERATOR_SEPARATOR)[0]

    @property
    def address(self) -> str:
        """Its part of the URL, as one value of another URL."""
        return quote(self.own.urlencode(), safe="")

    def __str__(self) -> str:
        return f"{self.label} {self.words}".strip()


class FilterSet(django_filters.FilterSet):
    """A FilterSet for one user. Only the filters named in the URL are built, so the others cost nothing.

    A field that is only named in `Meta.fields` is filtered according to its type.
    """

    # Filters for one value that have an index by age, after the department.
    by_age: ClassVar[tuple[str, ...]] = ("owner",)

    # The column and value of all its records, if they are those of a board's column.
    column: tuple[str, object] | None = None

    def __init__(
        self, data, queryset, *, user, kind: Findable | None = None, asked: Collection[str] | None = None
    ) -> None:
        """`asked` are the filters that a form asks for; a list only has those in its URL, and its conditions. Records of a
        `kind` are also filtered by its custom fields and by conditions."""
        self.user, self.kind, self.asked = user, kind, asked
        # Invalid input that the form's own errors don't cover, in words.
        self.problems: list[str] = []
        # Filters of which a record must meet one, each in a separate set.
        self.alternatives: list[FilterSet] = []
        # Conditions that indexes of custom fields serve, by field, and the other ones: known once `conditions` are made.
        self.by_index: dict[str, Q] = {}
        self.rest: list[Q] = []
        # Whether they certainly leave few records.
        self.few = False
        # Days without a period mean "between".
        for name in self._get_periods() if data else ():
            data = apply_typed_days(data, name)
        # django-filter copies all that it finds here.
        own: Any = self
        wanted = data if asked is None else asked
        own.base_filters = {name: item for name, item in own.base_filters.items() if name in wanted}
        for field in kind.get_custom_fields(user) if kind else []:
            if field.name in wanted and (item := field.type.build_filter(field)):
                own.base_filters[field.name] = item
        super().__init__(data, queryset)
        if asked is not None:
            for field in self.form.fields.values():
                field.widget.attrs["class"] = (
                    "tick" if isinstance(field.widget, forms.CheckboxInput) else "input"
                )
            return
        self._add_conditions(queryset)

    def _add_conditions(self, queryset) -> None:
        if (kind := self.kind) is None:
            return
        for name in self.data:
            if found := parse_condition(kind, name, self.user):
                found.parent, found.model = self, queryset.model
                self.filters[name] = found
        if has_alternatives(self.data):
            parts = split_alternatives(kind, self.data, self.user)
            if len(parts) > MAX_ALTERNATIVES:
                self.problems.append(_("Use at most %(number)s alternatives.") % {"number": MAX_ALTERNATIVES})
            self.alternatives = [
                type(self)(part, queryset, user=self.user, kind=kind) for part in parts[:MAX_ALTERNATIVES]
            ]

    def filter_queryset(self, queryset):
        return queryset.filter(*self.conditions)

    @cached_property
    def conditions(self) -> list[Q]:
        """What the active filters ask for; one that can't be read is a problem and left out."""
        found: list[Q] = []
        # What an index serves, compared for each record instead.
        one_by_one: list[Q] = []
        for name, item, value in self.active:
            field = name.partition(OPERATOR_SEPARATOR)[0]
            try:
                condition = item.build_condition(value)
                served = build_index_condition(self.queryset.model.table, field, item, value)
            except forms.ValidationError as error:
                self.problems += error.messages
                continue
            if served is None:
                found.append(condition)
            else:
                one_by_one.append(condition)
                self.by_index[field] = self.by_index.get(field, Q()) & served
        either = [Q(*one.conditions) for one in self.alternatives if one.conditions]
        self.problems += [problem for one in self.alternatives for problem in one.problems]
        self.rest = [*found, reduce(or_, either)] if either else found
        if not self.by_index:
            return self.rest
        ids = get_matching_ids(self.queryset.model, self.by_index)
        self.few = ids is not None
        return [*self.rest, *(one_by_one if ids is None else [Q(pk__any=ids)])]

    def find_matches_by_index(self) -> QuerySet | None:
        """The matches of conditions that indexes serve, if they aren't few but not very many either: by their ids."""
        if self.few or not self.by_index:
            return None
        ids = get_matching_ids(self.queryset.model, self.by_index, MANY)
        return None if ids is None else self.queryset.filter(*self.rest, pk__any=ids)

    @property
    def finds_few_records(self) -> bool:
        """Whether one of the filters finds at most a few records, by an index."""
        return self.few or any(item.finds_few_records for _name, item, _value in self.active)

    @property
    def faults(self) -> dict[str, str]:
        """Invalid input that the forms found, by parameter."""
        found = {name: " ".join(map(str, texts)) for name, texts in self.form.errors.items()}
        for one in self.alternatives:
            found |= {f"{ALTERNATIVE_PREFIX}{name}": text for name, text in one.faults.items()}
        return found

    @property
    def active(self) -> list[tuple[str, Any, Any]]:
        """The filters that narrow the set: name, filter, cleaned value."""
        values = self.form.cleaned_data if self.form.is_valid() else getattr(self.form, "cleaned_data", {})
        return [(name, self.filters[name], values[name]) for name in self.filters if values.get(name)]

    def get_chosen_values(self, name: str) -> list[str]:
        """The values that an AnyOf filter narrows the set to; none if it isn't set, or is set to all other values."""
        found = [value for other, item, value in self.active if other == name and not item.negated]
        return list(found[0]) if found else []

    def narrow_slices(self, slices: list[Slice], *, by_age: bool = False) -> list[Slice]:
        """The same slices, narrowed to the departments in the filters. With `by_age`, also to one owner, status and
        so on: each of those has an index by age, after the department. A slice led by the owner can only be narrowed
        by owner."""
        departments = [
            pk
            for value in self.get_chosen_values("department")
            for pk in (self.user.department_ids if value == TEAM else [int(value)])
        ]
        one = self.find_single_value(self.by_age) if by_age else None
        found = []
        for part in slices:
            if part.but and self._asks_only_for(*part.but):
                continue
            if part.column and departments:
                part = replace(part, values=tuple(value for value in part.values if value in departments))
            if one and part.column and (one[0] == "owner" or not part.beside):
                part = part.with_index(Q(**{one[0]: one[1]}))
            found.append(part)
        return found

    def _asks_only_for(self, name: str, value: object) -> bool:
        """Whether all its records have this value."""
        return {str(self.user.pk) if one == ME else one for one in self.get_chosen_values(name)} == {
            str(value)
        }

    def find_single_value(self, names: Sequence[str]) -> tuple[str, object] | None:
        """The column and value of the filter for one owner, status and so on, of these names, if there is one."""
        for name in names:
            chosen = self.get_chosen_values(name)
            if len(chosen) == 1 and chosen[0] not in (NONE, TEAM):
                value = chosen[0]
                return name, self.user.pk if value == ME else int(value) if value.isdecimal() else value
        return self.column if self.column and self.column[0] in names else None

    def narrow_to(self, column: str, value: object) -> "FilterSet":
        """The same filters among the records with this value, such as those in one column of a board."""
        condition = Q(**{column: value})
        conditions = [*self.conditions, condition]
        found = copy(self)
        own: Any = found
        own.conditions, found.rest, found.column = conditions, [*self.rest, condition], (column, value)
        own.__dict__.pop("_qs", None)
        return found

    def build_age_condition(self) -> Q:
        """What the filters say about when the records were added, so that a walk by age begins there."""
        late = self.queryset.model.never_before_added
        return reduce(and_, (get_creation_condition(condition, late) for condition in self.conditions), Q())

    def get_latest_moment(self) -> datetime | None:
        """If the filters ask for something that happened before a time, and seldom before a record was added: that time."""
        seldom = self.queryset.model.seldom_before_added
        return min(
            (end for condition in self.conditions for end in get_upper_bounds(condition, seldom)),
            default=None,
        )

    def has_lower_bound(self, column: str) -> bool:
        """Whether all records have a time from one on in this column."""
        return any(has_lower_bound(condition, column) for condition in self.conditions)

    @classmethod
    def filter_for_field(cls, field, field_name, lookup_expr=None):
        return get_field_type(field).build_filter(field)

    @classmethod
    def get_filters(cls):
        """In the order of Meta.fields."""
        found = super().get_filters()
        return {name: found[name] for name in cls._meta.fields or found}

    def build_chips(self) -> list[FilterChip]:
        found = [
            chip for name, item, value in self.active for chip in self._build_item_chips(name, item, value)
        ]
        either = [chip for one in self.alternatives for chip in one.build_chips()]
        for number, chip in enumerate(either):
            own = build_alternative(chip.own)
            without = build_query_without_part(
                build_query_without_part(self.data, self._page), own
            ).urlencode()
            opens = not number and bool(found) and len(either) > 1
            found.append(replace(chip, own=own, without=without, either=True, joined=number > 0, opens=opens))
        return found

    def _build_item_chips(self, name: str, item: Any, value: Any) -> list[FilterChip]:
        """One chip; a condition has one for each of its values."""
        label, data = str(item.label), build_query_without_part(self.data, self._page)
        if isinstance(item, Condition):
            owns = [
                (item.describe_value(one), build_query_dict({name: [text]})) for text, one in value.items()
            ]
        else:
            owns = [
                (
                    item.describe_value(value),
                    build_query_dict({each: data.getlist(each) for each in item.parameters}),
                )
            ]
        return [
            FilterChip(name, label, words, own, build_query_without_part(data, own).urlencode())
            for words, own in owns
        ]

    @property
    def _page(self) -> QueryDict:
        return build_query_dict({name: self.data.getlist(name) for name in ("after", "before", "last")})

    def describe(self) -> str:
        """The filters as one line: "status New or Contacted, added last 7 days". Alternatives that aren't alone are in
        parentheses."""
        chips = self.build_chips()
        every = [str(chip) for chip in chips if not chip.either]
        either = [str(chip) for chip in chips if chip.either]
        together = _(" or ").join(either)
        if every and len(either) > 1:
            together = f"({together})"
        return ", ".join([*every, together] if either else every)

    @classmethod
    def find_day_errors(cls, data: QueryDict) -> dict[str, str]:
        """What its form sent: the sentence for each wrong day of a period, by parameter."""
        found: dict[str, str] = {}
        for name, item in cls._get_periods().items():
            found |= find_day_errors(data, name, looks_back=item.looks_back)
        return found

    @classmethod
    def read_sent_periods(cls, data: QueryDict, before: QueryDict) -> QueryDict:
        """What its form sent: days that were typed without choosing "between" mean it, unless the period was between days before."""
        for name in cls._get_periods():
            data = apply_typed_days(data, name, once_between=before.get(name) == BETWEEN)
        return data

    @classmethod
    def replace_day_words(cls, data: QueryDict) -> QueryDict:
        """What its form sent, with the days that words such as "tomorrow" mean now: a saved view stays what it was."""
        for name, item in cls._get_periods().items():
            data = replace_day_words(data, get_day_parameters(name), looks_back=item.looks_back)
        return data

    @classmethod
    def _get_periods(cls) -> dict[str, Period]:
        return {name: item for name, item in cls.base_filters.items() if isinstance(item, Period)}

    def build_questions(self, text: str = "") -> list[dict]:
        """Each filter as the filter form shows it: its bound field and its extra options. Of many values, those with this
        text."""
        found = []
        for name, item in self.filters.items():
            if not item.is_offered_to(self.user, self.queryset.model):
                continue
            question: dict[str, Any] = {
                "name": name,
                "field": self.form[name],
                "chosen": self.data.getlist(name),
                "own": item.parameters,
            }
            if isinstance(item, AnyOf):
                question |= {"kind": "any", "not": self.data.get(f"{name}{NEGATION_SUFFIX}") == "on"}
                choices = [(str(value), label) for value, label in self.form.fields[name].choices]
                question |= get_offered_choices(choices, question["chosen"], text)
            elif isinstance(item, Period):
                errors = find_day_errors(self.data, name, looks_back=item.looks_back)
                ends = [
                    (end, self.data.get(end, ""), errors.get(end, "")) for end in get_day_parameters(name)
                ]
                question |= {"kind": "period", "first": ends[0], "last": ends[1]}
                question["looks_back"] = item.looks_back
            else:
                question["kind"] = "plain"
            found.append(question)
        return found

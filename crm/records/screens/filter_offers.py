"""What the filter panel offers: the fields in groups, and the values that a text finds."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.fields.conditions.field_filters import NONE, AnyOf, Flag, YesNoFilter
from crm.platform.text.text_folding import fold_text
from crm.records.custom_fields.sections import get_field_names_by_section, get_section_titles
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_alternatives import build_query_dict
from crm.records.listing.filter_urls import FilterPlace
from crm.records.listing.filters import FilterSet
from crm.records.listing.record_list import RecordList

# So many values are offered for a text, and a list with more values than this has the used ones first.
MOST_VALUES, IN_ORDER = 8, 12
# So many records are asked for the values that are used.
NEWEST = 100
Choices = Iterable[tuple[str, Any]]
# The name and the label of each.
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class FieldGroup:
    title: str
    fields: Fields


@dataclass(frozen=True)
class OfferedValue:
    """A value of a filter, with the query of the list that it leads to. `label` is empty if the filter says it all."""

    field: str
    label: str
    query: str


def get_field_groups(kind: Kind, user: Any, fields: Fields, text: str = "") -> list[FieldGroup]:
    """Those of these fields whose labels have words that begin with these, in the sections of the form. Those that no form
    asks for come last."""
    sections = get_field_names_by_section(kind, [field.definition for field in kind.get_custom_fields(user)])
    section_by_name = {name: section for section, names in sections.items() for name in names}
    titles = {**get_section_titles(kind), "": _("More")}
    found: dict[str, Fields] = {section: [] for section in titles}
    words = _split_into_words(text)
    for name, label in fields:
        if _begin_words_of(words, _split_into_words(label)):
            found[section_by_name.get(name, "")].append((name, label))
    return [FieldGroup(titles[section], grouped) for section, grouped in found.items() if grouped]


def is_field_named(groups: list[FieldGroup], values: list[OfferedValue], text: str) -> bool:
    """Whether the text is the whole label of a field that asks for a value: then it is the first offer."""
    named = {fold_text(label) for group in groups for _name, label in group.fields}
    return fold_text(text) in named - {fold_text(value.field) for value in values}


def find_offered_values(
    listing: RecordList, fields: Fields, text: str, data: QueryDict
) -> list[OfferedValue]:
    """The values of these fields whose words begin with those of the text, those of the field's label counting too:
    "country rom" is Romania. `data` is the URL of the panel, with the saved view that the list was opened from."""
    words = _split_into_words(text)
    if not words:
        return []
    kind, named = listing.kind, [name for name, _label in fields]
    filters: FilterSet = kind.filters(
        listing.data, kind.model.objects.none(), user=listing.viewer, kind=kind, asked=named
    )
    found: list[tuple[bool, str, Any, str, str]] = []
    for name, item in filters.filters.items():
        of_field = _split_into_words(str(item.label))
        for value, label in _get_values(filters, name, item):
            own = _split_into_words(label)
            # A choice needs a word of its own: its field alone would offer all of them.
            if isinstance(item, AnyOf) and not any(_has_word_with_prefix(word, own) for word in words):
                continue
            if _begin_words_of(words, [*own, *of_field]):
                later = not fold_text(label or str(item.label)).startswith(words[0])
                found.append((later, name, item, value, label))
    first = sorted(found, key=lambda one: one[0])[:MOST_VALUES]
    return [_build_offer(listing, data, *one) for _later, *one in first]


def _get_values(filters: FilterSet, name: str, item: Any) -> Choices:
    """The values that take no form: of a choice, yes and no, and a checkbox, whose label says it all."""
    if isinstance(item, Flag):
        return [("on", "")]
    if isinstance(item, (AnyOf, YesNoFilter)):
        return [(str(value), str(label)) for value, label in filters.form.fields[name].choices if value]
    return []


def _build_offer(
    listing: RecordList, data: QueryDict, name: str, item: Any, value: str, label: str
) -> OfferedValue:
    """A choice is added to those that are chosen already; any other value takes their place."""
    place = FilterPlace(listing, name, data)
    chosen = place.now.getlist(name) if isinstance(item, AnyOf) else []
    part = build_query_dict({name: list(dict.fromkeys([*chosen, value]))})
    return OfferedValue(str(item.label), label, place.build_query_with_filter(part))


def _split_into_words(text: str) -> list[str]:
    """Without capitals and marks; an apostrophe separates words, as a hyphen does."""
    return re.findall(r"\w+", fold_text(text))


def _begin_words_of(typed: list[str], words: list[str]) -> bool:
    """Whether each of the typed words begins one of the others."""
    return all(_has_word_with_prefix(word, words) for word in typed)


def _has_word_with_prefix(word: str, words: list[str]) -> bool:
    return any(one.startswith(word) for one in words)


def sort_used_first(
    listing: RecordList, field: str, choices: list[tuple[str, Any]], chosen: list[str]
) -> Choices:
    """A long list of values with the chosen ones first, and then those of the newest records that the user sees, the most
    frequent first. A short list stays in its order."""
    if len(choices) <= IN_ORDER:
        return choices
    used = _count_newest_values(listing, field)
    return sorted(choices, key=lambda choice: (choice[0] not in chosen, -used[choice[0]]))


def _count_newest_values(listing: RecordList, field: str) -> Counter[str]:
    """How many of the newest records that the user sees have each value of this field."""
    kind = listing.kind
    try:
        column = kind.model._meta.get_field(field).attname  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return Counter()
    newest = RecordList(kind, QueryDict("all=1"), listing.viewer).get_page(NEWEST).ids
    found: Counter[str] = Counter()
    for value in kind.model.objects.filter(pk__in=newest).values_list(column, flat=True):
        values = value if isinstance(value, list) else [value]
        found.update(NONE if one in (None, "") else str(one) for one in values)
    return found

"""Filters that differ by reader: "me" and "my department" are other users for each of them."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from crm.fields.conditions.field_filters import ME, TEAM, AnyOf
from crm.platform.text.quotation import quote_text
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filters import FilterSet
from crm.records.listing.record_list import RecordList

OF_READER = {ME, TEAM}


def get_personal_filters(filters: FilterSet) -> list[str]:
    """The labels of the filters by "me" or "my department", also among alternatives, each once."""
    found = [
        str(capfirst(item.label))
        for name, item in filters.filters.items()
        if isinstance(item, AnyOf) and not OF_READER.isdisjoint(filters.data.getlist(name))
    ]
    return list(dict.fromkeys([*found, *_get_alternative_labels(filters.alternatives)]))


def _get_alternative_labels(alternatives: Iterable[FilterSet]) -> list[str]:
    return [label for one in alternatives for label in get_personal_filters(one)]


def is_personal(kind: Kind, query: str, viewer: Any) -> bool:
    """Whether the query of a list differs by reader. Only one with such a value is read as filters."""
    data = QueryDict(query)
    named = {value for _name, values in data.lists() for value in values}
    return not OF_READER.isdisjoint(named) and bool(
        get_personal_filters(RecordList(kind, data, viewer).filters)
    )


def get_personal_reason(listing: RecordList) -> str:
    """In a sentence, why each user who opens the list sees other records; '' if they see the same as far as they may."""
    labels = get_personal_filters(listing.filters)
    if not labels:
        return ""
    fields = get_text_list([quote_text(label) for label in labels], _("and"))
    words = _(
        "The records differ by user, because “me” and “my department” in %(fields)s are those of the user who opens it."
    )
    return words % {"fields": fields}

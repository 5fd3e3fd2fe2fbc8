"""The filters that the URL of a list may name."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from crm.fields.conditions.field_filters import get_filter_parameters
from crm.fields.custom.values.field_registry import has_filter
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.conditions import get_conditions_by_parameter, get_conditions_of_fields
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX

# The key of a custom field in the name of a URL parameter.
KEY = re.compile(rf"(?:{re.escape(ALTERNATIVE_PREFIX)})?(c\d+)(?=$|[._])")


@cache
def get_list_parameters(kind: Kind) -> list[str]:
    known = [parameter for name in kind.fields.FILTER for parameter in get_filter_parameters(name)]
    alone = [*known, *get_conditions_by_parameter(kind)]
    return [*alone, *(f"{ALTERNATIVE_PREFIX}{name}" for name in alone)]


def filter_parameters(kind: Kind, user: Any = None, *, among: Iterable[str] | None = None) -> list[str]:
    """The URL parameters of all filters that a user may use, or only those of the custom fields that are named `among`
    these: 200 fields have 4,000."""
    fields = kind.get_custom_fields(user)
    if among is not None:
        keys = {match[1] for name in among if (match := KEY.match(name))}
        fields = [field for field in fields if field.name in keys]
    custom = [name for field in fields if has_filter(field) for name in get_filter_parameters(field.name)]
    alone = [*custom, *get_conditions_of_fields(fields)]
    return [*get_list_parameters(kind), *alone, *(f"{ALTERNATIVE_PREFIX}{name}" for name in alone)]

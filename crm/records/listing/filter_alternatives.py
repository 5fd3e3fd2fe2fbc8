"""Alternatives in the URL of a list: records must meet one of those that begin with `any.`, and all other filters.

`status=3&any.country=RO&any.company.contains=steel` are the records in this status that are in Romania or whose company
contains "steel". The grammar is described in docs/filters.md.
"""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from crm.fields.conditions.field_filters import get_filter_parameters
from crm.fields.conditions.periods import get_day_parameters
from crm.fields.custom.values.field_registry import has_filter
from crm.records.kinds.search_description import Findable
from crm.records.listing.conditions import get_conditions_by_parameter, get_custom_conditions

ALTERNATIVE_PREFIX = "any."
# Each alternative may look words up in the search, which takes two queries.
MAX_ALTERNATIVES = 10


def split_alternatives(kind: Findable, data: QueryDict, user: Any) -> list[QueryDict]:
    """Each alternative as a separate query, without the prefix. A condition with several values is several."""
    found = []
    chosen = [field.name for field in kind.get_custom_fields(user) if has_filter(field)]
    for name in [*kind.fields.FILTER, *chosen]:
        if any(f"{ALTERNATIVE_PREFIX}{each}" in data for each in (name, *get_day_parameters(name))):
            found.append(
                build_query_dict(
                    {
                        each: data.getlist(f"{ALTERNATIVE_PREFIX}{each}")
                        for each in get_filter_parameters(name)
                    }
                )
            )
    for name in [*get_conditions_by_parameter(kind), *get_custom_conditions(kind, user)]:
        found += [
            build_query_dict({name: [value]})
            for value in dict.fromkeys(data.getlist(f"{ALTERNATIVE_PREFIX}{name}"))
        ]
    return found


def build_query_dict(parameters: dict[str, list[str]]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in parameters.items():
        if values:
            found.setlist(name, values)
    return found


def build_alternative(part: QueryDict) -> QueryDict:
    return build_query_dict({f"{ALTERNATIVE_PREFIX}{name}": values for name, values in part.lists()})


def build_query_without_prefix(part: QueryDict) -> QueryDict:
    """The same filter without the prefix."""
    return build_query_dict({name.removeprefix(ALTERNATIVE_PREFIX): values for name, values in part.lists()})


def has_alternatives(data: Iterable[str]) -> bool:
    return any(name.startswith(ALTERNATIVE_PREFIX) for name in data)


def build_query_without_part(data: QueryDict, part: QueryDict) -> QueryDict:
    """Without the values of a part."""
    return build_query_dict(
        {
            name: [value for value in values if value not in part.getlist(name)]
            for name, values in data.lists()
        }
    )


def build_query_with_part(data: QueryDict, part: QueryDict) -> QueryDict:
    """With the values of a part. A filter that isn't a condition is replaced, because it can be there only once."""
    found = data.copy()
    for name, values in part.lists():
        kept = found.getlist(name) if "." in name.removeprefix(ALTERNATIVE_PREFIX) else []
        found.setlist(name, list(dict.fromkeys([*kept, *values])))
    return found


def swap_all_and_any(data: QueryDict, parts: list[QueryDict]) -> str:
    """The same filters with "any" in place of "all" or the reverse; '' if that can't be said.

    `parts` are the filters of the list, each as its part of the URL.
    """
    together = [part for part in parts if has_alternatives(part)]
    if len(parts) < 2 or (together and len(together) < len(parts)):
        return ""
    turn = build_query_without_prefix if together else build_alternative
    found = data
    for part in parts:
        found = build_query_with_part(build_query_without_part(found, part), turn(part))
    return found.urlencode()

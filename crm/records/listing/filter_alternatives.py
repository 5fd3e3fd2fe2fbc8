"""Alternatives in the URL of a list: records must meet one of those that begin with `any.`, and all other filters.

`status=3&any.country=RO&any.company.contains=steel` are the records in this status that are in Romania or whose company
contains "steel". The grammar is described in docs/filters.md.
"""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from crm.fields.conditions.field_filters import parameters_of
from crm.fields.custom.values.definition_cache import has_filter
from crm.records.kinds.findable import Findable
from crm.records.listing.conditions import conditions_of, custom_conditions

ANY = "any."
# Each alternative may look words up in the search, which takes two queries.
MOST = 10


def alternatives_in(kind: Findable, data: QueryDict, user: Any) -> list[QueryDict]:
    """Each alternative as a separate query, without the prefix. A condition with several values is several."""
    found = []
    chosen = [field.name for field in kind.custom(user) if has_filter(field)]
    for name in [*kind.fields.FILTER, *chosen]:
        if f"{ANY}{name}" in data:
            found.append(query_of({each: data.getlist(f"{ANY}{each}") for each in parameters_of(name)}))
    for name in [*conditions_of(kind), *custom_conditions(kind, user)]:
        found += [query_of({name: [value]}) for value in dict.fromkeys(data.getlist(f"{ANY}{name}"))]
    return found


def query_of(parameters: dict[str, list[str]]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in parameters.items():
        if values:
            found.setlist(name, values)
    return found


def as_alternative(part: QueryDict) -> QueryDict:
    return query_of({f"{ANY}{name}": values for name, values in part.lists()})


def alone(part: QueryDict) -> QueryDict:
    """The same filter without the prefix."""
    return query_of({name.removeprefix(ANY): values for name, values in part.lists()})


def grouped(data: Iterable[str]) -> bool:
    return any(name.startswith(ANY) for name in data)


def less(data: QueryDict, part: QueryDict) -> QueryDict:
    """Without the values of a part."""
    return query_of(
        {
            name: [value for value in values if value not in part.getlist(name)]
            for name, values in data.lists()
        }
    )


def more(data: QueryDict, part: QueryDict) -> QueryDict:
    """With the values of a part. A filter that isn't a condition is replaced, because it can be there only once."""
    found = data.copy()
    for name, values in part.lists():
        kept = found.getlist(name) if "." in name.removeprefix(ANY) else []
        found.setlist(name, list(dict.fromkeys([*kept, *values])))
    return found


def all_or_any(data: QueryDict, parts: list[QueryDict]) -> str:
    """The same filters with "any" in place of "all" or the reverse; '' if that can't be said.

    `parts` are the filters of the list, each as its part of the URL.
    """
    together = [part for part in parts if grouped(part)]
    if len(parts) < 2 or (together and len(together) < len(parts)):
        return ""
    turn = alone if together else as_alternative
    found = data
    for part in parts:
        found = more(less(found, part), turn(part))
    return found.urlencode()

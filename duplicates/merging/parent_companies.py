"""The parent companies of merged companies: the kept one takes their place, so subsidiaries move to it, and none is above itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from customers.companies import parent_companies
from customers.models import Company
from duplicates.merging.field_values import RecordValues


def write_parents(
    records: Mapping[int, RecordValues], pairs: Mapping[int, int], wanted: Mapping[int, int]
) -> None:
    """`pairs` are the kept companies by the merged ones, `wanted` the record from which a kept one gets its parent. One
    statement, because a part of the changes could be a cycle."""
    parent_companies.lock_parents()
    known = dict(
        Company.objects.filter(pk__any=parent_companies.get_ids_with_all_above(list(records))).values_list(
            "pk", "parent"
        )
    )
    updates: dict[int, int | None] = {}
    for kept in sorted(set(pairs.values())):
        merged = [pk for pk, into in pairs.items() if into == kept]
        choices = [wanted.get(kept, kept), kept, *merged]
        found = _find_first_possible(kept, [records[pk].parts.get("parent") for pk in choices], known, pairs)
        if found != known.get(kept):
            known[kept] = updates[kept] = found
    below = Company.objects.filter(parent__in=list(pairs)).exclude(pk__in=[*pairs, *pairs.values()])
    updates |= {pk: pairs[parent] for pk, parent in below.values_list("pk", "parent") if parent}
    _write_updates(updates)


def _find_first_possible(
    kept: int, choices: Sequence[Any], known: Mapping[int, int | None], pairs: Mapping[int, int]
) -> int | None:
    """The first of these parents that isn't below the kept company, after the merge. None stays None."""
    if choices[0] is None:
        return None
    for choice in choices:
        way: set[int] = set()
        place = pairs.get(choice, choice) if choice is not None else None
        while place is not None and place != kept and place not in way:
            way.add(place)
            above = known.get(place)
            place = pairs.get(above, above) if above is not None else None
        if place is None and choice is not None:
            return pairs.get(choice, choice)
    return None


def _write_updates(updates: Mapping[int, int | None]) -> None:
    if updates:
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE customers_company t SET parent_id = v.parent
                   FROM unnest(%s::bigint[], %s::bigint[]) v(id, parent) WHERE t.id = v.id""",
                [list(updates), list(updates.values())],
            )

"""Rebuild what triggers derive from the recorded changes alone, to prove it right. Each app adds its part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crm.fields.custom.unique.taken_values import find_wrong_values
from crm.fields.search_columns import find_wrong_derived_values
from crm.records.kinds.kind_registry import KINDS


@dataclass(frozen=True)
class Difference:
    """A stored value that doesn't follow from the history."""

    record: str
    what: str
    stored: object
    rebuilt: object


# What an app derives in addition to the columns of a kind.
CHECKS: list[Callable[[], Iterator[Difference]]] = []


def find_history_differences() -> Iterator[Difference]:
    """Everything that doesn't follow from the history; an empty iterator means all is correct."""
    for kind in KINDS.values():
        for pk, what, stored, rebuilt in find_wrong_derived_values(
            kind.model, kind.fields.SEARCH, kind.derived
        ):
            yield Difference(f"{kind.words.one} {pk}", what, stored, rebuilt)
    for field, record, stored, rebuilt in find_wrong_values():
        yield Difference(f"record {record}", f"unique value of c{field}", stored, rebuilt)
    for check in CHECKS:
        yield from check()

"""Rebuilding what triggers derive, from the recorded changes alone: the proof that it is right. Each app adds its part."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crm.fields.keys import wrong_derived
from crm.records.kinds import KINDS


@dataclass(frozen=True)
class Difference:
    """Something that is stored and does not follow from the history."""

    record: str
    what: str
    stored: object
    rebuilt: object


# What an app derives beside the columns of a kind.
CHECKS: list[Callable[[], Iterator[Difference]]] = []


def differences() -> Iterator[Difference]:
    """Everything that does not follow from the history; an empty iterator means all is right."""
    for kind in KINDS.values():
        for pk, what, stored, rebuilt in wrong_derived(kind.model, kind.fields.SEARCH, kind.derived):
            yield Difference(f"{kind.words.one} {pk}", what, stored, rebuilt)
    for check in CHECKS:
        yield from check()

"""A record that a program adds and that its user already knows: what happens then is up to the rules of a higher app
(duplicates/existing_record_policies.py)."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crm.api.problems import ApiProblem
from crm.fields.types.field_type import EMPTY_VALUES
from crm.records.kinds.kind_registry import Kind

# How programs add records; the names are those of the fields in the rules.
OWN, CONNECT, UMBRA = "own_api", "connect_api", "umbra_api"


@dataclass(frozen=True)
class ExistingRecord:
    """A record that the user of the token sees. If it isn't updated, the call is rejected. `kept` are the fields that an
    update leaves as they are, `reason` says what is the same."""

    pk: int
    updated: bool
    kept: Collection[str]
    reason: str

    def get_changes(self, values: Mapping[str, Any], record: Any) -> dict[str, Any]:
        """What an update changes: nothing is emptied, and tags are added to those of the record."""
        found = {
            name: value
            for name, value in values.items()
            if name not in self.kept and value not in EMPTY_VALUES and value is not False
        }
        if "tags" in found:
            found["tags"] = sorted({*record.tags, *found["tags"]})
        return found


class Lookup(Protocol):
    """Looks for what new records would repeat. `keys` says for each what it can be found by: one that has no key in common with
    another is never found by it."""

    @property
    def keys(self) -> Sequence[Collection[Hashable]]: ...

    def lock(self, places: Sequence[int]) -> None:
        """Let no other call look for the same as these records before this one has added them."""

    def find(self, places: Sequence[int]) -> Sequence[ExistingRecord | None]:
        """What the records at these places would repeat now. Call it when they are locked. It ends before a record that has to be asked for
        again, because it could mean one that an earlier one of these updates."""


# Each is called with the way, the kind, the values of new records as in a form, the user, and whether the token may change
# records. None means that nothing is looked for.
LOOKERS: list[Callable[[str, Kind, Sequence[Mapping[str, Any]], Any, bool], Lookup | None]] = []


@dataclass(frozen=True)
class RecordsToUpdate:
    """The records to update instead of adding new ones. `allows` says whether the token has a right."""

    kind: Kind
    lookups: Sequence[Lookup]
    allows: Callable[[str], bool]

    def get_keys(self, place: int) -> set[Hashable]:
        return {key for lookup in self.lookups for key in lookup.keys[place]}

    def lock(self, places: Sequence[int]) -> None:
        for lookup in self.lookups:
            lookup.lock(places)

    def find(self, places: Sequence[int]) -> list[ExistingRecord | None]:
        """What each of these would repeat, as far as that is known before they are written; `judge` says what becomes of it."""
        if not self.lookups:
            return [None] * len(places)
        found = zip(*(lookup.find(places) for lookup in self.lookups), strict=False)
        return [next(filter(None, choices), None) for choices in found]

    def judge(self, found: ExistingRecord | None) -> ExistingRecord | None:
        """Raises Problem 409 with the record if it is rejected as a duplicate; its ID is only for tokens that may read."""
        if found is None or found.updated:
            return found
        sentence = f"This {self.kind.words.one} already exists ({found.reason.lower()}). Nothing was added."
        raise ApiProblem(409, "duplicate", sentence, record=found.pk if self.allows("get") else None)


def look_for_existing_records(
    way: str, kind: Kind, rows: Sequence[Mapping[str, Any]], user: Any, allows: Callable[[str], bool]
) -> RecordsToUpdate:
    """Looks for what each of these new records would repeat."""
    lookups = [look(way, kind, rows, user, allows("put")) for look in LOOKERS]
    return RecordsToUpdate(kind, [lookup for lookup in lookups if lookup is not None], allows)


def find_record_to_update(
    way: str, kind: Kind, values: Mapping[str, Any], user: Any, allows: Callable[[str], bool]
) -> ExistingRecord | None:
    """The record to update instead of adding this one. Raises Problem 409 if it is rejected as a duplicate."""
    found = look_for_existing_records(way, kind, [values], user, allows)
    found.lock([0])
    return found.judge(found.find([0])[0])

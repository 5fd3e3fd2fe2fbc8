"""A record that a program adds and that its user already knows: what happens then is up to the rules of a higher app
(duplicates/existing_record_policies.py)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

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


# Each is called with the way, the kind, the values as in a form, the user, and whether the token may change records.
LOOKERS: list[Callable[[str, Kind, Mapping[str, Any], Any, bool], ExistingRecord | None]] = []


def find_record_to_update(
    way: str, kind: Kind, values: Mapping[str, Any], user: Any, allows: Callable[[str], bool]
) -> ExistingRecord | None:
    """The record to update instead of adding one. `allows` says whether the token has a right. Raises Problem 409 with the
    record if it is rejected as a duplicate; its ID is only for tokens that may read."""
    looked = (look(way, kind, values, user, allows("put")) for look in LOOKERS)
    found = next(filter(None, looked), None)
    if found is None or found.updated:
        return found
    sentence = f"This {kind.words.one} already exists ({found.reason.lower()}). Nothing was added."
    raise ApiProblem(409, "duplicate", sentence, record=found.pk if allows("get") else None)

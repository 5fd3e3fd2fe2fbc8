"""The emails and phones of a merge: one that isn't chosen goes into the other, empty field of the kept record instead of being
dropped, and the page names those for which there is no room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duplicates.merging.field_values import RecordValues

# Each takes what the other one doesn't keep.
PARTNERS = {"email": "second_email", "second_email": "email", "phone": "mobile", "mobile": "phone"}
KINDS_OF_ADDRESSES = (("email", "second_email"), ("phone", "mobile"))


@dataclass(frozen=True)
class SpareAddress:
    """An address that goes into another field: that of a `record`, from its field `of`."""

    record: int
    of: str
    text: str


def get_spare_addresses(
    records: Sequence[RecordValues], sources: Mapping[str, int], without: Iterable[str] = ()
) -> tuple[dict[str, SpareAddress], list[str]]:
    """The addresses for empty fields of the kept record, by field, and the texts of those that will be unknown. `sources` are the
    records from which it gets its fields; fields in `without` stay empty. A converted lead keeps its own values."""
    by_pk = {one.pk: one for one in records}
    found: dict[str, SpareAddress] = {}
    unknown: list[str] = []
    for names in KINDS_OF_ADDRESSES:
        fields = [name for name in names if name in sources]
        held = {name: _get_text(by_pk[sources[name]], name) for name in fields}
        kept = {_get_address_key(by_pk[sources[name]], name) for name in fields}
        empty = [name for name in fields if not held[name] and name not in without]
        for spare in _find_other_addresses(records, fields, kept):
            place = empty.pop(0) if empty and not any(one.is_converted for one in records) else ""
            if place:
                found[place] = spare
            else:
                unknown.append(spare.text)
    return found, unknown


def _find_other_addresses(
    records: Sequence[RecordValues], fields: Sequence[str], kept: set[str]
) -> list[SpareAddress]:
    """Each address that isn't kept once, that of the record that was changed last first."""
    found: dict[str, SpareAddress] = {}
    for one in sorted(records, key=lambda one: (one.updated_at, one.pk), reverse=True):
        for name in fields:
            if (text := _get_text(one, name)) and (key := _get_address_key(one, name)) not in kept:
                found.setdefault(key, SpareAddress(one.pk, name, text))
    return list(found.values())


def _get_text(record: RecordValues, name: str) -> str:
    value: Any = record.parts.get(name)
    return str((value[0] if isinstance(value, tuple) else value) or "")


def _get_address_key(record: RecordValues, name: str) -> str:
    """By what an address is the same: a phone by its international form, which is beside it."""
    value: Any = record.parts.get(name)
    normal = value[1] if isinstance(value, tuple) else ""
    return str(normal or _get_text(record, name)).casefold()

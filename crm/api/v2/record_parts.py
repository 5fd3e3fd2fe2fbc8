"""What belongs to a record and is read and written along with it in API v2, such as the contacts of a deal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from crm.api.json_rows import JsonList
from crm.fields.custom.values.json_values import name_sql_parameters
from crm.records.kinds.kind_registry import Kind


@dataclass(frozen=True)
class RecordPart:
    """`sql` is the JSON list for a user with %s for its parameters, and `filled` the condition for a record that has any entries, in
    which the record goes by the name of its table; `shown` and `sent` describe it; `check` reads what a program
    sends and raises Problem 422; `write` gets the record and what `check` has returned. A part without these three can only
    be read. `recorded_in` is the model whose rows it is made of, if its changes are recorded, and the column with the ID of the
    record."""

    sql: Callable[[Any], tuple[str, Sequence[Any]]]
    filled: str
    shown: Callable[[], serializers.Field]
    sent: Callable[[], serializers.Field] | None = None
    check: Callable[[Any, Any], Any] | None = None
    write: Callable[[Any, Any, Any], None] | None = None
    recorded_in: tuple[Any, str] | None = None


# What is read and written along with records of each type, by the names of the type and of the part. Apps add theirs.
_parts: dict[str, dict[str, RecordPart]] = {}


def register_record_part(kind_name: str, name: str, part: RecordPart) -> None:
    _parts.setdefault(kind_name, {})[name] = part


def get_record_parts(kind: Kind) -> dict[str, RecordPart]:
    return _parts.get(kind.name, {})


def build_part_lists(kind: Kind, user: Any) -> tuple[dict[str, JsonList], dict[str, Any]]:
    """The SQL of each part, and the parameters that it refers to."""
    lists: dict[str, JsonList] = {}
    parameters: dict[str, Any] = {}
    for name, part in get_record_parts(kind).items():
        sql, more = name_sql_parameters(*part.sql(user), name)
        lists[name] = JsonList(sql, part.filled)
        parameters |= more
    return lists, parameters


def split_fields_and_parts(
    kind: Kind, sent: dict[str, Any], user: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a program sends without the parts, and the parts as they are written."""
    checks = {name: part.check for name, part in get_record_parts(kind).items() if part.check}
    own = {name: value for name, value in sent.items() if name not in checks}
    return own, {name: checks[name](sent[name], user) for name in sent if name in checks}


def write_record_parts(kind: Kind, record: Any, parts: dict[str, Any], user: Any) -> None:
    for name, value in parts.items():
        if write := get_record_parts(kind)[name].write:
            write(record, value, user)

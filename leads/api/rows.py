"""Leads as JSON, written by the database: for a page of them, and for all of them without holding them in memory.

A dialect says for each of its names the SQL of its value (connect_rows.py, umbra_rows.py); the lead is `l`, its status
`s`, its source `o`. So a list of fifty costs Python next to nothing and a list of a million is only passed on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from crm.transactions import limit

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Shape:
    """`columns` are names with the SQL of their values, `values` the parameters that the SQL names as %(name)s."""

    columns: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)

    def only(self, names: list[str]) -> "Shape":
        return Shape({name: sql for name, sql in self.columns.items() if name in names}, self.values)

    def expression(self) -> RawSQL:
        columns = ", ".join(f'{sql} AS "{name}"' for name, sql in self.columns.items())
        sql, parameters = _positional(
            f"(SELECT row_to_json(r)::text FROM (SELECT {columns} FROM leads_status s, leads_source o "
            "WHERE s.id = l.status_id AND o.id = l.source_id) r)",
            self.values,
        )
        return RawSQL(sql.replace("l.", '"leads_lead".'), parameters)


def _positional(sql: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """The ORM passes parameters by their place."""
    pieces = sql.split("%(")
    found, parameters = [pieces[0]], []
    for piece in pieces[1:]:
        name, _end, rest = piece.partition(")s")
        found.append("%s" + rest)
        parameters.append(values[name])
    return "".join(found), parameters


def texts(rows: QuerySet, shape: Shape) -> list[str]:
    """The JSON of each of these few leads, in their order."""
    return list(rows.annotate(json=shape.expression()).values_list("json", flat=True))


def array(found: list[str]) -> str:
    return "[" + ",".join(found) + "]"


def stream_by_id(rows: QuerySet, shape: Shape) -> Iterator[bytes]:
    """All leads of the set by their ids, as one JSON array in constant memory.

    Each part is a transaction of its own: a program that reads slowly holds none. A lead that comes while it reads
    stands at the end, one that goes may be missing.
    """
    last, separator = 0, b"["
    while True:
        with transaction.atomic():
            limit(read_only=True)
            part = list(
                rows.filter(pk__gt=last)
                .order_by("pk")
                .annotate(json=shape.expression())
                .values_list("pk", "json")[:ROWS_AT_ONCE]
            )
        if not part:
            break
        yield separator + ",".join(text for _pk, text in part).encode()
        last, separator = part[-1][0], b","
    yield b"[]" if last == 0 else b"]"


def stream_of_ids(ids: list[int], rows: QuerySet, shape: Shape) -> Iterator[bytes]:
    """These leads in this order, as one JSON array; `rows` are those that may be shown."""
    separator = b"["
    for start in range(0, len(ids), ROWS_AT_ONCE):
        wanted = ids[start : start + ROWS_AT_ONCE]
        with transaction.atomic():
            limit(read_only=True)
            shown = rows.filter(pk__any=wanted).order_by().annotate(json=shape.expression())
            found = dict(shown.values_list("pk", "json"))
        part = ",".join(found[pk] for pk in wanted if pk in found)
        if part:
            yield separator + part.encode()
            separator = b","
    yield b"[]" if separator == b"[" else b"]"

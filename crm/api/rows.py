"""Records as JSON, written by the database: for a page of them, and for all of them without holding them in memory.

A dialect says for each of its names the SQL of its value. In it a record goes by the name of its table, as in the query
of the ORM of which that SQL becomes a part, and what `joins` brings along by names of its own. So a list of fifty costs Python next to nothing and a list of a million is only passed on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from crm.web.transactions import limit

ROWS_AT_ONCE = 500
NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Shape:
    """`columns` are names with the SQL of their values, `values` the parameters that the SQL names as %(name)s, `joins`
    a FROM clause for what belongs to each record."""

    columns: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    joins: str = ""

    def only(self, names: list[str]) -> "Shape":
        return Shape(
            {name: sql for name, sql in self.columns.items() if name in names}, self.values, self.joins
        )

    def expression(self) -> RawSQL:
        columns = ", ".join(f'{sql} AS "{name}"' for name, sql in self.columns.items())
        sql = f"(SELECT row_to_json(r)::text FROM (SELECT {columns} {self.joins}) r)"
        # The ORM passes parameters by their place: each %(name)s becomes %s, in the order in which they stand.
        names = NAMED.findall(sql)
        return RawSQL(NAMED.sub("%s", sql), [self.values[name] for name in names])  # noqa: S611


def texts(rows: QuerySet, shape: Shape) -> list[str]:
    """The JSON of each of these few records, in their order."""
    return list(rows.annotate(json=shape.expression()).values_list("json", flat=True))


def array(found: list[str]) -> str:
    return "[" + ",".join(found) + "]"


def stream_by_id(rows: QuerySet, shape: Shape) -> Iterator[bytes]:
    """All records of the set by their ids, as one JSON array in constant memory.

    Each part is a transaction of its own: a program that reads slowly holds none. A record that comes while it reads
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
    """These records in this order, as one JSON array; `rows` are those that may be shown."""
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

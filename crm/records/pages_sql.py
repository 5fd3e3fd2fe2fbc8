"""The queries behind a page (crm/records/pages.py): walking along an index, and collecting and sorting matches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from psycopg.types.json import Jsonb

from crm.records.segments import Found, Segment, Slice
from crm.records.sql import After, Outer, Reading, expected, within

# A walk along an index gives up after this many rows that don't match (about 5 ms).
WALK = 4_000
# If more than FEW rows match, the walk continues this far (25 ms): collecting all may take much longer.
LONG_WALK = 24_000
# A set up to this size is collected and sorted instead of walked value by value.
FEW = 4_000
# So is a user's whole scope up to this size, where a walk would also pass rows that the user can't see.
SMALL = 50_000
# The largest possible LIMIT: it limits nothing, but forces outer conditions to run after the subquery.
ALL = 2**63 - 1


def _beyond(segment: Segment, beyond: Sequence[Any]) -> list:
    return [After(segment.columns, beyond, descending=segment.descending)] if beyond else []


def _sql_of(rows: QuerySet, segment: Segment, size: int | None) -> tuple[str, list]:
    ordered = rows.order_by(*segment.order) if size else rows
    sql, parameters = ordered.values_list(*segment.columns, "pk")[:size].query.sql_with_params()
    return sql, list(parameters)


def _array_of(model, column: str) -> str:
    return f"%s::{model._meta.get_field(column).db_type(connection).partition(' ')[0]}[]"


def _run(sql: str, parameters: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@dataclass(frozen=True)
class Unfinished:
    """One value of a slice whose walk ended before it filled a page, and the last place that it read."""

    part: Slice
    first: Any
    second: Any

    @property
    def place(self) -> tuple[Any, Any]:
        return self.first, self.second

    def hides_rows_before(self, row: Found) -> bool:
        """Whether rows that the walk hasn't read may come before this one."""
        mine = (row.first, row.second)
        return self.place > mine if row.segment.descending else self.place < mine


def _nothing_where_impossible(read):
    """Conditions that no row can meet, such as an empty list of departments, return no rows instead of a query."""

    @wraps(read)
    def reading(*arguments, **keywords):
        try:
            return read(*arguments, **keywords)
        except EmptyResultSet:
            return ([], []) if read.__name__ == "walk" else []

    return reading


@_nothing_where_impossible
def walk(
    rows: QuerySet,
    begun: list[tuple[Slice, Sequence[Any]]],
    scattered: list[Slice],
    segment: Segment,
    size: int,
    beyond: Sequence[str] = (),
    *,
    most: int = 0,
) -> tuple[list[Found], list[Unfinished]]:
    """Up to `size` rows for each value of the leading columns, read from their indexes, and what was left unread.

    Each slice comes with its starting place, and at most WALK, or `most`, of its rows are read. The scattered slices are
    collected in the same query, from their own starting place.
    """
    walks = [(part, _first_rows(rows, part, segment, size, place, most or WALK)) for part, place in begun]
    queries: list[str] = []
    parameters: list[Any] = []
    for number, (part, first) in enumerate(walks):
        matching = within(first, rows.filter(part.condition, segment.outside_index))
        sql, values = _sql_of(matching, segment, size)
        queries.append(
            f"(SELECT {number}, walk.place, page.* FROM {_values_of(rows.model, part)} "
            f"CROSS JOIN LATERAL ({sql}) AS page(first, second, id))"
        )
        parameters += [list(part.values), *values] if part.column else list(values)
    if scattered:
        sql, values = _collecting(rows, scattered, segment, size, beyond, scattered=True)
        queries.append(f"(SELECT {len(walks)}, 1, found.* FROM ({sql}) AS found)")
        parameters += values
    found: list[Found] = []
    full: dict[tuple[int, int], int] = {}
    for number, place, *row in _run(" UNION ALL ".join(queries), parameters):
        found.append(Found(segment, *row))
        full[number, place] = full.get((number, place), 0) + 1
    short = []
    for number, (part, first) in enumerate(walks):
        prefixes = part.values or ("",)
        left = tuple(value for place, value in enumerate(prefixes, 1) if full.get((number, place), 0) < size)
        if left:
            short.append((replace(part, values=left if part.column else ()), first))
    return found, _where_they_ended(rows, short, segment) if short else []


def _values_of(model, part: Slice) -> str:
    """The values of the leading column as a table walk(value, place); one row if there is no leading column."""
    if not part.column:
        return "(VALUES ('', 1)) AS walk(value, place)"
    return f"unnest({_array_of(model, part.column)}) WITH ORDINALITY AS walk(value, place)"


def _first_rows(
    rows: QuerySet, part: Slice, segment: Segment, size: int, beyond: Sequence[Any], most: int
) -> Reading:
    """The rows that a walk may read for one value, whether they match or not."""
    limit = max(2 * size, most // max(1, len(part.values)))
    leading = Q(**{part.column: Outer("walk.value")}) if part.column else Q()
    first = rows.model._default_manager.filter(
        leading, part.beside, part.index, segment.in_index, *_beyond(segment, beyond)
    )
    return Reading([first.filter(side) for side in segment.sides], segment.order, limit)


def _where_they_ended(
    rows: QuerySet, walks: list[tuple[Slice, Reading]], segment: Segment
) -> list[Unfinished]:
    """The last row read for each value; values whose rows were read to the end are dropped."""
    queries: list[str] = []
    parameters: list[Any] = []
    for number, (part, first) in enumerate(walks):
        sql, values = first.sql(*segment.columns, skip=first.most - 1)
        queries.append(
            f"(SELECT {number}, walk.place, ended.* FROM {_values_of(rows.model, part)} CROSS JOIN LATERAL ({sql}) AS ended)"
        )
        parameters += [list(part.values), *values] if part.column else list(values)
    unfinished = []
    for number, place, *end in _run(" UNION ALL ".join(queries), parameters):
        part = walks[number][0]
        unfinished.append(
            Unfinished(replace(part, values=(part.values[place - 1],) if part.column else ()), *end)
        )
    return unfinished


@_nothing_where_impossible
def walk_values(rows: QuerySet, slices: list[Slice], segments: list[Segment], size: int) -> list[Found]:
    """The first rows of many segments, one for each value of a column: LATERAL takes the values in order and stops when
    the page is full. Parallel plans are off (crm/web/transactions.py), so the order is reliable."""
    first = segments[0]
    queries: list[str] = []
    parameters: list[Any] = [[segment.value for segment in segments]]
    for part in slices:
        inner = rows.filter(
            part.beside & part.condition,
            Q(**{part.column: Outer("walk.value")}),
            Q(**{first.column: Outer("place.value")}),
        )
        sql, values = _sql_of(inner, first, size)
        queries.append(
            f"(SELECT page.* FROM unnest({_array_of(rows.model, part.column)}) AS walk(value) "
            f"CROSS JOIN LATERAL ({sql}) AS page(first, second, id))"
        )
        parameters += [list(part.values), *values]
    direction = "DESC" if first.descending else "ASC"
    found = _run(
        f"SELECT place.number, found.* FROM unnest({_array_of(rows.model, first.column)}) "
        f"WITH ORDINALITY AS place(value, number) CROSS JOIN LATERAL ("
        f"SELECT * FROM ({' UNION ALL '.join(queries)}) AS each_slice "
        f"ORDER BY first {direction}, second {direction} LIMIT {size}) AS found LIMIT {size}",
        parameters,
    )
    return [Found(segments[number - 1], *row) for number, *row in found]


@_nothing_where_impossible
def collect(
    rows: QuerySet, slices: list[Slice], segment: Segment, size: int, beyond: Sequence[str]
) -> list[Found]:
    """The first `size` matching rows of these slices, found by their conditions and not by their order."""
    if not slices:
        return []
    return [Found(segment, *row) for row in _run(*_collecting(rows, slices, segment, size, beyond))]


def _collecting(
    rows: QuerySet,
    slices: list[Slice],
    segment: Segment,
    size: int,
    beyond: Sequence[str],
    *,
    scattered: bool = False,
) -> tuple[str, list]:
    """The starting place is compared outside, or the planner would take it for a good condition to search by."""
    matching = _in_slices(rows.filter(segment.condition), slices, scattered=scattered)
    sql, parameters = _sql_of(matching, segment, None)
    direction, sign = ("DESC", "<") if segment.descending else ("ASC", ">")
    begin = f"WHERE (first, second) {sign} (%s, %s)" if beyond else ""
    return (
        f"WITH found(first, second, id) AS MATERIALIZED ({sql}) "
        f"SELECT * FROM found {begin} ORDER BY first {direction}, second {direction} LIMIT {size}",
        [*parameters, *beyond],
    )


def expected_in(rows: QuerySet, slices: list[Slice], condition: Q | None = None) -> int:
    """How many rows the planner expects in the slices."""
    try:
        return expected(rows.filter(condition or Q(), _any_of(slices)))
    except EmptyResultSet:
        return 0


def _in_slices(rows: QuerySet, slices: list[Slice], *, scattered: bool) -> QuerySet:
    """The rows that are in the slices. `scattered` says that the slices are small and are read first: the planner
    overestimates the records of an owner in another department, and would rather read all records that have, say, a
    second email."""
    if not scattered:
        return rows.filter(_any_of(slices))
    confined = [replace(part, beside=part.beside & part.index) for part in slices]
    return within(Reading([rows.model._default_manager.filter(_any_of(confined))], (), ALL), rows)


def _any_of(slices: list[Slice]) -> Q:
    """One condition, so that a search runs once; parts of one slice are merged."""
    values: dict[tuple[str, str], tuple[Any, ...]] = {}
    conditions: dict[tuple[str, str], Slice] = {}
    for part in slices:
        key = (part.column, repr((part.beside, part.condition)))
        values[key] = values.get(key, ()) + part.values
        conditions[key] = part
    together = [replace(part, values=values[key]).whole for key, part in conditions.items()]
    condition = together[0]
    for other in together[1:]:
        condition |= other
    return condition


@_nothing_where_impossible
def collect_values(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], size: int, *, scattered: bool = False
) -> list[Found]:
    """The first rows of many segments, one for each value of a column, found like collect() does."""
    if not slices:
        return []
    together, parameters = _all_with_value(rows, slices, segments, scattered=scattered)
    # Looked up in a JSON object: searching an array, or a join, takes longer than all the rest.
    places = Jsonb({str(segment.value): number for number, segment in enumerate(segments)})
    direction = "DESC" if segments[0].descending else "ASC"
    found = _run(
        f"WITH found(value, first, second, id) AS MATERIALIZED ({together}) SELECT * FROM found "
        f"ORDER BY (%s -> value::text)::integer, first {direction}, second {direction} LIMIT {size}",
        [*parameters, places],
    )
    by_value = {segment.value: segment for segment in segments}
    return [Found(by_value[value], *row) for value, *row in found]


@_nothing_where_impossible
def collect_few(rows: QuerySet, slices: list[Slice], segments: list[Segment]) -> list[Found] | None:
    """All matching rows of these segments, or None if there are more than a few."""
    together, parameters = _all_with_value(rows, slices, segments)
    found = _run(f"SELECT * FROM ({together}) AS found LIMIT {FEW + 1}", parameters)
    if len(found) > FEW:
        return None
    by_value = {segment.value: segment for segment in segments}
    return [Found(by_value[value], *row) for value, *row in found]


def _all_with_value(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], *, scattered: bool = False
) -> tuple[str, list]:
    first = segments[0]
    condition = Q(**{f"{first.column}__in": [segment.value for segment in segments]})
    matching = _in_slices(rows.filter(condition), slices, scattered=scattered)
    sql, parameters = matching.values_list(first.column, *first.columns, "pk").query.sql_with_params()
    return sql, list(parameters)

"""The queries behind a page (crm/records/paging/keyset_pages.py): walking along an index, and collecting and sorting matches. Their SQL
is in crm/records/paging/page_statements.py."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from psycopg.types.json import Jsonb

from crm.fields.sort_segments import PageRow, Segment, Slice
from crm.platform.sql.expressions import estimate_statement_rows
from crm.records.paging.compiled_statements import insert_walk_places
from crm.records.paging.page_statements import (
    build_collect_sql,
    build_count_sql,
    build_custom_walk_sql,
    build_ending_values_sql,
    build_value_rows_sql,
    build_walk_end_sql,
    build_walk_sql,
    build_walking_values_sql,
)

# A walk along an index gives up after this many rows that don't match (about 5 ms).
WALK = 4_000
# If more than FEW rows match, the walk continues this far (25 ms): collecting all may take much longer.
LONG_WALK = 24_000
# If the rows of the walk say that it fills the page, it continues up to here (150 ms), and ends when the page is full.
LONGEST_WALK = 150_000
# A set up to this size is collected and sorted instead of walked value by value.
MOST_COLLECTED_ROWS = 4_000
# So is a set up to this size, if the index of a custom field gives its order: such a walk has no limit.
SMALL = 50_000


def fetch_rows(sql: str, parameters: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


@dataclass(frozen=True)
class UnfinishedWalk:
    """One value of a slice whose walk ended before it filled a page, and the last place that it read."""

    part: Slice
    first: Any
    second: Any

    @property
    def place(self) -> tuple[Any, Any]:
        return self.first, self.second

    def hides_rows_before(self, row: PageRow) -> bool:
        """Whether rows that the walk hasn't read may come before this one."""
        mine = (row.first, row.second)
        return self.place > mine if row.segment.descending else self.place < mine


def catch_empty_result_set(read):
    """Conditions that no row can meet, such as an empty list of departments, return no rows instead of a query."""

    @wraps(read)
    def read_or_empty(*arguments, **keywords):
        try:
            return read(*arguments, **keywords)
        except EmptyResultSet:
            return ([], []) if read.__name__ == "walk" else []

    return read_or_empty


@catch_empty_result_set
def walk(
    rows: QuerySet,
    begun: list[tuple[Slice, Sequence[Any]]],
    scattered: list[Slice],
    segment: Segment,
    size: int,
    beyond: Sequence[str] = (),
    *,
    until: Sequence[Any] = (),
    most: int = 0,
    narrowed: bool = True,
) -> tuple[list[PageRow], list[UnfinishedWalk]]:
    """Up to `size` rows for each value of the leading columns, read from their indexes, and what was left unread: of all
    rows, or of those before the place `until`.

    Each slice comes with its starting place, and at most WALK, or `most`, of its rows are read. The scattered slices are
    collected in the same query, from their own starting place. If the rows aren't `narrowed`, a walk along an index that
    answers the whole condition of its slice finds each row that it reads, so it only ends early at its end.
    """
    walks = [
        (part, max(2 * size, (most or WALK) // max(1, len(part.values))), bool(place))
        for part, place in begun
    ]
    sql, parameters = build_walk_sql(
        rows, tuple(walks), tuple(scattered), segment, size, bool(beyond), bool(until)
    )
    places = [place for _part, place in begun]
    found: list[PageRow] = []
    full: dict[tuple[int, int], int] = {}
    for number, place, *row in fetch_rows(sql, insert_walk_places(parameters, [*places, beyond, until])):
        found.append(PageRow(segment, *row))
        full[number, place] = full.get((number, place), 0) + 1
    short: list[tuple[tuple[Slice, int, bool], Sequence[Any]]] = []
    for number, (part, limit, begins) in enumerate(walks):
        if not narrowed and part.is_answered_by_index and segment.indexed:
            continue
        prefixes = part.values or ("",)
        left = tuple(value for place, value in enumerate(prefixes, 1) if full.get((number, place), 0) < size)
        if left:
            rest = replace(part, values=left if part.column else ())
            short.append(((rest, limit, begins), places[number]))
    return found, _get_walk_ends(rows, short, segment) if short else []


def _get_walk_ends(
    rows: QuerySet, short: list[tuple[tuple[Slice, int, bool], Sequence[Any]]], segment: Segment
) -> list[UnfinishedWalk]:
    """The last row read for each value; values whose rows were read to the end are dropped."""
    # The end of a walk is the same for all conditions, so its statement is too.
    every = rows.model._default_manager.all()
    sql, parameters = build_walk_end_sql(every, tuple(walk for walk, _place in short), segment)
    unfinished = []
    for number, place, *end in fetch_rows(
        sql, insert_walk_places(parameters, [place for _walk, place in short])
    ):
        part = short[number][0][0]
        unfinished.append(
            UnfinishedWalk(replace(part, values=(part.values[place - 1],) if part.column else ()), *end)
        )
    return unfinished


@catch_empty_result_set
def walk_values(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], size: int, *, each: bool, most: int
) -> list[PageRow]:
    """The first rows of many segments, one for each value of a column: a page of all, or of `each` value. Of each value in
    each slice, `most` rows are read."""
    first = segments[0]
    sql, parameters = build_walking_values_sql(
        rows, tuple(slices), first.column, first.order, size, each, most
    )
    found = fetch_rows(sql, insert_walk_places(parameters, [[[segment.value for segment in segments]]]))
    return [PageRow(segments[number - 1], *row) for number, *row in found]


@catch_empty_result_set
def get_unread_values(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], most: int
) -> list[tuple[Segment, UnfinishedWalk]]:
    """Where such a walk ended before it had read all of a value in a slice."""
    first, every = segments[0], rows.model._default_manager.all()
    sql, parameters = build_ending_values_sql(every, tuple(slices), first.column, first.order, most)
    found = fetch_rows(sql, insert_walk_places(parameters, [[[segment.value for segment in segments]]]))
    return [
        (
            segments[number - 1],
            UnfinishedWalk(replace(slices[part], values=(slices[part].values[place - 1],)), *end),
        )
        for number, part, place, *end in found
    ]


@catch_empty_result_set
def walk_custom_index(rows: QuerySet, part: Slice, segments: list[Segment], size: int) -> list[PageRow]:
    """The same for values of a custom field, from its index: a page of all, however many rows are read."""
    sql, parameters = build_custom_walk_sql(rows, part, segments[0], size)
    found = fetch_rows(sql, insert_walk_places(parameters, [[[segment.value for segment in segments]]]))
    return [PageRow(segments[number - 1], *row) for number, *row in found]


@catch_empty_result_set
def collect_matches(
    rows: QuerySet, slices: list[Slice], segment: Segment, size: int, beyond: Sequence[str]
) -> list[PageRow]:
    """The first `size` matching rows of these slices, found by their conditions and not by their order."""
    if not slices:
        return []
    sql, parameters = build_collect_sql(rows, tuple(slices), segment, size, bool(beyond))
    return [PageRow(segment, *row) for row in fetch_rows(sql, insert_walk_places(parameters, [beyond]))]


def estimate_rows_in_slices(rows: QuerySet, slices: list[Slice], condition: Q | None = None) -> int:
    """How many rows the planner expects in the slices."""
    try:
        return estimate_statement_rows(*build_count_sql(rows, tuple(slices), condition or Q()))
    except EmptyResultSet:
        return 0


@catch_empty_result_set
def collect_values(
    rows: QuerySet,
    slices: list[Slice],
    segments: list[Segment],
    size: int,
    *,
    each: bool = False,
    scattered: bool = False,
) -> list[PageRow]:
    """The first rows of many segments, one for each value of a column, found like collect_matches() does: a page of all, or of
    `each` value."""
    if not slices:
        return []
    together, parameters = build_values_statement(rows, slices, segments, scattered=scattered)
    direction = "DESC" if segments[0].descending else "ASC"
    order = f"first {direction}, second {direction}"
    sql = f"WITH found(value, first, second, id) AS MATERIALIZED ({together}) "
    if each:
        numbered = f"SELECT *, row_number() OVER (PARTITION BY value ORDER BY {order}) AS place FROM found"
        sql += f"SELECT value, first, second, id FROM ({numbered}) AS placed WHERE place <= {size}"
    else:
        # Looked up in a JSON object: searching an array, or a join, takes longer than all the rest.
        sql += f"SELECT * FROM found ORDER BY (%s -> value::text)::integer, {order} LIMIT {size}"
        parameters = [
            *parameters,
            Jsonb({str(segment.value): number for number, segment in enumerate(segments)}),
        ]
    by_value = {segment.value: segment for segment in segments}
    return [PageRow(by_value[value], *row) for value, *row in fetch_rows(sql, parameters)]


@catch_empty_result_set
def fetch_rows_if_few(rows: QuerySet, slices: list[Slice], segments: list[Segment]) -> list[PageRow] | None:
    """All matching rows of these segments, or None if there are more than a few."""
    together, parameters = build_values_statement(rows, slices, segments)
    found = fetch_rows(f"SELECT * FROM ({together}) AS found LIMIT {MOST_COLLECTED_ROWS + 1}", parameters)
    if len(found) > MOST_COLLECTED_ROWS:
        return None
    by_value = {segment.value: segment for segment in segments}
    return [PageRow(by_value[value], *row) for value, *row in found]


def build_values_statement(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], *, scattered: bool = False
) -> tuple[str, list]:
    first, values = segments[0], tuple(segment.value for segment in segments)
    return build_value_rows_sql(rows, tuple(slices), first.column, values, first.order, scattered)

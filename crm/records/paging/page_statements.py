"""The SQL behind a page (crm/records/paging/page_queries.py): each function returns a statement and its parameters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from crm.fields.custom.indexes.indexed_fields import get_index_type, indexed_values_queryset
from crm.fields.sort_segments import Segment, Slice
from crm.platform.sql.expressions import (
    After,
    LimitedUnion,
    LimitedUnionOfValues,
    Outer,
    compile_queryset,
    restrict_to_first_rows,
)
from crm.records.paging.compiled_statements import Statement, WalkParameter, compile_once

# The largest possible LIMIT: it limits nothing, but forces outer conditions to run after the subquery.
ALL = 2**63 - 1


@compile_once
def build_walk_sql(
    rows: QuerySet,
    walks: tuple[tuple[Slice, int, bool], ...],
    scattered: tuple[Slice, ...],
    segment: Segment,
    size: int,
    beyond: bool,
    until: bool = False,
) -> Statement:
    """Up to `size` rows for each value of the leading columns, read from their indexes, and those of the scattered
    slices. Each walk is a slice, the most rows that it reads, and whether it begins at a place. With `until`, they all end
    before one place, which comes after those where they begin."""
    queries: list[str] = []
    parameters: list[Any] = []
    end = _build_walk_place(len(walks) + 1) if until else ()
    for number, (part, most, begins) in enumerate(walks):
        first = _build_first_rows(rows, part, segment, most, _build_walk_place(number) if begins else (), end)
        matching = restrict_to_first_rows(
            first, _annotate_walked_value(rows.filter(part.condition, segment.other_condition), segment)
        )
        sql, values = _build_segment_sql(matching, segment, size)
        queries.append(
            f"(SELECT {number}, walk.place, page.* FROM {_build_leading_values_sql(rows.model, part)} "
            f"CROSS JOIN LATERAL ({sql}) AS page(first, second, id))"
        )
        parameters += [list(part.values), *values] if part.column else list(values)
    if scattered:
        sql, values = _build_collect_sql_from(
            rows, scattered, segment, size, _build_walk_place(len(walks)) if beyond else (), True
        )
        queries.append(f"(SELECT {len(walks)}, 1, found.* FROM ({sql}) AS found)")
        parameters += values
    return " UNION ALL ".join(queries), parameters


@compile_once
def build_walk_end_sql(
    rows: QuerySet, walks: tuple[tuple[Slice, int, bool], ...], segment: Segment
) -> Statement:
    """The last row that each walk read, unless it read all."""
    queries: list[str] = []
    parameters: list[Any] = []
    for number, (part, most, begins) in enumerate(walks):
        first = _build_first_rows(rows, part, segment, most, _build_walk_place(number) if begins else ())
        sql, values = first.build_sql(*segment.columns, skip=most - 1)
        queries.append(
            f"(SELECT {number}, walk.place, ended.* FROM {_build_leading_values_sql(rows.model, part)} CROSS JOIN LATERAL ({sql}) AS ended)"
        )
        parameters += [list(part.values), *values] if part.column else list(values)
    return " UNION ALL ".join(queries), parameters


@compile_once
def build_walking_values_sql(
    rows: QuerySet,
    slices: tuple[Slice, ...],
    column: str,
    order: tuple[str, str],
    size: int,
    each: bool,
    most: int,
) -> Statement:
    """The first rows of many segments, one for each value of a column: LATERAL takes the values in order and stops when
    the page is full. `each` value gets as many instead. Of each value in each slice, `most` rows are read. Parallel plans
    are off (crm/platform/web/transactions.py), so the order is reliable. The values are the place of walk 0."""
    first = Segment("", Q(), order)
    queries: list[str] = []
    parameters: list[Any] = [WalkParameter(0, 0)]
    for part in slices:
        matching = restrict_to_first_rows(
            _build_first_of_value_rows(rows, part, column, order, most), rows.filter(part.condition)
        )
        sql, values = _build_segment_sql(matching, first, size)
        queries.append(
            f"(SELECT page.* FROM unnest({_get_array_placeholder(rows.model, part.column)}) AS walk(value) "
            f"CROSS JOIN LATERAL ({sql}) AS page(first, second, id))"
        )
        parameters += [list(part.values), *values]
    direction = "DESC" if first.descending else "ASC"
    sql = (
        f"SELECT place.number, found.* FROM unnest({_get_array_placeholder(rows.model, column)}) "
        f"WITH ORDINALITY AS place(value, number) CROSS JOIN LATERAL ("
        f"SELECT * FROM ({' UNION ALL '.join(queries)}) AS each_slice "
        f"ORDER BY first {direction}, second {direction} LIMIT {size}) AS found"
    )
    return sql if each else f"{sql} LIMIT {size}", parameters


@compile_once
def build_ending_values_sql(
    rows: QuerySet, slices: tuple[Slice, ...], column: str, order: tuple[str, str], most: int
) -> Statement:
    """The last row that was read of each value in each slice, unless all were read."""
    columns = Segment("", Q(), order).columns
    queries: list[str] = []
    parameters: list[Any] = []
    for number, part in enumerate(slices):
        sql, values = _build_first_of_value_rows(rows, part, column, order, most).build_sql(
            *columns, skip=most - 1
        )
        queries.append(
            f"(SELECT place.number, {number}, walk.place, ended.* FROM unnest({_get_array_placeholder(rows.model, column)}) "
            f"WITH ORDINALITY AS place(value, number) CROSS JOIN {_build_leading_values_sql(rows.model, part)} "
            f"CROSS JOIN LATERAL ({sql}) AS ended)"
        )
        parameters += [WalkParameter(0, 0), list(part.values), *values]
    return " UNION ALL ".join(queries), parameters


@compile_once
def build_custom_walk_sql(rows: QuerySet, part: Slice, first: Segment, size: int) -> Statement:
    """The same for values of a custom field, from its index."""
    model = rows.model
    side = _custom_values_queryset(model, first).filter(**{first.beside: Outer("place.value")})
    reading = LimitedUnionOfValues([side], first.order, ALL)
    sql, values = _build_segment_sql(
        restrict_to_first_rows(reading, rows.filter(part.condition)), replace(first, beside=""), size
    )
    return (
        f"SELECT place.number, found.* FROM unnest(%s::{get_index_type(model, first.beside)}[]) "
        f"WITH ORDINALITY AS place(value, number) CROSS JOIN LATERAL ({sql}) AS found LIMIT {size}",
        [WalkParameter(0, 0), *values],
    )


@compile_once
def build_collect_sql(
    rows: QuerySet,
    slices: tuple[Slice, ...],
    segment: Segment,
    size: int,
    beyond: bool,
    scattered: bool = False,
) -> Statement:
    """The first `size` matching rows of these slices, found by their conditions and not by their order."""
    return _build_collect_sql_from(
        rows, slices, segment, size, _build_walk_place(0) if beyond else (), scattered
    )


@compile_once
def build_value_rows_sql(
    rows: QuerySet,
    slices: tuple[Slice, ...],
    column: str,
    values: tuple[Any, ...],
    order: tuple[str, str],
    scattered: bool = False,
) -> Statement:
    """The rows of many segments, one for each value of a column."""
    first = Segment("", Q(), order)
    matching = _restrict_to_slices(rows.filter(Q(**{f"{column}__in": list(values)})), slices, scattered)
    return compile_queryset(matching.values_list(column, *first.columns, "pk"))


@compile_once
def build_count_sql(rows: QuerySet, slices: tuple[Slice, ...], condition: Q) -> Statement:
    """The ids of the matching rows of these slices, for the planner's estimate."""
    return compile_queryset(rows.filter(condition, combine_slices(slices)).order_by().values_list("pk"))


def _build_walk_place(walk: int) -> tuple[WalkParameter, WalkParameter]:
    return WalkParameter(walk, 0), WalkParameter(walk, 1)


def _build_beyond_conditions(segment: Segment, place: Sequence[Any]) -> list:
    return [After(segment.columns, place, descending=segment.descending)] if place else []


def _build_before_conditions(segment: Segment, place: Sequence[Any]) -> list:
    return [After(segment.columns, place, descending=not segment.descending)] if place else []


def _build_segment_sql(rows: QuerySet, segment: Segment, size: int | None) -> tuple[str, list]:
    ordered = rows.order_by(*segment.order) if size else rows
    return compile_queryset(ordered.values_list(*segment.columns, "pk")[:size])


def _get_array_placeholder(model, column: str) -> str:
    return f"%s::{model._meta.get_field(column).db_type(connection).partition(' ')[0]}[]"


def _build_leading_values_sql(model, part: Slice) -> str:
    """The values of the leading column as a table walk(value, place); one row if there is no leading column."""
    if not part.column:
        return "(VALUES ('', 1)) AS walk(value, place)"
    return f"unnest({_get_array_placeholder(model, part.column)}) WITH ORDINALITY AS walk(value, place)"


def _build_first_rows(
    rows: QuerySet,
    part: Slice,
    segment: Segment,
    most: int,
    place: Sequence[Any],
    end: Sequence[Any] = (),
) -> LimitedUnion:
    """The rows that a walk may read for one value, whether they match or not."""
    if segment.beside:
        return _build_first_custom_rows(rows, segment, most, place)
    leading = Q(**{part.column: Outer("walk.value")}) if part.column else Q()
    first = rows.model._default_manager.filter(
        leading,
        part.beside,
        part.index,
        segment.index_condition,
        *_build_beyond_conditions(segment, place),
        *_build_before_conditions(segment, end),
    )
    return LimitedUnion([first.filter(side) for side in segment.side_conditions], segment.order, most)


def _build_first_of_value_rows(
    rows: QuerySet, part: Slice, column: str, order: tuple[str, str], most: int
) -> LimitedUnion:
    """The rows that a walk may read for one value of a column in a slice, whether they match or not."""
    first = rows.model._default_manager.filter(
        part.beside,
        part.index,
        Q(**{part.column: Outer("walk.value")}),
        Q(**{column: Outer("place.value")}),
    )
    return LimitedUnion([first], order, most)


def _build_first_custom_rows(
    rows: QuerySet, segment: Segment, most: int, place: Sequence[Any]
) -> LimitedUnion:
    """The same from the index of a custom field."""
    side = _custom_values_queryset(rows.model, segment)
    if segment.column:
        side = side.filter(**{segment.beside: segment.value})
    else:
        side = side.filter(**{f"{segment.columns[0]}__isnull": False})
    columns = ["record_id" if name == "id" else name for name in segment.columns]
    if place:
        side = side.filter(After(columns, place, descending=segment.descending))
    return LimitedUnionOfValues([side], segment.order, most)


def _custom_values_queryset(model: Any, segment: Segment) -> QuerySet:
    """The table of custom values, with only those rows that meet the segment's conditions on it."""
    names = dict.fromkeys([segment.beside, *(name for name, _condition in segment.also)])
    return indexed_values_queryset(model, *names).filter(*(condition for _name, condition in segment.also))


def _annotate_walked_value(rows: QuerySet, segment: Segment) -> QuerySet:
    """Rows that a walk along the index of a custom field reads come with its value, which needn't be computed again."""
    if not segment.beside or segment.column:
        return rows
    name, table = segment.columns[0], rows.model._meta.db_table
    return rows.annotate(**{name: Outer(f'"{table}"."{name}"')})


def _build_collect_sql_from(
    rows: QuerySet,
    slices: Sequence[Slice],
    segment: Segment,
    size: int,
    place: Sequence[Any],
    scattered: bool,
) -> tuple[str, list]:
    """The starting place is compared outside, or the planner would take it for a good condition to search by."""
    matching = _restrict_to_slices(rows.filter(segment.condition), slices, scattered)
    sql, parameters = _build_segment_sql(matching, segment, None)
    direction, sign = ("DESC", "<") if segment.descending else ("ASC", ">")
    begin = f"WHERE (first, second) {sign} (%s, %s)" if place else ""
    return (
        f"WITH found(first, second, id) AS MATERIALIZED ({sql}) "
        f"SELECT * FROM found {begin} ORDER BY first {direction}, second {direction} LIMIT {size}",
        [*parameters, *place],
    )


def _restrict_to_slices(rows: QuerySet, slices: Sequence[Slice], scattered: bool) -> QuerySet:
    """The rows that are in the slices. `scattered` says that the slices are small and are read first: the planner
    overestimates the records of an owner in another department, and would rather read all records that have, say, a
    second email."""
    if not scattered:
        return rows.filter(combine_slices(slices))
    every = rows.model._default_manager
    # One after the other, because no index serves all of them. They have no records in common.
    return restrict_to_first_rows(
        LimitedUnion([every.filter(part.whole_condition, part.index) for part in slices], (), ALL), rows
    )


def combine_slices(slices: Sequence[Slice]) -> Q:
    """One condition, so that a search runs once; parts of one slice are merged."""
    values: dict[tuple[str, str], tuple[Any, ...]] = {}
    conditions: dict[tuple[str, str], Slice] = {}
    for part in slices:
        key = (part.column, repr((part.beside, part.condition)))
        values[key] = values.get(key, ()) + part.values
        conditions[key] = part
    together = [replace(part, values=values[key]).whole_condition for key, part in conditions.items()]
    condition = together[0]
    for other in together[1:]:
        condition |= other
    return condition

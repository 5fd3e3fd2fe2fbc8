"""The first rows of each value of a column at once, such as the cards of a board's columns: one statement instead of a page for
each value. The ways to read them are those of a list that is sorted by the column (crm/records/pages.py)."""

from typing import Any

from django.db.models import QuerySet

from crm.records.pages import Position, _merged, _Reader, _text
from crm.records.pages_sql import (
    SMALL,
    collect_few,
    expected_in,
    nothing_where_impossible,
    run,
    walk_values,
    with_values,
)
from crm.records.segments import Found, Segment, Slice, Values


def first_of_each(
    rows: QuerySet, slices: list[Slice], sort: Values, *, size: int, narrowed: bool, few: bool
) -> dict[Any, list[Found]]:
    """Up to `size` rows for each value of the sort. `narrowed` and `few` mean the same as for a page."""
    reader = _Reader(rows, slices, sort, descending=False, narrowed=narrowed, few=few)
    segments, together = reader.segments, [*reader.walked, *reader.scattered]
    if not together or not segments:
        return {}
    found = collect_few(rows, together, segments) if narrowed or not reader.walked else None
    if found is None and (reader._sparse() or not reader.walked) and expected_in(rows, together) < SMALL:
        found = _collected(rows, together, segments, size)
    if found is None:
        found = walk_values(rows, reader.walked, segments, size, each=True) if reader.walked else []
        found += _collected(rows, reader.scattered, segments, size, scattered=bool(reader.walked))
    by_value: dict[Any, list[Found]] = {}
    for row in found:
        by_value.setdefault(row.segment.value, []).append(row)
    return {segment.value: _merged(by_value.get(segment.value, []), segment, size) for segment in segments}


@nothing_where_impossible
def _collected(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], size: int, *, scattered: bool = False
) -> list[Found]:
    """The first rows of each value, found by their conditions and sorted."""
    if not slices:
        return []
    together, parameters = with_values(rows, slices, segments, scattered=scattered)
    direction = "DESC" if segments[0].descending else "ASC"
    order = f"first {direction}, second {direction}"
    numbered = f"SELECT *, row_number() OVER (PARTITION BY value ORDER BY {order}) AS place FROM found"
    sql = (
        f"WITH found(value, first, second, id) AS MATERIALIZED ({together}) "
        f"SELECT value, first, second, id FROM ({numbered}) AS placed WHERE place <= {size}"
    )
    by_value = {segment.value: segment for segment in segments}
    return [Found(by_value[value], *row) for value, *row in run(sql, parameters)]


def cursor_after(row: Found, tied_to: str) -> str:
    """The cursor of a list of the rows with one value, in the same order, that goes on after this one."""
    return Position("all", (_text(row.first), _text(row.second))).cursor(tied_to)

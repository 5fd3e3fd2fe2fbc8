"""The first rows of many values of a column: a page of a list that is sorted by it, or the first cards of a board's columns.

A small set is collected and sorted. Otherwise each value is walked along its index in each slice. Like every walk, it reads a
limited number of rows: a department without a lead of the filter's owner would be read to its end. Only where it leaves
something unread that may belong to the page, the matches of that value in that slice are collected.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from crm.records import pages_sql
from crm.records.pages_sql import (
    collect_few,
    collect_values,
    expected_in,
    left_of_values,
    walk_beside,
    walk_values,
)
from crm.records.pages_statements import any_of
from crm.records.segments import Found, Segment, Slice, merged


def first_rows(
    rows: QuerySet,
    walked: list[Slice],
    scattered: list[Slice],
    segments: list[Segment],
    size: int,
    *,
    narrowed: bool,
    each: bool = False,
) -> dict[Any, list[Found]]:
    """By value: together up to `size` rows in the order of the segments, or so many of `each`. `narrowed` says that the rows
    are filtered, so there may be few of them."""
    together = [*walked, *scattered]
    if not together or not segments:
        return {}
    found = _few(rows, together, segments, always=not walked) if narrowed or not walked else None
    beside = bool(walked and segments[0].beside)
    if found is None and beside:
        found = _beside(rows, together, segments, size)
    if found is None:
        limits = (pages_sql.WALK, pages_sql.LONG_WALK)
        found = _walked(rows, walked, segments, size, limits, narrowed=narrowed, each=each) if walked else []
        found += collect_values(rows, scattered, segments, size, each=each, scattered=bool(walked))
    return {
        segment.value: merged(of_value, segment, size)
        for segment, of_value in _by_segment(found, segments)
        if of_value
    }


def _few(rows: QuerySet, slices: list[Slice], segments: list[Segment], *, always: bool) -> list[Found] | None:
    """All matching rows if they are few. Finding out that there are more may take longer than a walk."""
    if always or expected_in(rows, slices, _with_values(segments)) <= 2 * pages_sql.FEW:
        return collect_few(rows, slices, segments)
    return None


def _beside(rows: QuerySet, slices: list[Slice], segments: list[Segment], size: int) -> list[Found]:
    """A walk along the index of a custom field has no limit, so a small set is collected. The index knows no department, so
    all slices are one."""
    if expected_in(rows, slices) < pages_sql.SMALL:
        return collect_values(rows, slices, segments, size)
    return walk_beside(rows, Slice(any_of(slices)), segments, size)


def _walked(
    rows: QuerySet,
    slices: list[Slice],
    segments: list[Segment],
    size: int,
    limits: Sequence[int],
    *,
    narrowed: bool,
    each: bool,
) -> list[Found]:
    """`limits` are the rows that a first walk reads and, if many rows match, a second one."""
    number = len(segments) * sum(len(part.values) for part in slices)
    most = max(size, limits[0] // number)
    found = walk_values(rows, slices, segments, size, each=each, most=most)
    # Without a filter, each row of an index that answers the whole condition of its slice is found.
    short = [part for part in slices if narrowed or not part.in_index]
    for part, unread in _unread(rows, short, segments, found, size, most, each=each):
        many = limits[1:] and expected_in(rows, [part], _with_values(unread)) > pages_sql.FEW
        if many:
            found += _walked(rows, [part], unread, size, limits[1:], narrowed=narrowed, each=each)
        else:
            found += collect_values(rows, [part], unread, size, each=each)
    return found


def _unread(
    rows: QuerySet,
    slices: list[Slice],
    segments: list[Segment],
    found: list[Found],
    size: int,
    most: int,
    *,
    each: bool,
) -> list[tuple[Slice, list[Segment]]]:
    """The slices, each with the segments of which rows that the walk hasn't read may belong to the page."""
    pages: dict[Any, tuple[list[Found], int]] = {}
    wanted = size
    for segment, of_value in _by_segment(found, segments):
        page = merged(of_value, segment, wanted)
        pages[segment.value] = page, wanted
        wanted -= 0 if each else len(page)
        if not wanted:
            break
    asked = [segment for segment in segments if segment.value in pages]
    unread: dict[Slice, list[Segment]] = {}
    for segment, rest in left_of_values(rows, slices, asked, most) if slices else []:
        page, most_of_page = pages[segment.value]
        if len(page) < most_of_page or rest.hides_rows_before(page[-1]):
            unread.setdefault(rest.part, []).append(segment)
    return list(unread.items())


def _by_segment(found: list[Found], segments: list[Segment]) -> list[tuple[Segment, list[Found]]]:
    by_value: dict[Any, list[Found]] = {}
    for row in found:
        by_value.setdefault(row.segment.value, []).append(row)
    return [(segment, by_value.get(segment.value, [])) for segment in segments]


def _with_values(segments: list[Segment]) -> Q:
    return Q(**{f"{segments[0].column}__in": [segment.value for segment in segments]})

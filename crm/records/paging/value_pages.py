"""The first rows of many values of a column: a page of a list that is sorted by it, or the first cards of a board's columns.

A small set is collected and sorted. Otherwise each value is walked along its index in each slice. Like every walk, it reads a
limited number of rows: a department without a lead of the filter's owner would be read to its end. Only where it leaves
something unread that may belong to the page, the matches of that value in that slice are collected.
"""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from crm.fields.sort_segments import PageRow, Segment, Slice, merge_rows_in_order
from crm.records.paging import page_queries
from crm.records.paging.page_queries import (
    collect_values,
    estimate_rows_in_slices,
    fetch_rows_if_few,
    get_unread_values,
    walk_custom_index,
    walk_values,
)
from crm.records.paging.page_statements import combine_slices

# Slices, and the segments that are read in each of them.
Group = tuple[list[Slice], list[Segment]]


def read_first_rows(
    rows: QuerySet,
    walked: list[Slice],
    scattered: list[Slice],
    segments: list[Segment],
    size: int,
    *,
    narrowed: bool,
    each: bool = False,
) -> dict[Any, list[PageRow]]:
    """By value: together up to `size` rows in the order of the segments, or so many of `each`. `narrowed` says that the rows
    are filtered, so there may be few of them."""
    together = [*walked, *scattered]
    if not together or not segments:
        return {}
    found = (
        _fetch_rows_if_estimated_few(rows, together, segments, always=not walked)
        if narrowed or not walked
        else None
    )
    beside = bool(walked and segments[0].beside)
    if found is None and beside:
        found = _walk_custom_index(rows, together, segments, size)
    if found is None:
        found = _walk_twice(rows, walked, segments, size, narrowed=narrowed, each=each) if walked else []
        found += collect_values(rows, scattered, segments, size, each=each, scattered=bool(walked))
    return {
        segment.value: merge_rows_in_order(of_value, segment, size)
        for segment, of_value in _group_by_segment(found, segments)
        if of_value
    }


def _fetch_rows_if_estimated_few(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], *, always: bool
) -> list[PageRow] | None:
    """All matching rows if they are few. Finding out that there are more may take longer than a walk."""
    if (
        always
        or estimate_rows_in_slices(rows, slices, _build_values_condition(segments))
        <= 2 * page_queries.MOST_COLLECTED_ROWS
    ):
        return fetch_rows_if_few(rows, slices, segments)
    return None


def _walk_custom_index(
    rows: QuerySet, slices: list[Slice], segments: list[Segment], size: int
) -> list[PageRow]:
    """A walk along the index of a custom field has no limit, so a small set is collected. The index knows no department, so
    all slices are one."""
    if estimate_rows_in_slices(rows, slices) < page_queries.SMALL:
        return collect_values(rows, slices, segments, size)
    return walk_custom_index(rows, Slice(combine_slices(slices)), segments, size)


def _walk_twice(
    rows: QuerySet,
    slices: list[Slice],
    segments: list[Segment],
    size: int,
    *,
    narrowed: bool,
    each: bool,
) -> list[PageRow]:
    """A first walk, a second one where many rows match, and the matches of what is still unread."""
    found: list[PageRow] = []
    collected: list[Group] = []
    left: list[Group] = [(slices, segments)]
    for limit, further in ((page_queries.WALK, True), (page_queries.LONG_WALK, False)):
        # Together, the walks read about as many rows as the limit says.
        most = max(size, limit // max(1, sum(map(_count_walks, left))))
        for parts, values in left:
            found += walk_values(rows, parts, values, size, each=each, most=most)
        pages = _split_into_pages(found, segments, size, each=each)
        unread = [
            group for one in left for group in _find_unread_groups(rows, one, pages, most, narrowed=narrowed)
        ]
        many = [
            group
            for group in unread
            if further and _estimate_group_rows(rows, group) > page_queries.MOST_COLLECTED_ROWS
        ]
        collected += [group for group in unread if group not in many]
        left = many
    for parts, values in collected:
        found += collect_values(rows, parts, values, size, each=each)
    return found


def _count_walks(group: Group) -> int:
    slices, segments = group
    return len(segments) * sum(len(part.values) for part in slices)


def _estimate_group_rows(rows: QuerySet, group: Group) -> int:
    slices, segments = group
    return estimate_rows_in_slices(rows, slices, _build_values_condition(segments))


def _split_into_pages(
    found: list[PageRow], segments: list[Segment], size: int, *, each: bool
) -> dict[Any, tuple[list[PageRow], int]]:
    """For each value that the page reaches: its rows on the page, and how many there may be."""
    pages: dict[Any, tuple[list[PageRow], int]] = {}
    wanted = size
    for segment, of_value in _group_by_segment(found, segments):
        page = merge_rows_in_order(of_value, segment, wanted)
        pages[segment.value] = page, wanted
        wanted -= 0 if each else len(page)
        if not wanted:
            break
    return pages


def _find_unread_groups(
    rows: QuerySet, group: Group, pages: dict[Any, tuple[list[PageRow], int]], most: int, *, narrowed: bool
) -> list[Group]:
    """What a walk hasn't read and may belong to the page: values of the same slices together."""
    slices, segments = group
    # Without a filter, each row of an index that answers the whole condition of its slice is found.
    short = [part for part in slices if narrowed or not part.is_answered_by_index]
    asked = [segment for segment in segments if segment.value in pages]
    hidden: dict[Slice, list[Segment]] = {}
    for segment, rest in get_unread_values(rows, short, asked, most) if short and asked else []:
        page, wanted = pages[segment.value]
        if len(page) < wanted or rest.hides_rows_before(page[-1]):
            hidden.setdefault(rest.part, []).append(segment)
    together: dict[tuple[Segment, ...], dict[Slice, list[Any]]] = {}
    for part, unread in hidden.items():
        of_slice = together.setdefault(tuple(unread), {})
        of_slice.setdefault(replace(part, values=()), []).extend(part.values)
    return [
        ([replace(part, values=tuple(values)) for part, values in of_slice.items()], list(unread))
        for unread, of_slice in together.items()
    ]


def _group_by_segment(found: list[PageRow], segments: list[Segment]) -> list[tuple[Segment, list[PageRow]]]:
    by_value: dict[Any, list[PageRow]] = {}
    for row in found:
        by_value.setdefault(row.segment.value, []).append(row)
    return [(segment, by_value.get(segment.value, [])) for segment in segments]


def _build_values_condition(segments: list[Segment]) -> Q:
    return Q(**{f"{segments[0].column}__in": [segment.value for segment in segments]})

"""Keyset pages of a million rows: first, previous, next, last, and never an OFFSET.

A sort is an ordered list of segments, and a page is filled from one segment after the other. "By company" has two: the
rows with a company in that order, then those without, newest first. "By status" has one for each status, in order of
position. So no sort needs an expression that is never NULL, the index of a mostly empty column is small, and empty
values come last in both directions.

A user's scope comes as slices. Rows of a slice with a leading column (a department) are read in sort order from an
index that starts with that column; the few rows of a scattered slice are collected and sorted. The planner would
misjudge rows that all lie at one end (the records of an owner who left a year ago), so it doesn't get the choice: a
walk along an index reads at most WALK rows, and if that doesn't fill the page, the matching rows are collected by
their other conditions and sorted (crm/records/paging/page_queries.py). If that would take longer, the walk first continues
(crm/records/paging/walk_continuation.py).

A cursor names the last row of a page; it is signed and belongs to one filter and sort.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

from crm.fields.sort_segments import PageRow, Segment, Slice, Sort, merge_rows_in_order
from crm.records.paging import walk_continuation
from crm.records.paging.page_queries import UnfinishedWalk, collect_matches, walk
from crm.records.paging.page_statements import combine_slices
from crm.records.paging.value_pages import read_first_rows

# What is signed for a page is worth nothing elsewhere.
SALT = "page"


@dataclass(frozen=True)
class KeysetPosition:
    """A place between rows: the segment, and the row's two order values there as text."""

    segment: str
    values: tuple[str, ...]

    def build_cursor(self, tied_to: str) -> str:
        """The same place has the same cursor at any time, so a page that is unchanged is the same text."""
        return Signer(salt=SALT).sign_object([tied_to, self.segment, *self.values])


class NotWalked(Exception):
    """A walk along the sort order didn't fill the page."""


@dataclass
class KeysetPage:
    """The ids of one page in order, and cursors to the pages before and after, or ''."""

    ids: list[int]
    previous: str = ""
    next: str = ""


def build_cursor_tie(*parts: object) -> str:
    """What a cursor belongs to: filter, sort and user as a short text."""
    return sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:16]


def parse_cursor(text: str, tied_to: str) -> KeysetPosition | None:
    """The position in a cursor, or None for one that is foreign, old or damaged: then the first page is shown."""
    try:
        tied, segment, *values = Signer(salt=SALT).unsign_object(text)
    except (BadSignature, ValueError):
        return None
    return KeysetPosition(segment, tuple(values)) if tied == tied_to and len(values) == 2 else None


def read_page(
    rows: QuerySet,
    slices: list[Slice],
    sort: Sort,
    *,
    size: int,
    tied_to: str = "",
    descending: bool = False,
    after: str = "",
    before: str = "",
    last: bool = False,
    narrowed: bool = True,
    few: bool = False,
    only_walk: bool = False,
    also: Mapping[str, Q] = MappingProxyType({}),
) -> KeysetPage:
    """One page of the rows in the slices. `after` and `before` are cursors with this tie; `last` asks for the end.

    `narrowed` says that `rows` are filtered, so there may be few of them; `few` says that there certainly are. With
    `only_walk`, NotWalked is raised if the matches have to be collected. `also` are those conditions of the rows, by custom
    field, that the table of custom values answers.
    """
    position = parse_cursor(before or after, tied_to) if before or after else None
    backwards = last if position is None else bool(before)
    reader = _Reader(
        rows, slices, sort, descending=descending, narrowed=narrowed, few=few, only_walk=only_walk, also=also
    )
    found = reader.read(size + 1, position, backwards=backwards)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    page = KeysetPage([row.id for row in found])
    earlier, later = (more, position is not None) if backwards else (position is not None, more)
    if found and earlier:
        page.previous = _build_position(found[0]).build_cursor(tied_to)
    if found and later:
        page.next = _build_position(found[-1]).build_cursor(tied_to)
    return page


def get_neighbor_ids(
    rows: QuerySet, slices: list[Slice], sort: Sort, pk: int, *, descending: bool, few: bool = False
) -> tuple[int | None, int | None]:
    """The ids before and after a row in a sorted list; None at its ends, or if the row itself isn't in it. `few` is that of a
    page."""
    reader = _Reader(rows, slices, sort, descending=descending, few=few)
    position = reader.find_position(pk)
    if position is None:
        return None, None
    before = reader.read(1, position, backwards=True)
    after = reader.read(1, position, backwards=False)
    return (before[0].id if before else None), (after[0].id if after else None)


def _build_position(row: PageRow) -> KeysetPosition:
    return KeysetPosition(
        row.segment.name, (_format_cursor_value(row.first), _format_cursor_value(row.second))
    )


def _format_cursor_value(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class _Reader:
    """Reads rows of one sort, segment by segment, from a position on, in either direction."""

    def __init__(
        self,
        rows: QuerySet,
        slices: list[Slice],
        sort: Sort,
        *,
        descending: bool,
        narrowed: bool = True,
        few: bool = False,
        only_walk: bool = False,
        also: Mapping[str, Q] = MappingProxyType({}),
    ) -> None:
        self.only_walk = only_walk
        self.rows, self.narrowed = rows.order_by(), narrowed
        # A slice of no departments, such as "all others" for a user who belongs to every one, has no rows.
        slices = [part for part in slices if part.values or not part.column]
        self.walked = [part for part in slices if part.column in sort.prefixes and not few]
        self.scattered = [part for part in slices if part not in self.walked]
        checked = tuple(also.items())
        self.segments = [
            replace(segment, also=checked) if segment.beside else segment
            for segment in sort.build_segments(descending=descending)
        ]

    def read(self, size: int, position: KeysetPosition | None, *, backwards: bool) -> list[PageRow]:
        if not self.walked and not self.scattered:
            return []
        segments = [part.build_reversed() for part in reversed(self.segments)] if backwards else self.segments
        names = [segment.name for segment in segments]
        if position is not None and position.segment in names:
            segments = segments[names.index(position.segment) :]
        else:
            position = None
        found: list[PageRow] = []
        for group in _group_segments(segments, alone=position is not None):
            wanted = size - len(found)
            if wanted <= 0:
                break
            if len(group) > 1:
                found += self._read_values(group, wanted)
            else:
                found += self._read_one(group[0], wanted, position)
            position = None
        return found

    def find_position(self, pk: int) -> KeysetPosition | None:
        rows = self.rows.filter(pk=pk)
        for segment in self.segments:
            if segment.column:
                continue
            if found := collect_matches(rows, [*self.walked, *self.scattered], segment, 1, ()):
                return _build_position(found[0])
        walked = {segment.value: segment for segment in self.segments if segment.column}
        if walked:
            column = next(iter(walked.values())).column
            value = rows.values_list(column, flat=True).first()
            if value in walked and (
                found := collect_matches(rows, [*self.walked, *self.scattered], walked[value], 1, ())
            ):
                return _build_position(found[0])
        return None

    def _get_slices(self, segment: Segment) -> tuple[list[Slice], list[Slice]]:
        """What is walked, and what is collected: the index of a custom field knows no department, so all slices are one."""
        if not segment.beside:
            return self.walked, self.scattered
        return [Slice(combine_slices([*self.walked, *self.scattered]))], []

    def _read_one(self, segment: Segment, size: int, position: KeysetPosition | None) -> list[PageRow]:
        beyond = position.values if position else ()
        if not self.walked:
            self._may_collect()
            return collect_matches(self.rows, self.scattered, segment, size, beyond)
        found, unfinished = self._walk(segment, size, beyond)
        page, hidden = self._merge_page(found, unfinished, segment, size)
        if hidden and (most := self._count_further_rows(len(found), hidden, segment, size)):
            begun, until = [(rest.part, rest.place) for rest in hidden], _end_of(page, size)
            found, unfinished = walk(
                self.rows, begun, [], segment, size, until=until, most=most // len(begun)
            )
            page, hidden = self._merge_page(page + found, unfinished, segment, size)
        if hidden:
            self._may_collect()
            rest = collect_matches(self.rows, [rest.part for rest in hidden], segment, size, beyond)
            page = merge_rows_in_order(page + rest, segment, size)
        return page

    def _walk(
        self, segment: Segment, size: int, beyond: Sequence[str]
    ) -> tuple[list[PageRow], list[UnfinishedWalk]]:
        """Where all that is done is walking, each row takes a look-up. So the first slice, the user's own, is walked alone:
        if it fills the page, the others are only read up to the page's end."""
        walked, scattered = self._get_slices(segment)
        begun = [(part, beyond) for part in walked]
        first = begun[:1] if self.only_walk else begun
        found, unfinished = walk(self.rows, first, scattered, segment, size, beyond, narrowed=self.narrowed)
        if others := begun[len(first) :]:
            until = _end_of(merge_rows_in_order(found, segment, size), size)
            more, left = walk(self.rows, others, [], segment, size, until=until, narrowed=self.narrowed)
            found, unfinished = found + more, unfinished + left
        return found, unfinished

    def _may_collect(self) -> None:
        if self.only_walk:
            raise NotWalked

    def _count_further_rows(
        self, found: int, hidden: list[UnfinishedWalk], segment: Segment, size: int
    ) -> int:
        if self.only_walk:
            return walk_continuation.count_rows_without_collecting(found, size)
        return walk_continuation.count_rows_before_collecting(self.rows, hidden, segment, found, size)

    def _merge_page(
        self, found: list[PageRow], unfinished: list[UnfinishedWalk], segment: Segment, size: int
    ) -> tuple[list[PageRow], list[UnfinishedWalk]]:
        """The page, and the walks that may have left some of it unread."""
        page = merge_rows_in_order(found, segment, size)
        return page, [rest for rest in unfinished if len(page) < size or rest.hides_rows_before(page[-1])]

    def _read_values(self, segments: list[Segment], size: int) -> list[PageRow]:
        """Many segments at once, one for each value of a column."""
        self._may_collect()
        found = read_first_rows(
            self.rows, self.walked, self.scattered, segments, size, narrowed=self.narrowed
        )
        page = [row for segment in segments for row in found.get(segment.value, [])]
        return page[:size]


def _end_of(page: list[PageRow], size: int) -> tuple[Any, ...]:
    """The place of the last row of a full page: no row after it is missing. Empty as long as the page isn't full."""
    return (page[-1].first, page[-1].second) if len(page) >= size else ()


def _group_segments(segments: list[Segment], *, alone: bool) -> Iterator[list[Segment]]:
    """The segments in reading order: one by one, but neighbors of one column together. `alone`: the first one starts in
    its middle."""
    group: list[Segment] = []
    for place, segment in enumerate(segments):
        if group and not (
            segment.column and segment.column == group[-1].column and not (alone and place == 1)
        ):
            yield group
            group = []
        group.append(segment)
    if group:
        yield group

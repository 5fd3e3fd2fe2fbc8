"""One list of records as its URL describes it: filter, search, sort, columns and page, for one user.

List, count, export, frozen sets and the links to the next and previous record all read the URL through this class, so
the set you see is the set you change.
"""

import contextlib
from functools import cache, cached_property
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import QueryDict

from crm.fields.filters import parameters_of
from crm.fields.type import type_of
from crm.records.conditions import conditions_of
from crm.records.filters import FilterSet
from crm.records.groups import ANY
from crm.records.kinds import Kind
from crm.records.pages import NotWalked, Page, neighbours, page_of, read_cursor, tie
from crm.records.segments import Slice
from crm.records.sorts import BY_AGE

COUNT_AT_FIRST = 10_000
# The URL parameters other than filters; anything else is dropped.
PAGE_PARAMETERS = ["after", "before", "last"]
OTHER_PARAMETERS = ["q", "sort", *PAGE_PARAMETERS]


@cache
def filter_parameters(kind: Kind) -> list[str]:
    known = [parameter for name in kind.fields.FILTER for parameter in parameters_of(name)]
    alone = [*known, *conditions_of(kind)]
    return [*alone, *(f"{ANY}{name}" for name in alone)]


class Listing:
    def __init__(self, kind: Kind, data: QueryDict, viewer, *, in_trash: bool = False) -> None:
        self.kind, self.viewer, self.in_trash = kind, viewer, in_trash
        self.data = QueryDict(mutable=True)
        for name in [*filter_parameters(kind), *OTHER_PARAMETERS]:
            values = [value.replace("\0", "") for value in data.getlist(name) if value]
            if values:
                self.data.setlist(name, values)

    @cached_property
    def filters(self) -> FilterSet:
        records: Any = self.kind.model.objects
        rows = records.in_trash() if self.in_trash else records.present()
        return self.kind.filters(self.data, rows, user=self.viewer)

    @property
    def search(self) -> str:
        return self.data.get("q", "").strip()

    @cached_property
    def sort(self) -> str:
        name, descending = self.kind.sorts.read(self.data.get("sort"))
        return f"-{name}" if descending else name

    @cached_property
    def query(self) -> str:
        """The URL query of the set: filter, search and sort, without the page."""
        data = self.data.copy()
        for name in PAGE_PARAMETERS:
            data.pop(name, None)
        return data.urlencode()

    def with_sort(self, sort: str) -> str:
        """The query of the same set in another order."""
        data = QueryDict(self.query, mutable=True)
        data["sort"] = sort
        return data.urlencode()

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The same as names and values, for the hidden fields of a form."""
        lists = self.data.lists()
        return [(name, value) for name, values in lists if name not in PAGE_PARAMETERS for value in values]

    @property
    def quoted(self) -> str:
        """The query as one value of another URL."""
        return quote(self.query, safe="")

    @cached_property
    def errors(self) -> list[str]:
        """Invalid input, in words."""
        _rows = self.rows
        return [*self.filters.faults.values(), *self.filters.problems]

    @cached_property
    def _matched(self) -> tuple[QuerySet, bool]:
        rows = self.filters.qs
        if not self.search:
            return rows, False
        condition, few = self.kind.search(self.search)
        return rows.filter(condition), few

    @property
    def rows(self) -> Any:
        """All matching records, regardless of scope: use it only together with the user's scope."""
        return self._matched[0]

    @property
    def visible(self) -> Any:
        return self.rows.visible_to(self.viewer)

    @property
    def narrowed(self) -> bool:
        return bool(self.search or self.filters.conditions)

    @cached_property
    def _sort(self):
        return self.kind.sorts.named(self.sort.removeprefix("-"))

    @property
    def _descending(self) -> bool:
        """An age is sorted by its start date, which runs in the opposite direction."""
        name = self.sort.removeprefix("-")
        return self.sort.startswith("-") != (name in self.kind.sorts.turned)

    @property
    def _slices(self) -> list[Slice]:
        scope = self.kind.model.scope
        if self.in_trash:
            # Sort indexes exclude Trash, so it is collected and sorted.
            return [Slice(scope.seen(self.viewer))]
        slices = scope.slices(self.viewer, self._sort.prefixes)
        if self._sort is not BY_AGE:
            return self.filters.narrowing(slices)
        age = self.filters.age()
        return [part.with_index(age) for part in self.filters.narrowing(slices, by_age=True)]

    @property
    def _tie(self) -> str:
        return tie(self.kind.name, self.query, self.viewer.pk)

    def knows(self, cursor: str) -> bool:
        """Whether a cursor belongs to this list. Any other cursor would show the first page again."""
        position = read_cursor(cursor, self._tie)
        segments = self._sort.segments(descending=self._descending)
        return position is not None and position.segment in [segment.name for segment in segments]

    def page(self, size: int) -> Page:
        place: dict[str, Any] = {
            "size": size,
            "tied_to": self._tie,
            "descending": self._descending,
            "after": self.data.get("after", ""),
            "before": self.data.get("before", ""),
            "last": "last" in self.data,
        }
        # Other orders are often those of the words themselves: all records of one name lie together, far from the start.
        if self._sort is BY_AGE and (condition := self.kind.search.while_walking(self.search)):
            rows = self.filters.qs.filter(condition)
            with contextlib.suppress(NotWalked):
                return page_of(rows, self._slices, self._sort, only_walk=True, **place)
        return page_of(
            self.rows, self._slices, self._sort, narrowed=self.narrowed, few=self._matched[1], **place
        )

    def neighbours_of(self, pk: int) -> tuple[int | None, int | None]:
        return neighbours(self.rows, self._slices, self._sort, pk, descending=self._descending)

    def count(self, most: int | None = COUNT_AT_FIRST) -> int:
        """The exact number of matches; with `most`, a result of one more than that means "more"."""
        rows = self.visible.order_by()
        return rows[: most + 1].count() if most else rows.count()

    def ids(self) -> list[int]:
        """All current matches, for a frozen set."""
        return list(self.visible.order_by("pk").values_list("pk", flat=True))


def drawn(
    kind: Kind,
    ids: list[int],
    columns: list[str] | None = None,
    *,
    viewer=None,
    seen_by=None,
    whole: bool = False,
) -> list[Any]:
    """The records of one page in order, with everything that its cells show, in one query; `whole` adds long texts.

    With a viewer, each record says in `may_change` whether they may change it. `seen_by` drops records that a user can't
    see, which isn't necessary for the ids of a page.
    """
    drawing, records = kind.drawing, kind.model.objects
    fields = _fields_of(kind, [*kind.fields.FACTS, *kind.fields.LIST] if whole else columns or [])
    joined = {*drawing.joined, *(table for field in fields for table in type_of(field).joined(field))}
    rows = records.filter(pk__any=ids).select_related(*sorted(joined)).annotate(**drawing.annotated())
    if seen_by is not None:
        rows = rows.visible_to(seen_by)
    if viewer is not None:
        rows = rows.with_may_change(viewer)
    if not whole:
        for field in fields:
            rows = rows.annotate(**type_of(field).annotated(field))
        rows = rows.only(*needed_for(kind, fields, columns or []))
    found = {record.pk: record for record in rows}
    return [found[pk] for pk in ids if pk in found]


def _fields_of(kind: Kind, columns: list[str]) -> list[Any]:
    by_name = {field.name: field for field in kind.model._meta.concrete_fields}
    return [by_name[name] for name in columns if name in by_name and name not in kind.drawing.columns]


def needed_for(kind: Kind, fields: list[Any], columns: list[str]) -> list[str]:
    """The fields that a list with these columns reads; fetching the other fields takes longer than rendering the row."""
    own = [name for field in fields for name in type_of(field).needed(field)]
    other = [name for column in columns for name in kind.drawing.columns.get(column, ())]
    return [*kind.drawing.every, *own, *other]

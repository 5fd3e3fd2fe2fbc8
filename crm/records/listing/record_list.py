"""One list of records as its URL describes it: filter, search, sort, columns and page, for one user.

List, count, export, frozen sets and the links to the next and previous record all read the URL through this class, so
the set you see is the set you change.
"""

import contextlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import QueryDict

from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.fields.custom.values.stored_values import (
    annotate_all_values,
    annotate_custom_values,
    attach_custom_values,
)
from crm.fields.models.record import PRESENT, build_before_added_condition
from crm.fields.sort_segments import Slice
from crm.fields.types.field_type import get_field_type
from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX
from crm.records.listing.filters import FilterSet
from crm.records.listing.search.search_ranking import BY_MATCH, RANKED, build_match
from crm.records.listing.url_parameters import filter_parameters
from crm.records.paging.keyset_pages import (
    KeysetPage,
    NotWalked,
    build_cursor_tie,
    get_neighbor_ids,
    parse_cursor,
    read_page,
)
from crm.records.paging.sorts import BY_AGE, CHANGED

COUNT_AT_FIRST = 10_000
# The URL parameters other than filters; anything else is dropped.
PAGE_PARAMETERS = ["after", "before", "last"]
OTHER_PARAMETERS = ["q", "sort", RANKED, *PAGE_PARAMETERS]


class RecordList:
    def __init__(self, kind: Kind, data: QueryDict, viewer, *, in_trash: bool = False) -> None:
        self.kind, self.viewer, self.in_trash = kind, viewer, in_trash
        self.data = QueryDict(mutable=True)
        known = [*filter_parameters(kind, viewer, among=data), *OTHER_PARAMETERS]
        # There are 500 known ones, and few are asked for.
        for name in [name for name in known if name in data]:
            values = [value.replace("\0", "") for value in data.getlist(name) if value]
            if values:
                self.data.setlist(name, values)
        if not self.search:
            self.data.pop(RANKED, None)
        self.view_id = parse_number(data.get("view", ""))

    @cached_property
    def filters(self) -> FilterSet:
        records: Any = self.kind.model.objects
        rows = records.in_trash() if self.in_trash else records.present()
        named = [
            self._asked_sort.removeprefix("-"),
            *(name.removeprefix(ALTERNATIVE_PREFIX).partition(OPERATOR_SEPARATOR)[0] for name in self.data),
        ]
        return self.kind.filters(
            self.data, annotate_custom_values(rows, named), user=self.viewer, kind=self.kind
        )

    @property
    def search(self) -> str:
        return self.data.get("q", "").strip()

    @cached_property
    def sort(self) -> str:
        return self.kind.sorts.default if self.lacks_time_of_change else self._asked_sort

    @cached_property
    def _asked_sort(self) -> str:
        name, descending = self.kind.sorts.read(self.data.get("sort"), self.viewer)
        return f"-{name}" if descending else name

    @property
    def lacks_time_of_change(self) -> bool:
        """Whether the order by the last change is asked for, but no condition says since when."""
        return self._asked_sort.removeprefix("-") == CHANGED and not self.filters.has_lower_bound(CHANGED)

    @cached_property
    def query(self) -> str:
        """The URL query of the set: filter, search and sort, without the page."""
        data = self.data.copy()
        for name in PAGE_PARAMETERS:
            data.pop(name, None)
        return data.urlencode()

    @cached_property
    def place(self) -> str:
        """The query with its page and saved view: what leads back to the list as it is shown."""
        view = {} if self.view_id is None else {"view": self.view_id}
        return "&".join(filter(None, [self.data.urlencode(), urlencode(view)]))

    @cached_property
    def is_sorted_by_match(self) -> bool:
        """Whether it is ordered by match: the URL asks for it, and the search finds few records, which are soon compared."""
        return RANKED in self.data and not self._walk_condition and self._matches[1]

    def with_sort(self, sort: str) -> str:
        """The query of the same set in another order."""
        data = QueryDict(self.query, mutable=True)
        data.pop(RANKED, None)
        data["sort"] = sort
        return data.urlencode()

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The same as names and values, for the hidden fields of a form."""
        lists = self.data.lists()
        return [(name, value) for name, values in lists if name not in PAGE_PARAMETERS for value in values]

    @property
    def quoted_search(self) -> str:
        """The query as one value of another URL."""
        return quote(self.query, safe="")

    @cached_property
    def errors(self) -> list[str]:
        """Invalid input, in words. The search accepts any text, so it isn't looked up for this."""
        _rows = self.filters.qs
        return [*self.filters.faults.values(), *self.filters.problems]

    @cached_property
    def _matches(self) -> tuple[QuerySet, bool]:
        rows = self.filters.qs
        if not self.search:
            return rows, self.filters.finds_few_records
        condition, few = self._search_condition
        return rows.filter(condition), few or self.filters.finds_few_records

    @cached_property
    def _search_condition(self) -> tuple[Q, bool]:
        return self.kind.search(self.search) if self.search else (Q(), False)

    @cached_property
    def _walk_condition(self) -> Q:
        """Other orders are often those of the words themselves: all records of one name lie together, far from the start."""
        by_age = self.kind.sorts.get_sort(self.sort.removeprefix("-")) is BY_AGE
        return self.kind.search.build_walk_condition(self.search) if by_age else Q()

    @property
    def rows(self) -> Any:
        """All matching records, regardless of scope: use it only together with the user's scope."""
        return self._matches[0]

    @property
    def visible(self) -> Any:
        return self.rows.visible_to(self.viewer)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.filters.conditions)

    @cached_property
    def _sort(self):
        return BY_MATCH if self.is_sorted_by_match else self.kind.sorts.get_sort(self.sort.removeprefix("-"))

    @property
    def _descending(self) -> bool:
        """An age is sorted by its start date, which runs in the opposite direction."""
        name = self.sort.removeprefix("-")
        return self.is_sorted_by_match or self.sort.startswith("-") != (name in self.kind.sorts.turned)

    @property
    def _slices(self) -> list[Slice]:
        scope = self.kind.model.scope
        if self.in_trash:
            # Sort indexes exclude Trash, so it is collected and sorted.
            return [Slice(scope.build_visible_condition(self.viewer))]
        slices = scope.build_slices(self.viewer, self._sort.prefixes)
        if self._sort is not BY_AGE:
            return self.filters.narrow_slices(slices)
        age = self.filters.build_age_condition()
        parts = [part.with_index(age) for part in self.filters.narrow_slices(slices, by_age=True)]
        latest = self.filters.get_latest_moment()
        if latest is None:
            return parts
        earlier = build_before_added_condition(*self.kind.model.seldom_before_added)
        return [half for part in parts for half in part.split_by_addition_time(latest, earlier, PRESENT)]

    @property
    def _cursor_tie(self) -> str:
        return build_cursor_tie(self.kind.name, self.query, self.viewer.pk)

    def is_own_cursor(self, cursor: str) -> bool:
        """Whether a cursor belongs to this list. Any other cursor would show the first page again."""
        position = parse_cursor(cursor, self._cursor_tie)
        segments = self._sort.build_segments(descending=self._descending)
        return position is not None and position.segment in [segment.name for segment in segments]

    def get_page(self, size: int) -> KeysetPage:
        place: dict[str, Any] = {
            "size": size,
            "tied_to": self._cursor_tie,
            "descending": self._descending,
            "after": self.data.get("after", ""),
            "before": self.data.get("before", ""),
            "last": "last" in self.data,
        }
        if self._walk_condition:
            rows = self.filters.qs.filter(self._walk_condition)
            with contextlib.suppress(NotWalked):
                return read_page(rows, self._slices, self._sort, only_walk=True, **place)
            # So many matches are found once, together with the records, and no row is walked again.
            return read_page(rows, self._slices, self._sort, few=True, **place)
        rows, few = self._matches
        if self.filters.by_index and not few:
            place["also"] = self.filters.by_index
            with contextlib.suppress(NotWalked):
                return read_page(rows, self._slices, self._sort, only_walk=True, **place)
            found = self.filters.find_matches_by_index()
            rows, few = (rows, False) if found is None else (found.filter(self._search_condition[0]), True)
        rows = self._annotate_rank(rows)
        return read_page(rows, self._slices, self._sort, narrowed=self.is_narrowed, few=few, **place)

    def find_neighbors(self, pk: int) -> tuple[int | None, int | None]:
        order = {"descending": self._descending, "few": self.is_sorted_by_match}
        return get_neighbor_ids(self._annotate_rank(self.rows), self._slices, self._sort, pk, **order)

    def _annotate_rank(self, rows: QuerySet) -> QuerySet:
        """With how well each matches the search, for the order by match."""
        return (
            rows.annotate(match=build_match(self.kind.model, self.search))
            if self.is_sorted_by_match
            else rows
        )

    def count(self, most: int | None = COUNT_AT_FIRST) -> int:
        """The exact number of matches; with `most`, a result of one more than that means "more"."""
        rows = self.visible.order_by()
        return rows[: most + 1].count() if most else rows.count()

    def get_ids(self, most: int | None = None) -> list[int]:
        """All current matches; with `most`, a result of one more than that means "more"."""
        found = self.visible.order_by("pk").values_list("pk", flat=True)
        return list(found[: most + 1] if most else found)


def count_matches(listing: RecordList, *, exact: bool) -> tuple[int, bool]:
    """How many records match, and whether there are more than this: up to ten thousand are counted, and all if it must be exact."""
    number = listing.count(None if exact else COUNT_AT_FIRST)
    more = not exact and number > COUNT_AT_FIRST
    return COUNT_AT_FIRST if more else number, more


def get_records_for_page(
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
    may_change = None
    if viewer is not None:
        may_change = Q(pk__in=[])
        if viewer.has_perm(kind.get_right("change")):
            may_change = kind.model.scope.build_changeable_condition(viewer)
    own = [name for name in columns or () if not kind.has_custom(name)]
    custom = bool(kind.get_custom_fields()) and (whole or len(own) < len(columns or ()))
    told: tuple = (kind, tuple(own), whole, custom)
    reader = None if seen_by is None else Reader.from_user(seen_by)
    records = get_records_compiled_once(_page_records_queryset, ids, *told, reader, may_change=may_change)
    if custom:
        attach_custom_values(records, None if whole else columns, viewer=viewer)
    found = {record.pk: record for record in records}
    return [found[pk] for pk in ids if pk in found]


def _page_records_queryset(
    ids: list[int],
    kind: Kind,
    columns: tuple[str, ...],
    whole: bool,
    custom: bool,
    seen_by: Reader | None,
    *,
    may_change: Q | None,
) -> Any:
    """The query of `drawn`. Its SQL may depend on these arguments and on nothing else, because it is kept."""
    drawing = kind.drawing
    fields = _get_model_fields(kind, [*kind.fields.FACTS, *kind.fields.LIST] if whole else columns)
    joined = {
        *drawing.joined,
        *(table for field in fields for table in get_field_type(field).get_select_related_paths(field)),
    }
    rows: Any = kind.model.objects.filter(pk__any=ids)
    rows = rows if seen_by is None else rows.visible_to(seen_by)
    rows = rows.select_related(*sorted(joined)).annotate(**drawing.build_annotations(columns))
    if may_change is not None:
        rows = rows.annotate(may_change=ExpressionWrapper(may_change, BooleanField()))
    if not whole:
        for field in fields:
            rows = rows.annotate(**get_field_type(field).get_list_annotations(field))
        rows = rows.only(*get_needed_fields(kind, fields, columns))
    return annotate_all_values(rows) if custom else rows


def _get_model_fields(kind: Kind, columns: Sequence[str]) -> list[Any]:
    by_name = {field.name: field for field in kind.model._meta.concrete_fields}
    return [by_name[name] for name in columns if name in by_name and name not in kind.drawing.columns]


def get_needed_fields(kind: Kind, fields: list[Any], columns: Sequence[str]) -> list[str]:
    """The fields that a list with these columns reads; fetching the other fields takes longer than rendering the row."""
    own = [name for field in fields for name in get_field_type(field).get_only_paths(field)]
    other = [name for column in columns for name in kind.drawing.columns.get(column, ())]
    return [*kind.drawing.every, *own, *other]

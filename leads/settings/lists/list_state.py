"""One Settings list as its URL describes it: search, filter, order, page.

These tables are small and their labels may be translated, so the labels are searched and sorted here, not in SQL.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import django_filters
from django.core.paginator import Page, Paginator
from django.http import QueryDict

from crm.platform.text.text_folding import fold_text as folded

ROWS_A_PAGE = 100
# The sort key of a row; None comes last in both directions.
Key = Callable[[Any], Any]


class SettingsList:
    """`sorts` are the sortable columns, each with the sort key of a row; the first one is the default."""

    def __init__(
        self,
        data: QueryDict,
        filters: django_filters.FilterSet,
        *,
        sorts: Mapping[str, Key],
        searched: Callable[[Any], Iterable[str]] = lambda row: [row.label],
    ) -> None:
        self.data, self.filters, self.sorts, self.searched = data, filters, sorts, searched

    @property
    def search(self) -> str:
        return self.data.get("q", "").strip()[:200]

    @property
    def first_sort(self) -> str:
        return next(iter(self.sorts))

    @cached_property
    def sort(self) -> str:
        """ "label" or "-label"; names outside the allow-list become the default."""
        asked = self.data.get("sort", "")
        return asked if asked.removeprefix("-") in self.sorts else self.first_sort

    @cached_property
    def applied_filters(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        self.filters.form.is_valid()
        return {name: value for name, value in self.filters.form.cleaned_data.items() if value}

    @cached_property
    def errors(self) -> list[str]:
        return [str(error) for messages in self.filters.form.errors.values() for error in messages]

    @cached_property
    def rows(self) -> list[Any]:
        """All matches, in order. Those with the same sort key keep the default order."""
        words, default = folded(self.search).split(), self.sorts[self.first_sort]
        found = [row for row in self.filters.qs if all(word in self._get_search_text(row) for word in words)]
        found.sort(key=lambda row: (default(row), row.pk))
        key = self.sorts[self.sort.removeprefix("-")]
        filled = [row for row in found if key(row) is not None]
        filled.sort(key=key, reverse=self.sort.startswith("-"))
        return filled + [row for row in found if key(row) is None]

    def _get_search_text(self, row) -> str:
        return folded(" ".join(self.searched(row)))

    @cached_property
    def page(self) -> Page:
        return Paginator(self.rows, ROWS_A_PAGE).get_page(self.data.get("page"))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.errors or self.applied_filters)

    @property
    def is_in_full_order(self) -> bool:
        """Whether the rows are in the order that the buttons change, with none missing between them."""
        return self.sort == self.first_sort and not self.search and set(self.applied_filters) <= {"pipeline"}


def get_sort_label(row) -> str:
    return folded(row.label)

"""Pages of a table in the order of an index. A page reads a limited number of rows, however few of them its user sees, so it can
be shorter than asked for and still have a next one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from crm.platform.sql.expressions import After
from crm.records.paging.keyset_pages import KeysetPosition

ROWS_A_PAGE = 4_000
# Usually the user sees all of the first few, so the first part is as long as the page.
GROWS = 8
ADDED, CHANGED, TOOK_PLACE = "added", "changed", "took_place"
# The column by which the rows of an order come, the earliest first.
MOMENTS = {CHANGED: "updated_at", TOOK_PLACE: "at"}


@dataclass(frozen=True)
class Walk:
    """`rows` are those that an index finds in this order, `judged` says which of them are shown. The newest come first, or by
    their last change with the earliest first, so that a program can go on where it stopped, or by when they took place. `most` rows
    are read; with a `window`, those whose IDs are at most so far from the beginning of the page."""

    rows: Any
    judged: Q
    order: str = ADDED
    most: int = ROWS_A_PAGE
    window: int = 0

    def read_page(self, size: int, after: KeysetPosition | None) -> tuple[list[int], KeysetPosition | None]:
        """The ids of one page, and the place behind it, or None at the end."""
        found: list[int] = []
        place, floor = after, self._get_window_end(after)
        for part in split_into_growing_parts(size + 1, self.most):
            read = list(self._rows_behind_queryset(place, floor)[:part])
            shown = self._get_visible_ids([pk for _at, pk in read])
            for at, pk in read:
                if pk in shown and len(found) == size:
                    return found, place
                if pk in shown:
                    found.append(pk)
                place = KeysetPosition(self.order, (at.isoformat(), str(pk)))
            if len(read) < part:
                return found, KeysetPosition(self.order, ("", str(floor))) if floor else None
        return found, place

    def _get_window_end(self, after: KeysetPosition | None) -> int:
        """The ID at which the window ends; 0 without one."""
        if not self.window:
            return 0
        newest = self.rows.model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        return max(0, (int(after.values[1]) if after else newest + 1) - self.window)

    def _rows_behind_queryset(self, place: KeysetPosition | None, floor: int) -> Any:
        moment = MOMENTS.get(self.order)
        rows = self.rows.order_by(moment, "pk") if moment else self.rows.order_by("-pk")
        rows = rows.filter(pk__gte=floor) if floor else rows
        if place and moment:
            at, pk = place.values
            rows = rows.filter(After([moment, "id"], [datetime.fromisoformat(at), int(pk)], descending=False))
        elif place:
            rows = rows.filter(pk__lt=int(place.values[1]))
        return rows.values_list(moment or "updated_at", "pk")

    def _get_visible_ids(self, ids: list[int]) -> set[int]:
        if not ids:
            return set()
        rows = self.rows.model.objects.filter(pk__any=ids).filter(self.judged)
        return set(rows.values_list("pk", flat=True))


def split_into_growing_parts(first: int, most: int) -> Iterator[int]:
    """How many rows to read at once, together at most this many."""
    while most > 0:
        yield min(first, most)
        most -= first
        first *= GROWS

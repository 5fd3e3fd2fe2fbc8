"""How far a walk along an index goes on if its first rows didn't fill the page (crm/records/paging/keyset_pages.py).

If enough of the first rows matched, they say how far the page reaches: of records of which one in 500 matches, 25,000 fill
it, however many millions there are. Collecting all matches takes longer the more records there are.
"""

from collections.abc import Sequence

from django.db.models import QuerySet

from crm.fields.sort_segments import Segment
from crm.records.paging import page_queries
from crm.records.paging.page_queries import UnfinishedWalk, estimate_rows_in_slices

# Fewer matches than these say nothing about how often rows match.
ENOUGH = 4
# Collecting a match takes as long as walking over so many rows.
ROWS_A_MATCH = 20


def count_rows_without_collecting(found: int, size: int) -> int:
    """How many rows a second walk reads where collecting isn't an option; 0 if it probably wouldn't fill the page. If the page
    is full, it only has to reach the page's end."""
    if found >= size:
        return page_queries.WALK
    # In whole thousands, so that few different statements are compiled.
    needed = -(-_estimate_needed_rows(found, size) // 1_000) * 1_000
    return max(needed, page_queries.WALK) if needed <= 3 * page_queries.WALK else 0


def count_rows_before_collecting(
    rows: QuerySet, hidden: Sequence[UnfinishedWalk], segment: Segment, found: int, size: int
) -> int:
    """The same where the alternative is to collect all matches; 0 if that is probably quicker."""
    parts = [rest.part for rest in hidden]
    if found < ENOUGH:
        return (
            page_queries.LONG_WALK
            if estimate_rows_in_slices(rows, parts, segment.condition) > page_queries.MOST_COLLECTED_ROWS
            else 0
        )
    needed = _estimate_needed_rows(found, size)
    if needed <= page_queries.LONG_WALK:
        return page_queries.LONG_WALK
    every = rows.model._default_manager.all()
    matches = estimate_rows_in_slices(every, parts) * found // page_queries.WALK
    # It ends when the page is full, probably after half of them.
    worth = needed <= min(page_queries.LONGEST_WALK, 2 * ROWS_A_MATCH * matches)
    return page_queries.LONGEST_WALK if worth else 0


def _estimate_needed_rows(found: int, size: int) -> int:
    """Twice as many rows as fill the page if those ahead match as often as those behind."""
    return 2 * page_queries.WALK * size // max(found, 1)

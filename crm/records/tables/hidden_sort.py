"""The order of a list by a column that isn't shown, which its page says in words."""

from collections.abc import Collection
from dataclasses import dataclass

from crm.records.listing.record_list import RecordList
from crm.records.paging.sorts import CHANGED, Sorts


@dataclass(frozen=True)
class HiddenSort:
    """`label` is that of the column, and `usual` the query of the same list in its usual order."""

    label: str
    is_descending: bool
    usual: str


def get_hidden_sort(listing: RecordList, columns: Collection[str]) -> HiddenSort | None:
    """None if the header of a column shows the order, and if it is the usual one."""
    sorts: Sorts = listing.kind.sorts
    name = listing.sort.removeprefix("-")
    if name in columns or listing.sort == sorts.default or listing.is_sorted_by_match:
        return None
    # No list has a column for the last change.
    kind = listing.kind
    label = kind.get_heading(name) if name == CHANGED else kind.table.get_column_label(name)
    return HiddenSort(label, listing.sort.startswith("-"), listing.with_sort(sorts.default))

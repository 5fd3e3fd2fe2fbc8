"""Who moved records to Trash."""

from datetime import datetime
from typing import Any

from crm.models import Change, Operation


def get_deletions(table: str, moments: dict[int, datetime]) -> dict[int, Operation]:
    """The operation that deleted each of these records, by ID; `moments` are when they were. A record that was deleted in the database
    itself, or whose changes are gone, isn't in it."""
    if not moments:
        return {}
    changes: Any = Change.objects.of_rows(table, list(moments)).into_trash()
    # A change has the time of its transaction, as the deletion has, so no earlier month is searched.
    rows = changes.since(min(moments.values())).with_operations().order_by("id")
    return {change.row: change.operation for change in rows if change.operation}

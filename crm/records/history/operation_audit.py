"""Entries about operations that take records in or away: imports, undo, and permanent deletions."""

from crm.models import Operation
from crm.platform.web.security_log import note


def follow(operation: Operation) -> None:
    """Called within the transaction of each operation (crm/records/history/verb_execution.py)."""
    details = {"operation": operation.pk, "table": operation.table, "rows": operation.changed}
    if operation.undoes_id:
        note("undone", by=operation.by, **details)
    elif operation.kind == "import":
        note("imported", by=operation.by, **details)
    elif operation.kind == "purge":
        note("deleted_permanently", by=operation.by, **details)

"""Entries about operations that take records in or away: imports, undo, and permanent deletions."""

from crm.models import Operation
from crm.platform.web.security_log import write_security_line


def write_operation_entry(operation: Operation) -> None:
    """Called within the transaction of each operation (crm/records/history/verb_execution.py)."""
    details = {"operation": operation.pk, "table": operation.table, "rows": operation.changed}
    if operation.undoes_id:
        write_security_line("undone", by=operation.by, **details)
    elif operation.kind == "import":
        write_security_line("imported", by=operation.by, **details)
    elif operation.kind == "purge":
        write_security_line("deleted_permanently", by=operation.by, **details)

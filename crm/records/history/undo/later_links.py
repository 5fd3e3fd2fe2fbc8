"""Which records that an operation created are in use by others, so that its undo keeps them."""

from datetime import datetime
from typing import Any

from django.db import connection

from crm.fields.custom.links.incoming_links import get_ids_linked_to, get_links_to_type
from crm.fields.models.record import Record
from crm.fields.types.record_links import get_links_to
from crm.platform.sql.change_triggers import UNDOES_SINCE, UNDONE_OPERATION_SQL
from crm.records.history.undo.undo_permission import get_tracked_models

# Whether an operation has changed the record `o` of a type; the parameters are the type, the operation and the time since which
# it can have changes.
TOUCHED = """EXISTS (SELECT FROM crm_change c WHERE c."table" = %s AND c."row" = o.id
    AND c.operation_id = %s AND c.at >= %s)"""


def get_ids_linked_since(model: Any, ids: list[int]) -> set[int]:
    """Those that present records link to, apart from the ones that the operation being undone has touched itself.

    The transaction says which operation that is (crm/records/history/verb_execution.py).
    """
    found: set[int] = set()
    links: list[tuple[Any, str]] = get_links_to(model, get_tracked_models().values()) if ids else []
    custom = ids and issubclass(model, Record) and get_links_to_type(model.table)
    undoes, since = _get_undo_in_progress() if links or custom else (None, None)
    for other, name in links:
        column = other._meta.get_field(name).column
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT DISTINCT o."{column}" FROM {connection.ops.quote_name(other._meta.db_table)} o
                    WHERE o."{column}" = ANY(%s::bigint[]) AND o.deleted_at IS NULL AND NOT {TOUCHED}""",
                [ids, other.table, undoes, since],
            )
            found.update(pk for (pk,) in cursor.fetchall())
    if custom:
        found |= get_ids_linked_to(model.table, ids, TOUCHED, [undoes, since])
    return found


def _get_undo_in_progress() -> tuple[int | None, datetime | None]:
    """The operation that is being undone, and since when it can have changes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {UNDONE_OPERATION_SQL}, {UNDOES_SINCE}")
        return cursor.fetchone()

"""What a custom field is used by: how many records have a value, and which saved views name it."""

from typing import Any

from django.db import connection

from crm.custom.values import table_of
from crm.models import CustomField, SavedView
from crm.records.kinds import Kind


def filled_by_key(kind: Kind) -> dict[str, int]:
    """How many records outside Trash have a value, for each key that has any."""
    records = connection.ops.quote_name(kind.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT key, count(*) FROM {table_of(kind.model)} v
                JOIN {records} r ON r.id = v.record_id AND r.deleted_at IS NULL
                CROSS JOIN LATERAL jsonb_object_keys(v.values) key GROUP BY 1"""
        )
        return dict(cursor.fetchall())


def total_of(kind: Kind) -> int:
    """How many records there are outside Trash."""
    rows: Any = kind.model.objects
    return rows.present().count()


def views_that_name(definition: CustomField) -> int:
    """How many saved views filter by it, sort by it or show it."""
    names = SavedView.objects.of(definition.table_of).values_list("query", "columns")
    key = definition.key
    return sum(
        key in (columns or [])
        or any(f"{start}{key}{end}" in f"&{query}&" for start in ("&", "=", "=-") for end in "=._&")
        for query, columns in names
    )

"""What a custom field is used by: how many records have a value, and which saved views name it."""

from typing import Any

from django.db import connection
from django.db.models import Func, TextField

from crm.models import CustomField, SavedView
from crm.records.kinds import Kind


def filled_by_key(kind: Kind, user: Any) -> dict[str, int]:
    """How many of the records that the user sees have a value, for each key that has any."""
    rows: Any = kind.model.objects
    keys = Func("custom_values__values", function="jsonb_object_keys", output_field=TextField())
    seen = rows.present().visible_to(user).filter(custom_values__isnull=False).annotate(key=keys)
    sql, parameters = seen.order_by().values("key").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, count(*) FROM ({sql}) filled(key) GROUP BY 1", parameters)
        return dict(cursor.fetchall())


def filled_of(kind: Kind, definition: CustomField, user: Any) -> int:
    """How many of the records that the user sees have a value in the field."""
    rows: Any = kind.model.objects
    return rows.present().visible_to(user).filter(custom_values__values__has_key=definition.key).count()


def total_of(kind: Kind, user: Any) -> int:
    """How many records the user sees."""
    rows: Any = kind.model.objects
    return rows.present().visible_to(user).count()


def views_that_name(definition: CustomField, user: Any) -> int:
    """How many of the saved views that the user sees filter by it, sort by it or show it."""
    views = SavedView.objects.of(definition.table_of).visible_to(user)
    names = views.distinct().values_list("query", "columns")
    key = definition.key
    return sum(
        key in (columns or [])
        or any(f"{start}{key}{end}" in f"&{query}&" for start in ("&", "=", "=-") for end in "=._&")
        for query, columns in names
    )

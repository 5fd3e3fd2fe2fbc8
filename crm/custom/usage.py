"""What a custom field is used by: how many records have a value, and which saved views name it."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Func, TextField

from crm.custom.values import filled
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


def filled_of(kind: Kind, definition: CustomField, user: Any) -> dict[str, int]:
    """How many of the records that the user sees have a value in the field, how many of those in Trash, and how many
    other records."""
    rows: Any = kind.model.objects
    having = rows.visible_to(user).filter(custom_values__values__has_key=definition.key)
    present, everything = having.present().count(), having.count()
    hidden = filled(definition, everywhere=True) - everything
    return {"filled": present, "in_trash": everything - present, "hidden": hidden}


def query_of_filled(field: Any) -> str:
    """The filter of a list for the records with a value in this field."""
    if any(operator.name == "filled" for operator in field.type.operators(field)):
        return f"{field.name}.filled=yes"
    return f"{field.name}=none&{field.name}_not=on"


def total_of(kind: Kind, user: Any) -> int:
    """How many records the user sees."""
    rows: Any = kind.model.objects
    return rows.present().visible_to(user).count()


def views_that_name(definition: CustomField, user: Any) -> int:
    """How many of the saved views that the user sees filter by it, sort by it or show it."""
    return views_by_key(definition.table_of, [definition.key], user)[definition.key]


def views_by_key(table: str, keys: Iterable[str], user: Any) -> dict[str, int]:
    """The same for several fields of a record type, by key."""
    views = SavedView.objects.of(table).visible_to(user)
    names = list(views.distinct().values_list("query", "columns"))
    return {key: sum(_names(query, columns, key) for query, columns in names) for key in keys}


def _names(query: str, columns: list[str] | None, key: str) -> bool:
    return key in (columns or []) or any(
        f"{start}{key}{end}" in f"&{query}&" for start in ("&", "=", "=-") for end in "=._&"
    )

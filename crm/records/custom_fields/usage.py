"""What a field is used by: how many records have a value, and which saved views, rules and import mappings name it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BooleanField, Count, Func, TextField
from django.utils.translation import ngettext

from crm.fields.schemas import Schema
from crm.fields.types.field_type import get_field_type
from crm.models import CustomField, SavedView
from crm.templatetags.look import number

# What else uses fields: (kind, their names) -> the words for each name. Floors and apps add their
# own, such as statuses that require a field.
RULES: list[Callable[[Schema], dict[str, str]]] = []


def describe_usage(kind: Schema, names: Sequence[str], user: Any) -> dict[str, list[str]]:
    """What uses each of these fields, in words."""
    views = count_views_by_key(kind.name, names, user)
    rules = [found(kind) for found in RULES]
    return {
        name: [
            *([describe_view_count(views[name])] if views[name] else []),
            *(rule[name] for rule in rules if name in rule),
        ]
        for name in names
    }


def describe_view_count(count: int) -> str:
    return ngettext("%(number)s saved view", "%(number)s saved views", count) % {"number": number(count)}


def count_filled_built_in_fields(kind: Schema, names: Sequence[str], user: Any) -> tuple[dict[str, int], int]:
    """How many of the records that the user sees have a value in each of these fields, and how many there are, in one
    query. A yes-or-no field isn't counted: it always has a value."""
    rows: Any = kind.model.objects
    fields: list[Any] = [kind.model._meta.get_field(name) for name in names]
    fields = [field for field in fields if not isinstance(field, BooleanField)]
    counts = {
        f"n_{field.name}": Count("pk", filter=~get_field_type(field).build_empty_condition(field))
        for field in fields
        if can_be_empty(field)
    }
    found = rows.present().visible_to(user).order_by().aggregate(total=Count("pk"), **counts)
    total = found["total"]
    return {field.name: found.get(f"n_{field.name}", total) for field in fields}, total


def can_be_empty(field: Any) -> bool:
    """Whether records may have no value in a model field."""
    return field.null or field.empty_strings_allowed or isinstance(field, ArrayField)


def count_filled_by_key(kind: Schema, user: Any) -> dict[str, int]:
    """How many of the records that the user sees have a value, for each key that has any."""
    rows: Any = kind.model.objects
    keys = Func("custom_values__values", function="jsonb_object_keys", output_field=TextField())
    seen = rows.present().visible_to(user).filter(custom_values__isnull=False).annotate(key=keys)
    sql, parameters = seen.order_by().values("key").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, count(*) FROM ({sql}) filled(key) GROUP BY 1", parameters)
        return dict(cursor.fetchall())


def count_filled_records(kind: Schema, definition: CustomField, user: Any) -> dict[str, int]:
    """How many of the records that the user sees have a value in the field, and how many of those in Trash. Of others, not
    even the number is shown."""
    rows: Any = kind.model.objects
    having = rows.visible_to(user).filter(custom_values__values__has_key=definition.key)
    present = having.present().count()
    return {"filled": present, "in_trash": having.count() - present}


def build_filled_query(field: Any) -> str:
    """The filter of a list for the records with a value in this field."""
    if any(operator.name == "filled" for operator in field.type.get_operators(field)):
        return f"{field.name}.filled=yes"
    return f"{field.name}=none&{field.name}_not=on"


def count_views_naming(definition: CustomField, user: Any) -> int:
    """How many of the saved views that the user sees filter by it, sort by it or show it."""
    return count_views_by_key(definition.table_of, [definition.key], user)[definition.key]


def count_views_by_key(table: str, keys: Iterable[str], user: Any) -> dict[str, int]:
    """The same for several fields of a record type, by key."""
    views = SavedView.objects.of_table(table).visible_to(user)
    names = list(views.distinct().values_list("query", "columns"))
    return {key: sum(_names_field(query, columns, key) for query, columns in names) for key in keys}


def _names_field(query: str, columns: list[str] | None, key: str) -> bool:
    return key in (columns or []) or any(
        f"{start}{key}{end}" in f"&{query}&" for start in ("&", "=", "=-") for end in "=._&"
    )

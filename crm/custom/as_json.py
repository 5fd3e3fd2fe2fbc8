"""The custom values of a record in the JSON of API v2, as SQL: numbers as numbers, moments as in other fields."""

from collections.abc import Sequence
from typing import Any

from crm.custom.values import table_of
from crm.models.custom_field import CustomField

Type = CustomField.Type
NONE = "'{}'::jsonb"
# Numbers and moments are stored as texts; the values of all other types are stored as they are shown.
NUMBERS = (Type.NUMBER, Type.MONEY)


def values_sql(model: Any, fields: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The values of these fields by key, without empty ones, and the parameters that the SQL refers to."""
    if not fields:
        return NONE, {}
    sql = f"""(SELECT coalesce(jsonb_object_agg(e.key, CASE
        WHEN e.key = ANY(%(custom_numbers)s::text[]) THEN to_jsonb((e.value #>> '{{}}')::numeric)
        WHEN e.key = ANY(%(custom_moments)s::text[])
        THEN to_jsonb(to_char((e.value #>> '{{}}')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        ELSE e.value END), {NONE})
        FROM {table_of(model)} v CROSS JOIN LATERAL jsonb_each(v.values) e
        WHERE v.record_id = "{model._meta.db_table}".id AND e.key = ANY(%(custom_seen)s::text[]))"""
    return sql, {
        "custom_seen": [field.name for field in fields],
        "custom_numbers": [field.name for field in fields if field.definition.type in NUMBERS],
        "custom_moments": [field.name for field in fields if field.definition.type == Type.MOMENT],
    }

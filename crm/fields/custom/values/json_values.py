"""The custom values of a record in the JSON of API v2, as SQL: numbers as numbers, moments as in other fields."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from crm.fields.custom.files.file_values import is_file
from crm.fields.custom.formulas.sql_generation import build_table_sql
from crm.fields.custom.links.linked_records import is_link
from crm.fields.custom.values.field_registry import is_computed
from crm.fields.custom.values.stored_values import get_values_table
from crm.fields.models.custom_field import CustomField
from crm.platform.record_types import RECORD_TYPES

Type = CustomField.Type
NONE = "'{}'::jsonb"
# Numbers and moments are stored as texts; the values of all other types but links and files are stored as they are shown.
NUMBERS = (Type.NUMBER, Type.MONEY)


def values_sql(model: Any, fields: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The values of these fields by key, without empty ones, and the parameters that the SQL refers to."""
    stored = [field for field in fields if not is_computed(field)]
    formulas = [field for field in fields if is_computed(field)]
    sql, parameters = _build_stored_values_sql(model, stored) if stored else (NONE, {})
    if not formulas:
        return sql, parameters
    own, more = _build_computed_values_sql(model, formulas)
    return f"(coalesce({sql}, {NONE}) || {own})", parameters | more


def _build_computed_values_sql(model: Any, fields: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    pairs: list[str] = []
    parameters: dict[str, Any] = {}
    for field in fields:
        sql, values = build_table_sql(field.formula, model._meta.db_table, "v.values")
        sql, named = name_sql_parameters(sql, values, field.name)
        pairs.append(f"'{field.name}', nullif(to_jsonb({sql}), '\"\"'::jsonb)")
        parameters |= named
    return (
        f"""(SELECT jsonb_strip_nulls(jsonb_build_object({", ".join(pairs)})) FROM (SELECT) once
        LEFT JOIN {get_values_table(model)} v ON v.record_id = "{model._meta.db_table}".id)""",
        parameters,
    )


def name_sql_parameters(sql: str, values: Sequence[Any], name: str) -> tuple[str, dict[str, Any]]:
    """SQL with a name for each of its parameters, which are only places in the SQL of a formula."""
    first, *rest = sql.split("%s")
    names = [f"formula_{name}_{place}" for place in range(len(rest))]
    found = first + "".join(f"%({key})s{text}" for key, text in zip(names, rest, strict=True))
    return found, dict(zip(names, values, strict=True))


def _build_link_case_sql(field: Any) -> str:
    """A link as the number and the name of the record. Whoever sees a record sees the name of what it is linked to."""
    model = field.related_model
    return f"""WHEN e.key = '{field.name}' THEN (
        SELECT jsonb_build_object('id', linked.id, 'title', {model.name_sql("linked")})
        FROM {model._meta.db_table} linked WHERE linked.id = (e.value #>> '{{}}')::bigint)"""


def _build_file_case_sql(field: Any) -> str:
    """What a program learns of a file: not where the store has it, but where it is downloaded (crm/api/v2/field_files.py)."""
    return f"""WHEN e.key = '{field.name}' THEN jsonb_build_object(
        'name', e.value->'name', 'size', e.value->'size', 'content_type', e.value->'content_type',
        'url', %(custom_file_urls)s::text || v.record_id || '/files/{field.name}')"""


def _build_stored_values_sql(model: Any, fields: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    links = " ".join(_build_link_case_sql(field) for field in fields if is_link(field))
    files = " ".join(_build_file_case_sql(field) for field in fields if is_file(field))
    sql = f"""(SELECT coalesce(jsonb_object_agg(e.key, CASE {links} {files}
        WHEN e.key = ANY(%(custom_numbers)s::text[]) THEN to_jsonb((e.value #>> '{{}}')::numeric)
        WHEN e.key = ANY(%(custom_moments)s::text[])
        THEN to_jsonb(to_char((e.value #>> '{{}}')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        ELSE e.value END), {NONE})
        FROM {get_values_table(model)} v CROSS JOIN LATERAL jsonb_each(v.values) e
        WHERE v.record_id = "{model._meta.db_table}".id AND e.key = ANY(%(custom_seen)s::text[]))"""
    urls = (
        {"custom_file_urls": f"{settings.SITE_URL}/api/v2/{RECORD_TYPES[model.table].urls}/"} if files else {}
    )
    return sql, urls | {
        "custom_seen": [field.name for field in fields],
        "custom_numbers": [field.name for field in fields if field.definition.type in NUMBERS],
        "custom_moments": [field.name for field in fields if field.definition.type == Type.MOMENT],
    }

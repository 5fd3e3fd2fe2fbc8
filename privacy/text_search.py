"""Looking through the texts of whole tables for a person's addresses, numbers and names, and replacing them."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Func, JSONField, Model, UniqueConstraint

from crm.fields.model_fields import EmailField, PhoneField, WebsiteField
from privacy.spelling_variants import erase_pattern

Row = tuple[list[Any], dict[str, Any]]


def find_matching_rows(
    model: type[Model], columns: list[str], pattern: str, where: str = "true"
) -> list[Row]:
    """The key and the columns of the rows in which the pattern is found; `where` is a condition on the row."""
    return list(_generate_matching_rows(model, columns, pattern, where)) if pattern else []


def replace_pattern_in_table(
    model: type[Model], columns: list[str], pattern: str, where: str = "true"
) -> int:
    """Replace what the pattern finds. Returns how many rows had it."""
    rows = find_matching_rows(model, columns, pattern, where)
    for key, values in rows:
        left = {name: _remove_pattern(model, name, pattern, value) for name, value in values.items()}
        for name in _get_unique_columns(model) & {name for name in left if left[name] != values[name]}:
            left[name] = _make_text_unique(left[name], key, _get_field(model, name).max_length)
        _write_row(model, key, left)
    return len(rows)


def _get_unique_columns(model: type[Model]) -> set[str]:
    """The columns of which two rows can't be the same."""
    found = {str(field.column) for field in model._meta.local_concrete_fields if field.unique}
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            found.update(constraint.fields)
            for each in constraint.expressions:
                # A column itself, or Lower("name").
                parts: list[Any] = each.get_source_expressions() if isinstance(each, Func) else [each]
                found.update(part.name for part in parts if hasattr(part, "name"))
    return found


def _make_text_unique(text: str, key: list[Any], longest: int | None) -> str:
    ending = f"-{key[-1]}"
    return text[: longest - len(ending) if longest else None] + ending


def _get_key_columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.pk_fields]


def _quote_table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _generate_matching_rows(
    model: type[Model], columns: list[str], pattern: str, where: str
) -> Iterator[Row]:
    keys = _get_key_columns(model)
    names = ", ".join(f't."{name}"' for name in [*keys, *columns])
    texts = ", ".join(f't."{name}"::text' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {_quote_table(model)} t WHERE concat_ws(E'\\n', {texts}) ~* %s AND {where}",
            [pattern],
        )
        for row in cursor.fetchall():
            values = dict(zip(columns, row[len(keys) :], strict=True))
            yield (
                list(row[: len(keys)]),
                {name: _parse_json_value(model, name, value) for name, value in values.items()},
            )


def _parse_json_value(model: type[Model], name: str, value: Any) -> Any:
    is_json = isinstance(_get_field(model, name), JSONField) and isinstance(value, str)
    return json.loads(value) if is_json else value


def _get_field(model: type[Model], column: str) -> Any:
    return next(field for field in model._meta.local_concrete_fields if field.column == column)


def _remove_pattern(model: type[Model], name: str, pattern: str, value: Any) -> Any:
    field = _get_field(model, name)
    new = erase_pattern(pattern, value)
    if new != value and isinstance(field, EmailField | PhoneField | WebsiteField):
        return ""
    longest = getattr(field, "max_length", None)
    return new[:longest] if longest and isinstance(new, str) else new


def _write_row(model: type[Model], key: list[Any], values: dict[str, Any]) -> None:
    sets, parameters = [], []
    for name, value in values.items():
        field = _get_field(model, name)
        cast = "::jsonb" if isinstance(field, JSONField) else ""
        cast = f"::{field.db_type(connection)}" if isinstance(field, ArrayField) else cast
        sets.append(f'"{name}" = %s{cast}')
        parameters.append(json.dumps(value) if cast == "::jsonb" else value)
    found = " AND ".join(f'"{name}" = %s' for name in _get_key_columns(model))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_quote_table(model)} SET {', '.join(sets)} WHERE {found}", [*parameters, *key]
        )

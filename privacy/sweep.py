"""Looking through the texts of whole tables for a person's addresses, numbers and names, and replacing them."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import JSONField, Model

from crm.fields.columns import EmailField, PhoneField
from privacy.spellings import replaced

Row = tuple[list[Any], dict[str, Any]]


def matching(model: type[Model], columns: list[str], pattern: str, where: str = "true") -> list[Row]:
    """The key and the columns of the rows in which the pattern is found; `where` is a condition on the row."""
    return list(_found(model, columns, pattern, where)) if pattern else []


def sweep(model: type[Model], columns: list[str], pattern: str, where: str = "true") -> int:
    """Replace what the pattern finds. Returns how many rows had it."""
    rows = matching(model, columns, pattern, where)
    for key, values in rows:
        _write(model, key, {name: _without(model, name, pattern, value) for name, value in values.items()})
    return len(rows)


def _keys(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.pk_fields]


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _found(model: type[Model], columns: list[str], pattern: str, where: str) -> Iterator[Row]:
    keys = _keys(model)
    names = ", ".join(f't."{name}"' for name in [*keys, *columns])
    texts = ", ".join(f't."{name}"::text' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {_table(model)} t WHERE concat_ws(E'\\n', {texts}) ~* %s AND {where}",
            [pattern],
        )
        for row in cursor.fetchall():
            values = dict(zip(columns, row[len(keys) :], strict=True))
            yield list(row[: len(keys)]), {name: _read(model, name, value) for name, value in values.items()}


def _read(model: type[Model], name: str, value: Any) -> Any:
    is_json = isinstance(_field(model, name), JSONField) and isinstance(value, str)
    return json.loads(value) if is_json else value


def _field(model: type[Model], column: str) -> Any:
    return next(field for field in model._meta.local_concrete_fields if field.column == column)


def _without(model: type[Model], name: str, pattern: str, value: Any) -> Any:
    field = _field(model, name)
    new = replaced(pattern, value)
    if new != value and isinstance(field, EmailField | PhoneField):
        return ""
    longest = getattr(field, "max_length", None)
    return new[:longest] if longest and isinstance(new, str) else new


def _write(model: type[Model], key: list[Any], values: dict[str, Any]) -> None:
    sets, parameters = [], []
    for name, value in values.items():
        field = _field(model, name)
        cast = "::jsonb" if isinstance(field, JSONField) else ""
        cast = f"::{field.db_type(connection)}" if isinstance(field, ArrayField) else cast
        sets.append(f'"{name}" = %s{cast}')
        parameters.append(json.dumps(value) if cast == "::jsonb" else value)
    found = " AND ".join(f'"{name}" = %s' for name in _keys(model))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {_table(model)} SET {', '.join(sets)} WHERE {found}", [*parameters, *key])

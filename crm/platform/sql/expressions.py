"""SQL that the ORM can't express: row comparisons, names from an outer query, rows in place of a table."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, TextField
from django.db.models.sql.datastructures import BaseTable


class After(Func):
    """(a, b) > (x, y) as one row comparison, which one index answers."""

    def __init__(self, columns: Sequence[str], values: Sequence[Any], *, descending: bool) -> None:
        self.values, self.sign = list(values), "<" if descending else ">"
        super().__init__(*map(F, columns), output_field=BooleanField())

    def as_sql(self, compiler, connection, **context):  # type: ignore[override]
        columns, parameters = zip(*map(compiler.compile, self.source_expressions), strict=True)
        marks = ", ".join(["%s"] * len(self.values))
        flat = [item for part in parameters for item in part]
        return f"({', '.join(columns)}) {self.sign} ({marks})", [*flat, *self.values]


class Outer(Func):
    """A name from the outer query, such as walk.value."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(output_field=TextField())

    def resolve_expression(self, *arguments, **keywords):
        return self

    def as_sql(self, compiler, connection, **context):  # type: ignore[override]
        return self.name, []


@dataclass(frozen=True)
class LimitedUnion:
    """The first `most` rows, in one order, of all these queries together."""

    queries: Sequence[QuerySet]
    order: tuple[str, ...]
    most: int

    def get_own_columns(self, named: set[str]) -> list[str]:
        """Which of these columns it has beside those of the model."""
        return []

    def build_sql(self, *columns: str, skip: int = 0) -> tuple[str, list]:
        """SQL and parameters, with all columns or these, without the first `skip` rows."""
        alone = len(self.queries) == 1
        parts: list[str] = []
        parameters: list[Any] = []
        for rows in self.queries:
            ordered = rows.order_by(*self.order)[skip if alone else 0 : self.most]
            found = ordered.values_list(*columns) if columns else ordered
            sql, values = found.query.sql_with_params()
            parts.append(f"({sql})")
            parameters += values
        if alone:
            return parts[0], parameters
        if not self.order:
            return " UNION ALL ".join(parts), parameters
        order = ", ".join(f"{name.lstrip('-')}{' DESC' if name[0] == '-' else ''}" for name in self.order)
        end = f"ORDER BY {order} LIMIT {self.most - skip} OFFSET {skip}"
        return f"{' UNION ALL '.join(parts)} {end}", parameters


@dataclass(frozen=True)
class LimitedUnionOfValues(LimitedUnion):
    """The same from a table of custom values, which is joined to its records: the query computes the values."""

    def build_sql(self, *columns: str, skip: int = 0) -> tuple[str, list]:
        (side,) = self.queries
        order = [re.sub(r"^(-?)id$", r"\1record_id", name) for name in dict.fromkeys(self.order)]
        others = [column for column in columns if column not in side.query.annotations]
        side = side.annotate(
            **{name: F("record_id" if name == "id" else f"record__{name}") for name in others}
        )
        return side.order_by(*order).values_list(*columns)[skip : self.most].query.sql_with_params()

    def get_own_columns(self, named: set[str]) -> list[str]:
        return [name for name in self.queries[0].query.annotations if name in named]


class _Rows(BaseTable):
    """Replaces the table with some of its rows. Outer conditions can't make it read on, or find rows in other ways."""

    def __init__(self, table: BaseTable, first: LimitedUnion) -> None:
        super().__init__(table.table_name, table.table_alias)
        self.first = first

    def as_sql(self, compiler, connection):
        """A mark, which `written` replaces."""
        return f"{MARK} {compiler.quote_name_unless_alias(self.table_alias)}", [self]


# Not in any other SQL: no table has a name like this.
MARK = "(SELECT FROM these_rows)"


def restrict_to_first_rows(first: LimitedUnion, rows: QuerySet) -> QuerySet:
    """These rows, restricted to the first ones. Only `written` can write their SQL."""
    table = rows.query.get_initial_alias()
    whole: Any = rows.query.alias_map[table]
    rows.query.alias_map[table] = _Rows(whole, first)
    return rows


def compile_queryset(rows: QuerySet) -> tuple[str, list[Any]]:
    """The SQL of a queryset and its parameters. The first rows have only the columns that the rest of the statement
    names: with all 50 columns, planning a page takes half as long again."""
    sql, found = rows.query.sql_with_params()
    parameters: list[Any] = []
    for value in found:
        if not isinstance(value, _Rows):
            parameters.append(value)
            continue
        named = set(re.findall(rf'"{value.table_alias}"\."(\w+)"', sql))
        columns = [field.attname for field in rows.model._meta.concrete_fields if field.column in named]
        columns += value.first.get_own_columns(named)
        first, values = value.first.build_sql(*columns)
        sql = sql.replace(MARK, f"({first})", 1)
        parameters += values
    return sql, parameters


def estimate_rows(rows: QuerySet) -> int:
    """How many rows the planner expects, without reading any; none for a query that can't find any."""
    try:
        statement = rows.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    return estimate_statement_rows(*statement)


def estimate_statement_rows(sql: str, parameters: Sequence[Any]) -> int:
    """The same for a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return plan[0]["Plan"]["Plan Rows"]

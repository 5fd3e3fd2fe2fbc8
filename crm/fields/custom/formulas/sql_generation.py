"""The SQL of a formula. Numbers stay numeric, and nothing in it can fail: what can't be computed is empty."""

from typing import Any

from django.db.models import Expression, F, Field
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.fields.custom.formulas.formula_parser import MOST_DIGITS, MOST_PLACES
from crm.fields.custom.formulas.syntax_tree import (
    LONGEST_TEXT,
    TEXT,
    CheckedFormula,
    FormulaColumns,
    Sql,
    TypedNode,
)
from crm.fields.custom.values.json_types import VALUES

SIGNS = {"!=": "<>", "and": "AND", "or": "OR"}


def build_formula_sql(formula: CheckedFormula, place: FormulaColumns) -> Sql:
    """Its value as SQL with %s for each parameter: a numeric, date, boolean or text. A text is never NULL."""
    sql, values = _build_part_sql(formula.tree, place)
    match formula.result.name:
        case "number" | "money":
            return build_bounded_sql(sql, formula.result.places), values
        case "text":
            return f"left(coalesce({sql}, ''), {LONGEST_TEXT})", values
    return sql, values


def build_bounded_sql(sql: str, places: int) -> str:
    """The number rounded, and nothing for more than 15 digits. LEAST and GREATEST skip NULL, which becomes the limit."""
    limit = 10**MOST_DIGITS
    rounded = f"greatest(least(trim_scale(round({sql}, {places})), {limit}), -{limit})"
    return f"nullif(nullif({rounded}, {limit}), -{limit})"


def _build_part_sql(part: TypedNode, place: FormulaColumns) -> Sql:
    match part.name:
        case "field":
            return part.value.sql(place)
        case "has":
            return part.parts[0].value.has_key(place, part.value)
        case "number":
            return f"{part.value}::numeric", []
        case "text":
            return "%s::text", [part.value]
        case "day":
            return "%s::date", [part.value]
        case "yes" | "no":
            return ("true" if part.name == "yes" else "false"), []
        case "nothing":
            return "NULL", []
        case "today":
            return "(now() AT TIME ZONE %s)::date", [timezone.get_current_timezone_name()]
    texts, values = _build_parts_sql(part.parts, place)
    return _build_operation_sql(part, texts), values


def _build_parts_sql(parts: tuple[TypedNode, ...], place: FormulaColumns) -> tuple[list[str], list[Any]]:
    written = [_build_part_sql(part, place) for part in parts]
    return [sql for sql, _values in written], [value for _sql, values in written for value in values]


def _build_operation_sql(part: TypedNode, texts: list[str]) -> str:
    match part.name:
        case "minus":
            return f"(-{texts[0]})"
        case "/":
            return f"({texts[0]} / nullif({texts[1]}, 0))"
        case "round":
            return f"round({texts[0]}, {part.value})"
        case "days":
            return f"({texts[0]} - {texts[1]})::numeric"
        case "not":
            return f"(NOT {texts[0]})"
        case "empty":
            is_text = part.parts[0].result == TEXT
            return f"({texts[0]} = '')" if is_text else f"({texts[0]} IS NULL)"
        case "concat":
            return f"({' || '.join(map(_build_text_sql, part.parts, texts))})"
        case "if":
            return _build_if_sql(part, texts)
        case "=" | "!=" if part.parts[0].result == TEXT:
            return f"(leadwell_fold({texts[0]}) {SIGNS.get(part.name, part.name)} leadwell_fold({texts[1]}))"
    return f"({texts[0]} {SIGNS.get(part.name, part.name)} {texts[1]})"


def _build_if_sql(part: TypedNode, texts: list[str]) -> str:
    """Empty if it isn't known whether the condition is met: CASE with a value asks for it only once."""
    cast = COLUMNS[part.result.name]
    otherwise = texts[2] if len(texts) > 2 else "NULL"
    found = f"(CASE {texts[0]} WHEN true THEN {texts[1]} WHEN false THEN {otherwise} END)::{cast}"
    return f"coalesce({found}, '')" if part.result == TEXT else found


COLUMNS = {"number": "numeric", "money": "numeric", "date": "date", "text": "text", "yes_no": "boolean"}


def _build_text_sql(part: TypedNode, sql: str) -> str:
    """Empty for a missing value. Numbers have a point and no zeros at their end, dates are like 2026-05-31."""
    match part.result.name:
        case "text":
            return f"coalesce({sql}, '')"
        case "date":
            return f"coalesce(to_char({sql}, 'YYYY-MM-DD'), '')"
        case "yes_no":
            yes, no = _quote_sql_text(_("yes")), _quote_sql_text(_("no"))
            return f"(CASE {sql} WHEN true THEN {yes} WHEN false THEN {no} ELSE '' END)"
    return f"coalesce(trim_scale(round({sql}, {min(part.result.places, MOST_PLACES)}))::text, '')"


def _quote_sql_text(word: str) -> str:
    """One of our own words as SQL."""
    doubled = word.replace("'", "''")
    return f"'{doubled}'"


class FormulaValue(Expression):
    """A formula in a query. It names the columns that it reads, so that the query joins their tables."""

    def __init__(self, formula: CheckedFormula, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.formula = formula
        self.names = sorted(formula.columns)
        self.sources: list[Any] = [F(name) for name in self.names]

    def get_source_expressions(self):
        return self.sources

    def set_source_expressions(self, exprs):
        self.sources = exprs

    def as_sql(self, compiler, connection):
        columns = [compiler.compile(source)[0] for source in self.sources]
        by_name = dict(zip(self.names, columns, strict=True))
        return build_formula_sql(
            self.formula, FormulaColumns(by_name.__getitem__, by_name.get(VALUES, "NULL"))
        )


def build_table_sql(formula: CheckedFormula, table: str, values: str) -> Sql:
    """The same where the SQL is written by hand: `table` and `values` are the names of the record's tables."""
    return build_formula_sql(formula, FormulaColumns(lambda column: f'"{table}"."{column}"', values))

"""The fields that a formula can name: built-in and custom fields of a record type, each with its result and its SQL."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone, translation
from django.utils.text import capfirst
from django_countries import countries
from django_countries.fields import CountryField

from crm.fields.custom.formulas.sql_generation import build_formula_sql
from crm.fields.custom.formulas.syntax_tree import (
    DATE,
    LONGEST_TEXT,
    NUMBER,
    TEXT,
    YES_NO,
    CheckedFormula,
    FormulaColumns,
    FormulaResult,
    Sql,
)
from crm.fields.custom.values.json_types import VALUES
from crm.fields.model_fields import MoneyField
from crm.fields.models.custom_field import CustomField
from crm.fields.types.choices import Person, Related
from crm.fields.types.field_type import get_field_type
from crm.platform.configuration.company import get_company_currency
from crm.platform.record_types import RecordType
from crm.platform.sql.reference_tables import get_row_label, get_rows_for_field

Type = CustomField.Type
TEXTS = (Type.TEXT, Type.LONG_TEXT, Type.EMAIL, Type.PHONE, Type.URL)


@dataclass(frozen=True, eq=False)
class FormulaSource:
    """A field in a formula. `labels` are what it is called, in the reader's language first; `column` is the column that it
    reads, '' for the custom values. `choices` are the labels by key, `has_key` says whether a record has the choice with a key.
    A formula is computed where it is named."""

    name: str
    labels: Callable[[], list[str]]
    result: FormulaResult
    sql: Callable[[FormulaColumns], Sql]
    column: str = ""
    choices: Callable[[], Mapping[str, str]] | None = None
    has_key: Callable[[FormulaColumns, str], Sql] | None = None
    formula: CheckedFormula | None = None

    @property
    def label(self) -> str:
        return self.labels()[0]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a query must know, also those of other formulas."""
        return self.formula.columns if self.formula else frozenset([self.column or VALUES])


def get_built_in_sources(kind: RecordType) -> dict[str, FormulaSource]:
    """The fields of the model that a formula can name. Users aren't among them: not everyone may see their names."""
    names = dict.fromkeys([*kind.fields.FORM_FIELDS, *kind.fields.LIST, *kind.fields.CONDITIONS])
    by_name: dict[str, Any] = {field.name: field for field in kind.model._meta.concrete_fields}
    found = [_build_column_source(by_name[name]) for name in names if name in by_name]
    return {source.name: source for source in found if source}


def is_small_table_reference(field: Any) -> bool:
    """Whether it names a row of a small table, unlike a user or another record."""
    return isinstance(get_field_type(field), Related) and not isinstance(get_field_type(field), Person)


def _build_column_source(field: Any) -> FormulaSource | None:
    def plain(
        form: str, result: FormulaResult, *values: Callable[[], Any], column: str = field.column
    ) -> FormulaSource:
        def sql(place: FormulaColumns) -> Sql:
            return form.format(place.column(column)), [value() for value in values]

        return FormulaSource(field.name, labels, result, sql, column)

    def labels() -> list[str]:
        return _get_labels_in_all_languages(lambda: str(capfirst(field.verbose_name)))

    match field:
        case models.ForeignKey():
            return _build_table_source(field, labels) if is_small_table_reference(field) else None
        case MoneyField():
            money = FormulaResult("money", get_company_currency(), 2)
            return plain("{}", money, column=field.base_column)
        case CountryField():
            return _build_country_source(field, labels)
        case models.BooleanField():
            return plain("{}", YES_NO)
        case models.DateTimeField():
            return plain("({} AT TIME ZONE %s)::date", DATE, timezone.get_current_timezone_name)
        case models.DateField():
            return plain("{}", DATE)
        case models.DecimalField():
            return plain("{}", FormulaResult("number", places=field.decimal_places))
        case models.AutoField() | models.IntegerField():
            return plain("{}::numeric", NUMBER)
        case models.CharField() | models.TextField() if not field.choices:
            return plain(f"left({{}}, {LONGEST_TEXT})", TEXT)
    return None


def _get_labels_in_all_languages(label: Callable[[], str]) -> list[str]:
    """The label in the reader's language, then in the others."""
    found = [label()]
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(label())
    return list(dict.fromkeys(found))


def _encode_labels(labels: Mapping[Any, Any]) -> str:
    return json.dumps({str(key): str(label) for key, label in labels.items()}, ensure_ascii=False)


def _build_table_source(field: Any, labels: Callable[[], list[str]]) -> FormulaSource:
    """A choice among the rows of a small table, such as the status."""

    def choices() -> dict[str, str]:
        return {str(row.pk): str(get_row_label(row)) for row in get_rows_for_field(field)}

    def sql(place: FormulaColumns) -> Sql:
        return f"coalesce(%s::jsonb ->> {place.column(field.column)}::text, '')", [_encode_labels(choices())]

    def has_key(place: FormulaColumns, key: str) -> Sql:
        return f"coalesce({place.column(field.column)} = %s::bigint, false)", [int(key)]

    return FormulaSource(field.name, labels, TEXT, sql, field.column, choices, has_key)


def _build_country_source(field: Any, labels: Callable[[], list[str]]) -> FormulaSource:
    def choices() -> dict[str, str]:
        return {code: str(name) for code, name in countries}

    def sql(place: FormulaColumns) -> Sql:
        return f"coalesce(%s::jsonb ->> {place.column(field.column)}, '')", [_encode_labels(choices())]

    def has_key(place: FormulaColumns, key: str) -> Sql:
        return f"({place.column(field.column)} = %s)", [key]

    return FormulaSource(field.name, labels, TEXT, sql, field.column, choices, has_key)


def build_custom_source(definition: CustomField) -> FormulaSource | None:
    """A custom field whose values are stored; None for a type that formulas don't know."""
    kind, key = definition.type, definition.key

    def plain(form: str, result: FormulaResult, *values: Callable[[], Any]) -> FormulaSource:
        def sql(place: FormulaColumns) -> Sql:
            return form.format(f"({place.values} ->> '{key}')"), [value() for value in values]

        return FormulaSource(key, lambda: get_definition_labels(definition), result, sql)

    if kind in TEXTS:
        return plain(f"left(coalesce({{}}, ''), {LONGEST_TEXT})", TEXT)
    match kind:
        case Type.NUMBER:
            return plain("{}::numeric", FormulaResult("number", places=definition.decimals))
        case Type.MONEY:
            return plain("{}::numeric", FormulaResult("money", definition.unit, 2))
        case Type.RATING:
            return plain("{}::numeric", NUMBER)
        case Type.DATE:
            return plain("{}::date", DATE)
        case Type.MOMENT:
            zone = timezone.get_current_timezone_name
            return plain("({}::timestamptz AT TIME ZONE %s)::date", DATE, zone)
        case Type.YES_NO:
            return plain("{}::boolean", YES_NO)
        case Type.CHOICE:
            return _build_choice_source(definition)
        case Type.CHOICES:
            return _build_choices_source(definition)
    return None


def get_definition_labels(definition: CustomField) -> list[str]:
    return list(dict.fromkeys(filter(None, [definition.label, definition.name, definition.name_ro])))


def _get_choice_labels(definition: CustomField) -> dict[str, str]:
    return {choice["key"]: choice["name"] for choice in definition.choices}


def _build_choice_source(definition: CustomField) -> FormulaSource:
    key = definition.key

    def sql(place: FormulaColumns) -> Sql:
        return f"coalesce(%s::jsonb ->> ({place.values} ->> '{key}'), '')", [
            _encode_labels(_get_choice_labels(definition))
        ]

    def has_key(place: FormulaColumns, choice: str) -> Sql:
        return f"coalesce({place.values} ->> '{key}' = %s, false)", [choice]

    return FormulaSource(
        key,
        lambda: get_definition_labels(definition),
        TEXT,
        sql,
        choices=lambda: _get_choice_labels(definition),
        has_key=has_key,
    )


def _build_choices_source(definition: CustomField) -> FormulaSource:
    """The labels of several choices, separated by commas."""
    key = definition.key

    def sql(place: FormulaColumns) -> Sql:
        form = f"""coalesce((SELECT string_agg(%s::jsonb ->> chosen.key, ', ' ORDER BY chosen.place)
            FROM jsonb_array_elements_text({place.values} -> '{key}') WITH ORDINALITY chosen(key, place)), '')"""
        return form, [_encode_labels(_get_choice_labels(definition))]

    return FormulaSource(key, lambda: get_definition_labels(definition), TEXT, sql)


def build_formula_source(definition: CustomField, formula: CheckedFormula) -> FormulaSource:
    return FormulaSource(
        definition.key,
        lambda: get_definition_labels(definition),
        formula.result,
        lambda place: build_formula_sql(formula, place),
        formula=formula,
    )

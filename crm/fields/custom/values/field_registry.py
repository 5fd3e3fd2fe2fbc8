"""The custom fields of a record type as model fields, made once per process for each state of their definitions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import lazy

from crm.fields.custom.definitions.built_in_fields import get_definitions_stamp
from crm.fields.custom.definitions.type_history import TypeChange, get_type_changes
from crm.fields.custom.files.file_values import StoredFileField, is_file
from crm.fields.custom.formulas.formula_parser import MOST_DIGITS, MOST_PLACES
from crm.fields.custom.formulas.formula_set import FormulaSet, build_formula_set
from crm.fields.custom.formulas.sql_generation import FormulaValue
from crm.fields.custom.links.linked_records import LinkedRecord
from crm.fields.custom.values.custom_types import CUSTOM_FIELD_TYPES, MOST_RATING
from crm.fields.custom.values.form_fields import (
    Address,
    Amount,
    Day,
    Line,
    Moment,
    OneUser,
    SeveralChoices,
    Stars,
    get_choice_labels,
)
from crm.fields.custom.values.json_types import build_plain_field
from crm.fields.models.custom_field import CustomField, is_key
from crm.fields.types.texts import one_line
from crm.platform.configuration.company import get_company_currency
from crm.platform.web.request_cache import cache_reads, read_cached, read_cached_in_block

Type = CustomField.Type
# The states that a process keeps: requests that began before a change still use the one before.
MOST_STATES = 4

Known = dict[str, list[Any]]
_states: dict[tuple[str, str], Known] = {}


@contextmanager
def use_definitions_as_found() -> Iterator[None]:
    """Within this block, which only reads, also in requests that write: the fields as they were at the beginning of the
    request, and small tables are read once."""
    with cache_reads(custom_fields_stamp=read_cached_in_block("custom_fields_stamp", get_definitions_stamp)):
        yield


def get_custom_fields(table: str, user: Any = None) -> list[Any]:
    """The fields of a record type in order, as far as the user may see them; without a user, all of them. Retired
    fields aren't among them."""
    seen_by = "all" if user is None else sorted(user.role_ids)

    def read() -> list[Any]:
        return [
            field
            for field in get_all_custom_fields(table)
            if not field.definition.retired and is_seen_by(field, user)
        ]

    # A page asks for them about ten times.
    return list(read_cached(f"custom fields of {table} seen by {seen_by}", read))


def get_editable_custom_fields(table: str, user: Any) -> list[Any]:
    """Those of them that the user may also edit."""
    return [field for field in get_custom_fields(table, user) if is_edited_by(field, user)]


def get_all_custom_fields(table: str) -> list[Any]:
    """Also the retired and deleted ones, which the history names."""
    return get_fields_of_every_type().get(table, [])


def get_fields_of_every_type() -> Known:
    """All custom fields by the name of their record type, retired and deleted ones too."""
    return read_cached("custom fields", _get_cached_definitions)


def get_custom_field(table: str, name: str) -> Any:
    """The field with this key, whether in use or not; None if there is none."""
    if not is_key(name):
        return None
    return next((field for field in get_all_custom_fields(table) if field.name == name), None)


def get_field_by_key(key: str) -> Any:
    """The field with this key, whatever its record type: keys are never used twice."""
    known = get_fields_of_every_type()
    return next((field for table in known for field in known[table] if field.name == key), None)


def is_custom(field: Any) -> bool:
    return hasattr(field, "definition")


def is_seen_by(field: Any, user: Any) -> bool:
    """Whether one of the user's roles may see the field; a field without roles is for everyone. A formula is hidden with
    each field that it uses, because it may reveal the value."""
    return user is None or all(
        not row.roles or bool(set(row.roles) & set(user.role_ids)) for row in (field.definition, *field.below)
    )


def is_computed(field: Any) -> bool:
    """Whether it is a formula, whose values can't be written."""
    return field.definition.is_computed


def is_written_as_text(field: Any) -> bool:
    """Whether files, programs and small forms can write its values: no formula, whose values follow from others, and no file,
    which only the form of a record uploads."""
    return not is_computed(field) and not is_file(field)


def get_writable_custom_fields(table: str, user: Any = None) -> list[Any]:
    """The same as get_custom_fields(), as far as values are written as texts."""
    return [field for field in get_custom_fields(table, user) if is_written_as_text(field)]


def is_for_some(key: str) -> bool:
    """Whether only some roles may see the field with this key: texts for unknown readers don't name it."""
    field = get_field_by_key(key) if is_key(key) else None
    return bool(field and field.definition.roles)


def is_edited_by(field: Any, user: Any) -> bool:
    """Whether the user sees the field and may change its values in records that they may change."""
    editors = field.definition.editors
    return (
        not is_computed(field)
        and is_seen_by(field, user)
        and (not editors or user is None or bool(set(editors) & set(user.role_ids)))
    )


def is_used_in(field: Any, department: int | None) -> bool:
    """Whether records of this department have the field."""
    return not field.definition.departments or department in field.definition.departments


def _get_cached_definitions() -> Known:
    """The definitions in their current state. The results of formulas with amounts are in the base currency."""
    state = read_cached("custom_fields_stamp", get_definitions_stamp), get_company_currency()
    if state not in _states:
        found = _read_definitions()
        while len(_states) >= MOST_STATES:
            _states.pop(next(iter(_states)), None)
        _states[state] = found
    return _states[state]


def _read_definitions() -> Known:
    tables: dict[str, list[CustomField]] = {}
    definitions = list(CustomField.objects.in_order())
    changes = get_type_changes(definitions)
    for definition in definitions:
        tables.setdefault(definition.table_of, []).append(definition)
    found = {table: _build_model_fields(table, rows) for table, rows in tables.items()}
    for field in (field for fields in found.values() for field in fields):
        field.earlier = [_convert_type_change(change) for change in changes.get(field.definition.pk, [])]
    return found


def _convert_type_change(change: TypeChange) -> TypeChange:
    """With model fields in place of the definitions."""
    return replace(change, before=build_model_field(change.before), after=build_model_field(change.after))


def _build_model_fields(table: str, definitions: list[CustomField]) -> list[Any]:
    if not any(row.is_computed for row in definitions):
        return [build_model_field(row) for row in definitions]
    book = build_formula_set(table, definitions)
    return [build_model_field(row, book=book if row.is_computed else None) for row in definitions]


def build_model_field(definition: CustomField, name: str = "", *, book: FormulaSet | None = None) -> Any:
    """The model field of a definition, named by its key or as given. Its label is in the language of its reader. That of a
    formula needs the book with the fields that it uses; it has the type of its result."""
    said = lazy(lambda attribute: getattr(definition, attribute), str)
    options: dict[str, Any] = {
        "verbose_name": said("label"),
        "help_text": said("help_in_active_language"),
        "blank": True,
    }
    formula = book.get_formula(definition) if book else None
    value_type = formula.result.name if formula else definition.type
    field: Any = _build_model_field(definition, value_type, options)
    field.set_attributes_from_name(name or definition.key)
    field.definition, field.formula, field.value_type = definition, formula, value_type
    field.type = CUSTOM_FIELD_TYPES[value_type]
    field.unit = definition.unit or (formula.result.unit if formula else "")
    field.expression = FormulaValue(formula, build_plain_field(field)) if formula else None
    field.below = [book.definitions[key] for key in book.get_used_keys(definition)] if book else []
    # Its changes of type (crm/fields/custom/definitions/type_history.py), which only fields in the database have.
    field.earlier = []
    field.by_key = {choice["key"]: choice for choice in definition.choices}
    field.editable = True
    # What is read once for each state of the definitions (crm/fields/custom/values/field_registry.py).
    field.kept = {}
    return field


def _build_model_field(definition: CustomField, value_type: str, options: dict[str, Any]) -> Any:
    empty = {**options, "null": True}
    match value_type:
        case Type.LONG_TEXT:
            return models.TextField(max_length=50_000, **options)
        case Type.NUMBER:
            places = MOST_PLACES if definition.is_computed else definition.decimals
            digits = MOST_DIGITS + MOST_PLACES if definition.is_computed else 20
            return Amount(max_digits=digits, decimal_places=places, **empty)
        case Type.MONEY:
            return Amount(max_digits=20, decimal_places=2, **empty)
        case Type.DATE:
            return Day(**empty)
        case Type.MOMENT:
            return Moment(**empty)
        case Type.YES_NO:
            return models.BooleanField(**empty)
        case Type.CHOICE:
            return models.CharField(max_length=20, choices=get_choice_labels(definition), **options)
        case Type.CHOICES:
            return SeveralChoices(definition, **empty)
        case Type.RATING:
            limits: list[Any] = [MinValueValidator(1), MaxValueValidator(MOST_RATING)]
            return Stars(validators=limits, **empty)
        case Type.EMAIL:
            return models.EmailField(max_length=254, **options)
        case Type.PHONE:
            return models.CharField(max_length=60, **options)
        case Type.URL:
            return Address(max_length=300, **options)
        case Type.USER:
            return OneUser(**empty)
        case Type.LINK:
            return LinkedRecord(definition.links_to, **empty)
        case Type.FILE:
            return StoredFileField(**empty)
    return Line(max_length=500, validators=[one_line], **options)  # type: ignore[list-item]


def get_offered_choices(field: Any, held: Any) -> list[tuple[str, str]]:
    """The choices of a form: those in use, and those that the record has."""
    kept = held if isinstance(held, list) else [held]
    return [
        (choice["key"], choice["name"])
        for choice in field.definition.choices
        if not choice.get("retired") or choice["key"] in kept
    ]


def has_filter(field: Any) -> bool:
    """Whether it is filtered by choices or periods."""
    return _get_cached(field, "has_filter", lambda: field.type.build_filter(field) is not None)


def is_sorted(field: Any) -> bool:
    """Whether a list can be sorted by it."""
    return _get_cached(field, "is_sorted", lambda: field.type.build_sort(field) is not None)


def get_operators(field: Any) -> list[Any]:
    """The operators of its conditions."""
    return _get_cached(field, "operators", lambda: list(field.type.get_operators(field)))


def _get_cached(field: Any, name: str, read: Callable[[], Any]) -> Any:
    if name not in field.kept:
        field.kept[name] = read()
    return field.kept[name]

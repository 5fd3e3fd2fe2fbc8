"""A formula in the form of its definition: checked as typed, offered fields, and values of some records as a preview."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from crm.fields.custom.formulas.formula_set import FormulaReader, FormulaSet, get_stored_text
from crm.fields.custom.values.field_registry import get_custom_fields
from crm.fields.schemas import SCHEMAS, Schema
from crm.models import CustomField
from crm.platform.text.quotation import quote_text


def get_definitions_with_proposed(kind: Schema, changed: CustomField | None = None) -> list[CustomField]:
    """All custom fields of a kind, one of them as it would be."""
    rows = {row.key: row for row in CustomField.objects.filter(table_of=kind.name).in_order()}
    if changed is not None:
        rows[changed.key] = changed
    return list(rows.values())


def build_formula_reader(kind: Schema, own: CustomField, user: Any) -> FormulaReader:
    """Reads what the user types as the formula of a definition."""
    seen = [field.name for field in get_custom_fields(kind.name, user)]
    return FormulaReader(
        FormulaSet(kind, get_definitions_with_proposed(kind)),
        seen,
        own,
        lambda: map(kind.get_heading, kind.fields.LIST),
    )


def get_formula_text(kind: Schema, own: CustomField, user: Any) -> str:
    """The formula as its form shows it, with the labels of today."""
    reader = build_formula_reader(kind, own, user)
    return reader.format_formula(reader.book.get_formula(own))


def copy_definition_with(own: CustomField, **values: Any) -> CustomField:
    """The definition as it would be; a new one has the key c0."""
    found = copy(own)
    found.pk = own.pk or 0
    for name, value in values.items():
        setattr(found, name, value)
    return found


def parse_to_stored_text(kind: Schema, own: CustomField, text: str, user: Any) -> str:
    """The typed formula as it is stored. Raises FormulaError."""
    return get_stored_text(build_formula_reader(kind, own, user).check(text))


def get_broken_formula(kind: Schema, own: CustomField) -> str:
    """Which formula could no longer be computed if the definition were like this, and why; '' if there is none."""
    before, after = (
        FormulaSet(kind, get_definitions_with_proposed(kind)),
        FormulaSet(kind, get_definitions_with_proposed(kind, own)),
    )
    for row in after.definitions.values():
        if (
            not row.is_computed
            or row.deleted
            or row.key == own.key
            or own.key not in after.get_used_keys(row)
        ):
            continue
        problem = after.get_formula(row).problem
        if problem and not before.get_formula(row).problem:
            words = _("The formula “%(name)s” uses this field and could no longer be computed: %(problem)s")
            return words % {"name": row.label, "problem": problem}
    return ""


def get_formulas_naming_field(own: CustomField) -> list[CustomField]:
    """The formulas in use that name the field."""
    kind = SCHEMAS[own.table_of]
    return [
        row
        for row in FormulaSet(kind, get_definitions_with_proposed(kind)).get_formulas_using(own)
        if not row.retired
    ]


def get_retirement_obstacle(own: CustomField) -> str:
    """Why a field can't be retired or deleted; '' if it can."""
    if not (rows := get_formulas_naming_field(own)):
        return ""
    names = get_text_list([quote_text(row.label) for row in rows], _("and"))
    return _("Change or delete these formulas first, because they use this field: %(names)s.") % {
        "names": names
    }


def describe_result(kind: Schema, own: CustomField) -> str:
    """What the formula results in, such as "number"."""
    formula = FormulaSet(kind, get_definitions_with_proposed(kind, own)).get_formula(own)
    return str(CustomField.Type(formula.result.name).label)


def get_offered_labels_and_types(kind: Schema, own: CustomField, user: Any) -> Iterable[tuple[str, str]]:
    """The labels of the fields that the formula can name, each with the type of its values."""
    for source in build_formula_reader(kind, own, user).get_offered_sources():
        yield source.label, str(CustomField.Type(source.result.name).label)

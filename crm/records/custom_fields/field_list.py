"""The fields of a record type as Settings lists them: built-in and custom ones by section, with what uses them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.built_in_fields import get_changed_fields
from crm.fields.schemas import Schema
from crm.fields.types import choices, dates, numbers, texts
from crm.fields.types.field_type import get_field_type
from crm.models import BuiltInField, CustomField
from crm.platform.text.text_folding import fold_text
from crm.records.custom_fields.sections import get_field_names_by_section, get_section_titles
from crm.records.custom_fields.usage import (
    count_filled_built_in_fields,
    count_filled_by_key,
    describe_usage,
)

Type = CustomField.Type
# The section of fields that nobody types, which have no place in forms.
AUTOMATIC = "automatic"

# How a built-in field's type is called, the most special class first.
CALLED: list[tuple[Any, Any]] = [
    (texts.Email, Type.EMAIL),
    (texts.Phone, Type.PHONE),
    (texts.Website, Type.URL),
    (texts.Prose, Type.LONG_TEXT),
    (choices.YesNo, Type.YES_NO),
    (choices.Tags, Type.CHOICES),
    (choices.Person, Type.USER),
    (choices.Related, Type.CHOICE),
    (choices.Country, Type.CHOICE),
    (dates.Moment, Type.MOMENT),
    (dates.Day, Type.DATE),
    (numbers.Money, Type.MONEY),
    (numbers.Number, Type.NUMBER),
]


@dataclass
class ListedField:
    """One line of the list. `row` is what was changed of a built-in field, `definition` that of a custom one."""

    kind: Schema
    name: str
    row: BuiltInField | None = None
    definition: CustomField | None = None
    first: bool = False
    last: bool = False
    filled: int | None = None
    used_by: list[str] = field(default_factory=list)

    @property
    def pk(self) -> str:
        """What a form sends for it."""
        return self.name

    @property
    def label(self) -> str:
        return self.definition.label if self.definition else self.kind.get_heading(self.name)

    @cached_property
    def is_required(self) -> bool:
        if self.definition:
            return self.definition.required
        return bool(self.row and self.row.required) or is_always_required(
            self.kind.model._meta.get_field(self.name)
        )

    @property
    def is_retired(self) -> bool:
        return bool(self.definition and self.definition.retired)

    @property
    def type_name(self) -> str:
        if self.definition:
            return str(capfirst(self.definition.get_type_display()))
        own = get_field_type(self.kind.model._meta.get_field(self.name))
        found = next((called for known, called in CALLED if isinstance(own, known)), Type.TEXT)
        return str(capfirst(found.label))

    def is_found_by(self, text: str) -> bool:
        row = self.row
        names = [self.label, *((self.definition.name, self.definition.name_ro) if self.definition else ())]
        names += [row.label, row.label_ro] if row else []
        return any(fold_text(text) in fold_text(name) for name in names)


@dataclass(frozen=True)
class FieldSection:
    name: str
    title: str
    fields: list[ListedField]


def build_field_sections(kind: Schema, custom: Iterable[CustomField]) -> list[FieldSection]:
    """All fields by section, in order; then those that nobody types."""
    definitions = {row.key: row for row in custom}
    rows = get_changed_fields(kind.name)
    titles = get_section_titles(kind)
    found = [
        FieldSection(
            name,
            titles[name],
            [ListedField(kind, one, rows.get(one), definitions.get(one)) for one in names],
        )
        for name, names in get_field_names_by_section(kind, definitions.values()).items()
    ]
    _mark_ends(found)
    automatic = [ListedField(kind, name, rows.get(name)) for name in get_automatic_fields(kind)]
    return [*found, FieldSection(AUTOMATIC, _("Filled in automatically"), automatic)]


def _mark_ends(sections: list[FieldSection]) -> None:
    """The first field in use of the first section can't move up, the last one of the last section can't move down."""
    first = [one for one in sections[0].fields if not one.is_retired]
    last = [one for one in sections[-1].fields if not one.is_retired]
    for one in first[:1]:
        one.first = True
    for one in last[-1:]:
        one.last = True


def filter_sections_by_label(sections: list[FieldSection], text: str) -> list[FieldSection]:
    """Only the fields with this text in a label."""
    return [
        replace(one, fields=[field for field in one.fields if field.is_found_by(text)]) for one in sections
    ]


def fill_in_field_usage(kind: Schema, sections: list[FieldSection], user: Any) -> int:
    """Fill in how full each field is and what uses it; returns the number of records. A few queries for all fields."""
    every = [one for section in sections for one in section.fields]
    usage = describe_usage(kind, [one.name for one in every], user)
    counts, total = count_filled_built_in_fields(
        kind, [one.name for one in every if not one.definition], user
    )
    keys = count_filled_by_key(kind, user) if any(one.definition for one in every) else {}
    for one in every:
        one.used_by = usage[one.name]
        one.filled = keys.get(one.name, 0) if one.definition else counts.get(one.name)
    return total


def get_automatic_fields(kind: Schema) -> list[str]:
    """The fields in lists and files that have a label of their own, but no place in the form."""
    lists = kind.fields
    names = dict.fromkeys([*lists.LIST, *lists.EXCEL])
    own: Any = {found.name: found for found in kind.model._meta.local_concrete_fields}
    return [
        name
        for name in names
        if name in own and own[name]._verbose_name is not None and not own[name].primary_key
        if name not in lists.FORM_FIELDS and name not in kind.own_labels
    ]


def get_built_in_field_names(kind: Schema) -> list[str]:
    """Those that have settings: the ones of the form, then those that are filled in automatically."""
    return [*kind.fields.FORM_FIELDS, *get_automatic_fields(kind)]


def is_automatic(kind: Schema, name: str) -> bool:
    return name not in kind.fields.FORM_FIELDS


def is_always_required(field: Any) -> bool:
    """Whether the code requires the field of every record."""
    return not field.blank and field.editable and not isinstance(field, models.BooleanField)

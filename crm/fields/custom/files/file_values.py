"""A file as a custom field: the model field, whose value is a file in the store, and its type.

The value says the name, the size and the type of the file and where the store has it, so lists, timelines and programs name it
without another query. Its bytes are only sent by crm/work/screens/views/field_file.py.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from crm.fields.conditions.operators import EMPTINESS_OPERATORS
from crm.fields.custom.files.file_input import FileChoice
from crm.fields.custom.values.json_types import CustomTypeMixin
from crm.fields.types.field_type import FieldType
from crm.platform.files.kept_file import KeptFile
from crm.platform.record_types import RECORD_TYPES
from crm.platform.web.rendering.html_building import html

# The second annotation of a query: the name of the file in the store, which differs for each upload.
STORED = "_stored"


class StoredFileField(models.Field):
    """A KeptFile, which is stored as JSON with the same names."""

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, KeptFile):
            return value or None
        try:
            return KeptFile(**value)
        except TypeError:
            raise ValidationError(_("This value isn’t a file.")) from None

    def formfield(self, **keywords) -> forms.Field:
        return FileChoice(label=self.verbose_name, help_text=self.help_text, required=False)


class File(CustomTypeMixin, FieldType):
    """A file, by its name. Its cell and its fact download it."""

    width = 28
    can_be_quick = False
    is_linked = True

    def build_filled_expressions(self, field, values):
        stored = KeyTransform(field.name, values)
        return {
            field.name: KeyTextTransform("name", stored),
            f"{field.name}{STORED}": KeyTextTransform("file", stored),
        }

    def build_same_value_condition(self, field, value):
        return Q(**{f"{field.name}{STORED}": value.file}) if value else self.build_empty_condition(field)

    def build_empty_condition(self, field):
        return Q(**{f"{field.name}__isnull": True})

    def render_cell(self, field, record):
        return str(getattr(record, field.name) or "")

    def render_linked_cell(self, field, record):
        kept = getattr(record, field.name)
        if not kept:
            return ""
        return html('<a class="link" href="{}" download>{}</a>', get_file_url(field, record), kept)

    def render_fact(self, field, record):
        kept = getattr(record, field.name)
        size = html('<span class="soft small">{}</span>', filesizeformat(kept.size))
        if not kept.has_thumbnail:
            return html(
                '<a class="link" href="{}" download>{}</a> {}', get_file_url(field, record), kept, size
            )
        picture = html(
            '<img src="{}" width="60" height="60" loading="lazy" alt="{}">',
            get_file_url(field, record, "field_thumbnail"),
            _("Thumbnail of %(name)s") % {"name": kept},
        )
        return html(
            '<a class="link file-fact" href="{}" download>{}<span>{} {}</span></a>',
            get_file_url(field, record),
            picture,
            kept,
            size,
        )

    def get_operators(self, field):
        return EMPTINESS_OPERATORS


def is_file(field: Any) -> bool:
    """Whether a field, built-in or custom, is a custom field with a file."""
    return isinstance(field, StoredFileField)


def find_visible_file(record: Any, fields: Iterable[Any], name: str) -> KeptFile | None:
    """The file that a record has in the field of this name, if that is one of these fields."""
    seen = any(is_file(field) and field.name == name for field in fields)
    return getattr(record, name) if seen else None


def get_file_url(field: Any, record: Any, name: str = "field_file") -> str:
    """Where the file of a record is downloaded, or its thumbnail shown."""
    return RECORD_TYPES[record.table].get_url(name, record.pk, field.name)

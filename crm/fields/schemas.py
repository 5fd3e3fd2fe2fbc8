"""The fields of each record type, built-in and custom, with their labels and columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import (
    get_custom_field,
    get_custom_fields,
    get_editable_custom_fields,
    get_writable_custom_fields,
)
from crm.fields.models.record import Record
from crm.platform.record_types import RECORD_TYPES, RecordType, Text

# A name in files that isn't a field: the whole name, first and last.
WHOLE_NAME = "name"
# The columns that are exported hidden, so that the file can be imported again.
ID_AND_VERSION = ["id", "version"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Schema(RecordType):
    """A record type with its fields. `cards` are the titles of its form's cards, by their name in fields.FORM; `identified_by`
    says how files of other records name one of these, the most reliable first: its number and unique fields come before."""

    model: type[Record]
    cards: Mapping[str, Text]
    identified_by: tuple[str, ...] = (WHOLE_NAME,)

    def get_field(self, name: str) -> Any:
        """The model field or custom field with this name. Raises FieldDoesNotExist."""
        return get_custom_field(self.name, name) or self.model._meta.get_field(name)

    def has_custom(self, name: str) -> bool:
        """Whether a custom field has this name."""
        return get_custom_field(self.name, name) is not None

    def get_custom_fields(self, user: Any = None) -> list[Any]:
        """Its custom fields, as far as the user may see them."""
        return get_custom_fields(self.name, user)

    def get_editable_custom_fields(self, user: Any) -> list[Any]:
        """Those of them whose values the user may also change."""
        return get_editable_custom_fields(self.name, user)

    def get_writable_custom_fields(self, user: Any = None) -> list[Any]:
        """The same without formulas and files, whose values nobody writes as texts."""
        return get_writable_custom_fields(self.name, user)

    def get_listed_names(self, place: str, user: Any = None) -> list[str]:
        """The names in a list of fields.py, then those of the custom fields, which are everywhere."""
        return [*getattr(self.fields, place), *(field.name for field in self.get_custom_fields(user))]

    def get_label(self, name: str) -> str:
        """The label of a field or column, within a sentence."""
        own = self.own_labels.get(name)
        return str(own if own is not None else self.get_field(name).verbose_name)

    def get_heading(self, name: str) -> str:
        """The label at the start of a line."""
        return str(capfirst(self.get_label(name)))

    def get_file_heading(self, name: str) -> str:
        """The header of a column of a file, in the reader's language."""
        if name == "id":
            return str(capfirst(_("%(record)s ID") % {"record": self.words.one}))
        return str(capfirst(_("version"))) if name == "version" else self.get_heading(name)

    def get_joined_labels(self, names: Sequence[str]) -> str:
        """ "email, phone": the labels of several fields."""
        return ", ".join(map(self.get_label, names))

    def get_database_columns(self, name: str) -> list[str]:
        """The database columns behind a field on screen, such as both parts of a name."""
        if self.has_custom(name):
            return [name]
        by_name = {found.name: str(found.column) for found in self.model._meta.concrete_fields}
        return [by_name[part] for part in self.fields.PARTS.get(name, [name]) if part in by_name]


# All record types by name; crm/records/kinds/kind_registry.py registers them.
SCHEMAS: dict[str, Schema] = {}


def register_schema(schema: Schema) -> None:
    SCHEMAS[schema.name] = schema
    RECORD_TYPES[schema.name] = schema

"""The dates by which an automation can act: the date and time fields of a record type, its own and custom ones."""

from typing import Any

from django.db import models
from django.utils.text import capfirst

from crm.fields.custom.values.field_registry import is_computed
from crm.records.kinds.kind_registry import Kind

# They say when a row was written or removed, not what is agreed with anyone.
NEVER = ("updated_at", "deleted_at", "erased_at", "contact_warning_at")


def iterate_own_date_fields(kind: Kind) -> list[Any]:
    fields = kind.model._meta.local_concrete_fields
    return [field for field in fields if isinstance(field, models.DateField) and field.name not in NEVER]


def get_date_fields(kind: Kind, user: Any) -> list[tuple[str, str]]:
    """The date and time fields of such records that the user sees, with their labels, in alphabetical order."""
    found = [
        (field.name, str(capfirst(kind.get_heading(field.name)))) for field in iterate_own_date_fields(kind)
    ]
    custom = [field for field in kind.get_custom_fields(user) if not is_computed(field)]
    found += [
        (field.name, str(capfirst(str(field.verbose_name))))
        for field in custom
        if isinstance(field, models.DateField)
    ]
    return sorted(found, key=lambda one: one[1].casefold())

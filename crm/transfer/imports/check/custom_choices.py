"""The choices of custom fields in an import, and how unknown values are created."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import get_offered_choices
from crm.models import CustomField, Tag
from crm.platform.text.text_folding import fold_text
from crm.records.kinds.kind_registry import Kind

# Creates an unknown value: (name, rules, defaults of the import) -> id.
Maker = Callable[[str, Any, dict[str, Any]], int]


def find_or_reactivate(rows: Iterable[Any], name: str) -> int | None:
    """The ID of the row with this name, reactivated if retired: a colleague may have created or retired it since."""
    found = next((row for row in rows if fold_text(row.name) == fold_text(name)), None)
    if found and found.retired:
        found.retired = False
        found.save(update_fields=["retired"])
    return found and found.pk


def find_or_create_tag(name: str, rules: Any, defaults: dict[str, Any]) -> int:
    return find_or_reactivate(Tag.objects.all(), name) or Tag.objects.create(name=name).pk


def get_custom_choices(kind: Kind, user: Any, owners: dict[int, Any]) -> dict[str, list[tuple[str, Any]]]:
    """Those of custom fields: their own choices, or the users that records can be assigned to."""
    people = [(str(row.pk), row.name) for row in owners.values()]
    found: dict[str, list[tuple[str, Any]]] = {}
    for field in kind.get_editable_custom_fields(user):
        if field.definition.type == CustomField.Type.CHOICE:
            found[field.name] = [("", _("none")), *get_offered_choices(field, None)]
        elif field.definition.type == CustomField.Type.USER:
            found[field.name] = [("", _("none")), *people]
    return found

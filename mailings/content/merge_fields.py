"""Merge fields of mailings: those of templates (crm/work/templates/merge_fields.py), the email address and the custom fields.

A custom field is written by its label, {contract_end}, and stored by its key, {c12}, so that a new label changes nothing.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.custom.files.file_values import is_file
from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from crm.fields.types.field_type import get_field_type
from crm.records.kinds.kind_registry import KINDS
from crm.work.templates import merge_fields
from mailings.models import Delivery, Mailing

PLACE = merge_fields.PLACE
FIELDS = {**merge_fields.FIELDS, "email": _("email")}
# What recipients can be; a mailing to companies goes to their contacts.
KINDS_OF_RECIPIENTS = ("lead", "contact", "request")


def get_recipient_kinds(mailing: Mailing | None) -> tuple[str, ...]:
    """The kinds of the recipients; without a mailing, all of them."""
    if mailing is None:
        return KINDS_OF_RECIPIENTS
    return ("contact",) if mailing.of == "company" else (mailing.of,)


class MergeFields:
    """The fixed list of merge fields for some kinds of recipients, as far as all of these users see them: the one whose
    mailing it is, and the one who reads it."""

    def __init__(self, kinds: Iterable[str], *users: Any) -> None:
        self.custom: dict[str, Any] = {}
        self.labels: dict[str, Any] = dict(FIELDS)
        self._names: dict[str, str] = {}
        for field in (field for kind in kinds for field in _get_fields_visible_to_all(kind, users)):
            name = _build_field_word(str(field.verbose_name))
            if not name or name in self._names.values() or name in self.labels:
                name = f"{name}_{field.name}".strip("_")
            self.custom[field.name], self._names[field.name] = field, name
            self.labels[name] = field.verbose_name

    def find_unknown(self, text: str) -> list[str]:
        """The names in a text, as a user or the database has it, that aren't merge fields."""
        known = {*self.labels, *self.custom}
        return sorted(merge_fields.find_names(text) - known)

    def convert_to_stored(self, text: str) -> str:
        return self._rename_fields(text, {name: key for key, name in self._names.items()})

    def convert_to_shown(self, text: str) -> str:
        return self._rename_fields(text, self._names)

    def get_label(self, name: str) -> str:
        """Of a stored name."""
        return str(self.labels[self._names.get(name, name)])

    def _rename_fields(self, text: str, names: dict[str, str]) -> str:
        def rename_field(place: re.Match[str]) -> str:
            name, fallback = place["name"], "" if place["fallback"] is None else f"|{place['fallback']}"
            return f"{{{names[name]}{fallback}}}" if name in names else place[0]

        return PLACE.sub(rename_field, text)

    def get_values(self, record: Any, user: User) -> dict[str, str]:
        """By stored name. Custom values must have been attached to the record."""
        values = merge_fields.get_merge_values(record, user) | {"email": getattr(record, "email", "")}
        for name, field in self.custom.items():
            if field.definition.table_of == record.table:
                values[name] = get_field_type(field).format_value(field, getattr(record, name, None), user)
        # A line end would begin another header or another line of a list.
        return {name: " ".join(str(value).split()) for name, value in values.items()}


def _get_fields_visible_to_all(kind: str, users: Iterable[Any]) -> list[Any]:
    seen = [{field.name for field in KINDS[kind].get_custom_fields(user)} for user in users]
    # Of a file there is only its name, which says nothing to its recipient.
    known = [field for field in KINDS[kind].get_custom_fields() if not is_file(field)]
    return [field for field in known if all(field.name in names for names in seen)]


def attach_records(deliveries: Iterable[Delivery]) -> None:
    """Give recipients their records with custom values, in a constant number of queries; a missing record is None."""
    by_kind: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_kind.setdefault(delivery.of, []).append(delivery)
    for of, rows in by_kind.items():
        found = {one.pk: one for one in get_records_with_values(of, [row.record for row in rows])}
        for row in rows:
            row.the_record = found.get(row.record)  # type: ignore[attr-defined]


def get_records_with_values(of: str, ids: Iterable[int]) -> list[Any]:
    model: Any = KINDS[of].model
    linked = [
        field.name for field in model._meta.fields if field.name in ("owner", "company") and field.is_relation
    ]
    found = list(annotate_all_values(model._default_manager.filter(pk__in=ids).select_related(*linked)))
    attach_custom_values(found)
    return found


def _build_field_word(label: str) -> str:
    return re.sub(r"\W+", "_", label.lower()).strip("_")

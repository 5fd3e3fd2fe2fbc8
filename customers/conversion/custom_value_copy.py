"""The values of custom fields that a new company or contact gets from its lead: a choice by its label, never by its key."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.custom.unique.taken_values import KnownKeys
from crm.fields.custom.values.field_registry import get_custom_field, is_edited_by, is_seen_by, is_used_in
from crm.fields.custom.values.stored_values import fits_field_type, get_json_value
from crm.fields.types.field_type import EMPTY_VALUES
from crm.platform.text.text_folding import fold_text
from leads.models import Lead

# The custom field of the lead, and that of the new record.
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class ConversionGap:
    """A value of the lead, as its `text`, that the field of a new record doesn't accept; it's `repeated` if another record
    has it and the field is unique."""

    table: str
    source: Any
    target: Any
    text: str
    repeated: bool = False

    @property
    def sentence(self) -> str:
        words = (
            _(
                "Another record already has “%(value)s” (%(field)s of the lead). Enter another value or leave it empty."
            )
            if self.repeated
            else _(
                "“%(value)s” (%(field)s of the lead) isn’t available here. Choose a value or leave it empty."
            )
        )
        return words % {"value": self.text, "field": self.source.verbose_name}


def get_field_pairs(table: str, mapping: Mapping[str, Mapping[str, str]]) -> list[Pair]:
    """The fields of a lead that are copied to a new record of this type: those in use and of the same type; of two with one
    target, the first."""
    found: dict[str, Pair] = {}
    for source_name, targets in mapping.items():
        source, target = (
            get_custom_field(Lead.table, source_name),
            get_custom_field(table, targets.get(table, "")),
        )
        if source and target and can_be_copied(source, target):
            found.setdefault(target.name, (source, target))
    return list(found.values())


def can_be_copied(source: Any, target: Any) -> bool:
    same = [(row.definition.type, row.definition.links_to) for row in (source, target)]
    return same[0] == same[1] and not any(
        field.definition.retired or field.definition.is_computed for field in (source, target)
    )


def copy_custom_value(source: Any, target: Any, value: Any) -> tuple[Any, str]:
    """The value as the target has it, None for an empty one; and as a text what the target doesn't accept."""
    if value in EMPTY_VALUES:
        return None, ""
    if source.definition.has_choices:
        return _copy_choices(source, target, value)
    if _does_accept(target, value):
        return value, ""
    return None, str(source.type.format_value(source, value, None))


def _copy_choices(source: Any, target: Any, value: Any) -> tuple[Any, str]:
    """Choices with the same label, whatever its case and accents; several of them in the order of the target."""
    several = isinstance(value, list)
    labels = {choice["key"]: choice["name"] for choice in source.definition.choices}
    chosen = [str(labels.get(key, key)) for key in (value if several else [value])]
    known = get_keys_by_label(target)
    missing = [label for label in chosen if fold_text(label) not in known]
    found = {known[fold_text(label)] for label in chosen if fold_text(label) in known}
    if not several:
        return next(iter(found), None), ", ".join(missing)
    keys = [key for key in known.values() if key in found]
    return keys or None, ", ".join(missing)


def get_keys_by_label(field: Any) -> dict[str, str]:
    """The choices in use, by their folded label."""
    return {
        fold_text(choice["name"]): choice["key"]
        for choice in field.definition.choices
        if not choice.get("retired")
    }


def get_labels_without_counterpart(source: Any, target: Any) -> list[str]:
    """The choices in use of one field that the other one doesn't have."""
    known = get_keys_by_label(target) if target.definition.has_choices else {}
    return [
        choice["name"]
        for choice in source.definition.choices
        if source.definition.has_choices
        and not choice.get("retired")
        and fold_text(choice["name"]) not in known
    ]


def _does_accept(target: Any, value: Any) -> bool:
    if not fits_field_type(target, get_json_value(value)):
        return False
    try:
        return bool(target.clean(value, None) == value)
    except ValidationError:
        return False


def get_copied_values(lead: Lead, pairs: Iterable[Pair], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new record by field. `chosen` are those for which a user has decided; others that don't fit are left
    empty."""
    found = {
        target.name: chosen[target.name]
        if target.name in chosen
        else copy_custom_value(source, target, getattr(lead, source.name, None))[0]
        for source, target in pairs
        if is_used_in(target, lead.department_id)
    }
    return {name: value for name, value in found.items() if value not in EMPTY_VALUES}


def get_taken_unique_values(leads: Collection[Lead], table: str, pairs: Iterable[Pair]) -> KnownKeys:
    """Which of the unique values that these leads would copy to new records of this type are taken. The leads have their custom
    values."""
    values = {
        target.name: [
            copy_custom_value(source, target, getattr(lead, source.name, None))[0] for lead in leads
        ]
        for source, target in pairs
        if target.definition.is_unique
    }
    return KnownKeys.from_values(table, values)


def get_value_gaps(
    lead: Lead, table: str, pairs: Iterable[Pair], user: User, known: KnownKeys
) -> list[ConversionGap]:
    """The values that a new record of this type wouldn't get, as far as the user may see and choose them. The lead has its
    custom values."""
    found = []
    for source, target in pairs:
        if not (is_seen_by(source, user) and is_edited_by(target, user)):
            continue
        if not is_used_in(target, lead.department_id):
            continue
        held = getattr(lead, source.name, None)
        value, text = copy_custom_value(source, target, held)
        if text:
            found.append(ConversionGap(table, source, target, text))
        elif known.is_taken(target.name, value):
            found.append(
                ConversionGap(
                    table, source, target, str(source.type.format_value(source, held, user)), repeated=True
                )
            )
    return found

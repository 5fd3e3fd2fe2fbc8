"""What a lead lacks that a web form adds: the form accepts what it asked for, and what is missing is marked on the lead."""

from collections.abc import Mapping
from typing import Any

from crm.fields.custom.definitions.built_in_fields import required_of
from crm.fields.custom.definitions.field_visibility import applies, id_of
from crm.fields.custom.unique.taken_values import taken
from crm.fields.custom.values.field_registry import field_named, fields_of, is_used_in
from crm.fields.types.field_type import EMPTY
from leads.models import Lead
from leads.statuses import contract

NEEDS, TAKEN, UNREAD = "needs", "value_taken", "bad_value"
UNUSED, UNSHOWN = "not_used", "not_shown"


def accepted(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values that a new lead can have, by field name, and the codes of what it lacks: the answer to a field that the lead
    doesn't have and a unique value that another lead has are left out, and a field that has become required since the form was
    made stays empty."""
    foreign = _foreign(values)
    own = {name: value for name, value in values.items() if name not in foreign}
    repeated = taken(Lead.table, own)
    kept = {name: value for name, value in own.items() if name not in repeated}
    lacking = [*foreign.values(), *(f"{TAKEN}:{name}" for name in repeated)]
    return kept, [*lacking, *(f"{NEEDS}:{name}" for name in _missing(kept))]


def _foreign(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a lead with these values doesn't have, each with its code: its department doesn't use them, or its other
    values don't show them."""
    found = {}
    for name in values:
        field = field_named(Lead.table, name)
        if field and not applies(field, values):
            used = is_used_in(field, id_of(values.get("department")))
            found[name] = f"{UNSHOWN if used else UNUSED}:{name}"
    return found


def _missing(values: dict[str, Any]) -> list[str]:
    """The fields without a value that the status or an administrator requires."""
    required = [*contract.required(values["status"]), *required_of(Lead.table), *required_custom(values)]
    return [
        name for name in dict.fromkeys(required) if values.get(name) in EMPTY and contract.has(name, values)
    ]


def required_custom(values: Mapping[str, Any]) -> list[str]:
    """The custom fields that are required of a lead with these values."""
    found = [field for field in fields_of(Lead.table) if field.definition.required]
    return [field.name for field in found if applies(field, values)]

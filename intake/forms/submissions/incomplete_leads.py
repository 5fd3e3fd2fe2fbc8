"""What a lead lacks that a web form adds: the form accepts what it asked for, and what is missing is marked on the lead."""

from collections.abc import Mapping
from typing import Any

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.definitions.field_visibility import get_row_id, has_field
from crm.fields.custom.unique.taken_values import get_holders_by_field
from crm.fields.custom.values.field_registry import get_custom_field, get_writable_custom_fields, is_used_in
from crm.fields.types.field_type import EMPTY_VALUES
from leads.models import Lead
from leads.statuses import status_contract

NEEDS, TAKEN, UNREAD = "needs", "value_taken", "bad_value"
UNUSED, UNSHOWN = "not_used", "not_shown"


def split_accepted_values(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values that a new lead can have, by field name, and the codes of what it lacks: the answer to a field that the lead
    doesn't have and a unique value that another lead has are left out, and a field that has become required since the form was
    made stays empty."""
    foreign = _find_foreign_values(values)
    own = {name: value for name, value in values.items() if name not in foreign}
    repeated = get_holders_by_field(Lead.table, own)
    kept = {name: value for name, value in own.items() if name not in repeated}
    lacking = [*foreign.values(), *(f"{TAKEN}:{name}" for name in repeated)]
    return kept, [*lacking, *(f"{NEEDS}:{name}" for name in _get_missing_fields(kept))]


def _find_foreign_values(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a lead with these values doesn't have, each with its code: its department doesn't use them, or its other
    values don't show them."""
    found = {}
    for name in values:
        field = get_custom_field(Lead.table, name)
        if field and not has_field(field, values):
            used = is_used_in(field, get_row_id(values.get("department")))
            found[name] = f"{UNSHOWN if used else UNUSED}:{name}"
    return found


def _get_missing_fields(values: dict[str, Any]) -> list[str]:
    """The fields without a value that the status or an administrator requires."""
    required = [
        *status_contract.get_required_fields(values["status"]),
        *get_required_field_names(Lead.table),
        *get_required_custom_fields(values),
    ]
    return [
        name
        for name in dict.fromkeys(required)
        if values.get(name) in EMPTY_VALUES and status_contract.record_has_field(name, values)
    ]


def get_required_custom_fields(values: Mapping[str, Any]) -> list[str]:
    """The custom fields that are required of a lead with these values. Web forms don't ask for files."""
    found = [field for field in get_writable_custom_fields(Lead.table) if field.definition.required]
    return [field.name for field in found if has_field(field, values)]

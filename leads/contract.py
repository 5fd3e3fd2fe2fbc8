"""The contract of a status: what must be filled before a lead enters, and that being lost needs a reason."""

from typing import Any

from django.db.models import Q

from crm.change import Refusal
from leads import fields
from leads.models import Lead, Status


def empty(name: str) -> Q:
    """The leads in which this field is empty. Only fields of the allow-list can be asked for."""
    field = Lead._meta.get_field(fields.CONTRACT[fields.CONTRACT.index(name)])
    return Q(**{name: None}) if field.null else Q(**{name: ""})


def refusals(status: Status, given: dict[str, Any] | None = None) -> list[Refusal]:
    """Who may not enter this status. `given` are values that the same operation writes, by field name."""
    given = given or {}
    entering = ~Q(status=status.pk)
    found = []
    if status.retired:
        found.append(Refusal("status_retired", entering))
    if status.needs_reason and not given.get("lost_reason"):
        found.append(Refusal("needs_reason", entering))
    for name in status.required_fields:
        if name not in fields.CONTRACT:
            continue
        if name in given:
            if given[name] in (None, ""):
                found.append(Refusal(f"needs:{name}", entering))
        else:
            found.append(Refusal(f"needs:{name}", entering & empty(name)))
    return found


def missing(status: Status, values: dict[str, Any]) -> list[str]:
    """The names of the fields that these values of one lead leave open: for forms, which name them beside the field."""
    names = [name for name in status.required_fields if values.get(name) in (None, "", [])]
    if status.needs_reason and not values.get("lost_reason"):
        names.append("lost_reason")
    return names

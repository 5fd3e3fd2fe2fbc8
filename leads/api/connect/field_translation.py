"""Maps the fields of CRM Connect to those of a lead."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from crm.api.problems import build_invalid_problem
from crm.fields.person_name_parts import split_name
from crm.models import Token
from crm.records.kinds.reasons import get_reason_sentence
from leads.api.connect.field_parsing import ConnectLead, clean_fields
from leads.api.lead_writing import (
    get_assignable_owner,
    get_or_create_tags,
    get_source,
    get_status_values,
    get_token_department,
    set_owner,
)
from leads.models import Lead, Status, StatusMove

# The names of this dialect and the fields of a lead
PLAIN = {
    "title": "title",
    "email": "email",
    "website": "website",
    "phonenumber": "phone",
    "company": "company",
    "address": "address",
    "city": "city",
    "zip": "zip",
    "state": "state",
    "country": "country",
    "default_language": "language",
    "description": "description",
    "lead_value": "value",
    "is_public": "shared",
    "lastcontact": "last_contacted_at",
}
NAMES = {column: name for name, column in PLAIN.items()} | {
    "first_name": "name",
    "last_name": "name",
    "owner": "assigned",
}
# The accepted fields that have an effect.
COUNT_IN_NEW = set(ConnectLead().fields) - {"contact", "custom_fields"}
COUNT_IN_CHANGE = COUNT_IN_NEW - {"custom_contact_date", "contacted_today"}


def get_new_lead_values(sent: dict[str, Any], token: Token) -> dict[str, Any]:
    data = clean_fields(ConnectLead, sent, partial=False)
    user, home = token.user, get_token_department(token)
    values = translate_values(data) | split_person_name(data["name"])
    set_owner(values, get_assignable_owner(data["assigned"], user, None, "assigned"), home)
    values |= get_status_values(find_requested_status(data, None))
    values["source"] = get_source(data["source"], None, "source")
    if data.get("contacted_today"):
        values["last_contacted_at"] = timezone.now()
    elif "custom_contact_date" in data:
        values["last_contacted_at"] = data["custom_contact_date"] or None
    if data.get("tags"):
        values["tags"] = get_or_create_tags(data["tags"].split(","), user)
    return values


def get_connect_changes(sent: dict[str, Any], lead: Lead, user: User) -> dict[str, Any]:
    """Only fields that were sent and differ from what the lead shows."""
    data = clean_fields(ConnectLead, sent, partial=True)
    values = translate_values(data)
    last = lead.last_contacted_at
    if last and values.get("last_contacted_at") == last.replace(microsecond=0):
        del values["last_contacted_at"]
    if "name" in data and data["name"] != lead.shown_name:
        values |= split_person_name(data["name"])
    if "assigned" in data and data["assigned"] != (lead.owner_id or 0):
        set_owner(values, get_assignable_owner(data["assigned"], user, lead, "assigned"), lead.department)
    status = find_requested_status(data, lead)
    if status.pk != lead.status_id:
        values |= get_status_values(status)
    if "source" in data:
        values["source"] = get_source(data["source"], lead, "source")
    if data.get("tags") is not None:
        values["tags"] = get_or_create_tags(data["tags"].split(","), user)
    return values


def translate_values(data: dict[str, Any]) -> dict[str, Any]:
    values = {column: data[name] for name, column in PLAIN.items() if name in data}
    for column, value in values.items():
        if value is None and column != "value":
            values[column] = ""
    if "last_contacted_at" in values:
        values["last_contacted_at"] = values["last_contacted_at"] or None
    if "address" in values:
        values["address"] = ", ".join(part.strip() for part in values["address"].splitlines() if part.strip())
    return values


def split_person_name(name: str) -> dict[str, str]:
    first, last = split_name(name, turned=False)
    return {"first_name": first, "last_name": last}


def find_requested_status(data: dict[str, Any], lead: Lead | None) -> Status:
    """The status that the call asks for: by ID, or by the flags lost and junk; 0 is the status of a lost or junk lead."""
    kind = Status.Kind.LOST if data.get("lost") else Status.Kind.DISQUALIFIED if data.get("junk") else ""
    if kind:
        return find_closing_status(kind, lead)
    number = data.get("status")
    if lead is not None and not number:
        return _get_status_without_flag(data, lead)
    if lead is not None and number == lead.status_id:
        return lead.status
    found = Status.objects.of_leads().active().filter(pk=number).first()
    if found is None:
        raise build_invalid_problem(status="There is no status with this id.")
    if lead is not None and found.pipeline_id != lead.status.pipeline_id:
        raise build_invalid_problem(status=get_reason_sentence("other_pipeline"))
    return found


def _get_status_without_flag(data: dict[str, Any], lead: Lead) -> Status:
    """No status was sent, or 0. Removing a flag puts the lead back into its previous status."""
    closed = lead.status.needs_reason
    if "status" in data and not closed:
        raise build_invalid_problem(status="There is no status with this id.")
    flag = "lost" if lead.status.kind == Status.Kind.LOST else "junk"
    if not closed or data.get(flag) is not False:
        return lead.status
    came = StatusMove.objects.filter(lead=lead, left=None, undone=False).values("from_status")
    before = Status.objects.active().filter(pk__in=came).first()
    return (
        before
        or Status.objects.active().of_pipeline(lead.status.pipeline_id).defaults_first().first()
        or lead.status
    )


def find_closing_status(kind: str, lead: Lead | None) -> Status:
    """The first status of this kind in the lead's pipeline, or its current status if it is of this kind."""
    if lead is not None and lead.status.kind == kind:
        return lead.status
    found = Status.objects.of_leads().active().of_kind(kind).in_order()
    if lead is not None:
        found = found.of_pipeline(lead.status.pipeline_id)
    status = found.first()
    if status is None:
        raise build_invalid_problem(**{"lost" if kind == "lost" else "junk": "There is no status for it."})
    return status

"""What a company and a contact get from the lead that becomes them: the fields of the same name and meaning, and the custom
fields that administrators have mapped."""

from collections.abc import Collection
from typing import Any

from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from customers.models import Company, Contact
from leads.models import Lead

# The values of custom fields, by field (custom_value_copy.py).
Custom = dict[str, Any]
# The field of the new record, and that of the lead.
ALWAYS = {
    "owner": "owner",
    "department": "department",
    "shared": "shared",
    "tags": "tags",
}
PLACE = {"address": "address", "zip": "zip", "city": "city", "state": "state", "country": "country"}
OF_COMPANY = {**PLACE, "website": "website", "phone": "phone", "phone_normal": "phone_normal"}
OF_CONTACT = {
    **{
        name: name
        for name in ("first_name", "last_name", "title", "email", "second_email", "phone", "mobile")
    },
    **PLACE,
    "phone_normal": "phone_normal",
    "mobile_normal": "mobile_normal",
}


def get_company_values(lead: Lead, domain: str, name: str, custom: Custom) -> dict[str, Any]:
    """The values of a new company."""
    own = _get_mapped_values(Company, lead, {**ALWAYS, **OF_COMPANY})
    return own | {"name": name, "domain": domain} | custom


def get_contact_values(lead: Lead, company: int | None, custom: Custom) -> dict[str, Any]:
    """The values of a new contact."""
    return _get_mapped_values(Contact, lead, {**ALWAYS, **OF_CONTACT}) | {"company_id": company} | custom


def _get_mapped_values(model: Any, lead: Lead, fields: dict[str, str]) -> dict[str, Any]:
    known = {field.name: field.attname for field in model._meta.concrete_fields}
    of_lead = {field.name: field.attname for field in Lead._meta.concrete_fields}
    return {known[name]: getattr(lead, of_lead[of]) for name, of in fields.items() if name in known}


def get_leads_with_values(rows: Any, sources: Collection[str]) -> list[Lead]:
    """The leads with the custom values that are mapped, in the order of their ids."""
    if not sources:
        return list(rows.order_by("pk"))
    leads = list(annotate_all_values(rows.order_by("pk")))
    attach_custom_values(leads, sources)
    return leads

"""The deals of converted leads: those that a lead has already get its company and contact, and a new one may be added."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from accounts.models import User
from customers.deals.forms import DEALS
from customers.models import Company, Contact, ConversionRules, Deal
from leads.forms import get_first_status
from leads.models import Lead, Status

LINK = """
    UPDATE customers_deal d
    SET company_id = coalesce(d.company_id, l.client_id), contact_id = coalesce(d.contact_id, l.client_contact_id)
    FROM leads_lead l
    WHERE d.lead_id = l.id AND l.id = ANY(%s::bigint[]) AND d.deleted_at IS NULL
      AND (d.company_id IS NULL AND l.client_id IS NOT NULL OR d.contact_id IS NULL AND l.client_contact_id IS NOT NULL)"""


def add_deal_links(plans: dict[int, Any], leads: Sequence[Lead], user: User) -> dict[int, Any]:
    """The plans of these leads with the company and the contact of their deals, and with a new deal if the rules ask for one."""
    known: dict[int, tuple[int | None, int | None]] = {}
    rows = Deal.objects.present().of_leads([lead.pk for lead in leads])
    for pk, company, contact in rows.order_by("-pk").values_list("lead", "company", "contact"):
        known[pk] = company, contact
    companies = _get_visible_ids(Company, {company for company, _contact in known.values()}, user)
    contacts = _get_visible_ids(Contact, {contact for _company, contact in known.values()}, user)
    adds = ConversionRules.get_current().makes_deal and user.has_perm(Deal.get_right("add"))
    for lead in leads:
        company, contact = known.get(lead.pk, (None, None))
        own = {"company": company} if company in companies else {}
        own |= {"contact": contact} if contact in contacts else {}
        if own:
            plans[lead.pk] = replace(plans[lead.pk], **own, **({"problem": ""} if len(own) == 2 else {}))
        if adds and lead.pk not in known:
            plans[lead.pk] = replace(plans[lead.pk], deal_name=get_deal_name(lead))
    return plans


def _get_visible_ids(model: Any, ids: set[int | None], user: User) -> set[int]:
    wanted = ids - {None}
    if not wanted or not user.has_perm(model.get_right("view")):
        return set()
    rows = model.objects.present().visible_to(user).filter(pk__in=wanted)
    return set(rows.values_list("pk", flat=True))


def get_deal_name(lead: Lead) -> str:
    return lead.company or lead.shown_name


def link_deals(leads: Sequence[int]) -> None:
    """Deals of these leads get the company and contact that the leads became, where they have none."""
    with connection.cursor() as cursor:
        cursor.execute(LINK, [list(leads)])


def build_deal_values(
    leads: Sequence[Lead], names: Mapping[int, str], links: Mapping[int, tuple[int | None, int | None]]
) -> list[dict[str, Any]]:
    """The values of the deals with these names; `links` are the company and the contact of each lead. None without a stage
    that takes new deals."""
    stages: dict[int, Status | None] = {}
    rows = []
    for lead in leads:
        if not names.get(lead.pk):
            continue
        if lead.department_id not in stages:
            stages[lead.department_id] = get_first_status(lead.department, DEALS)
        stage = stages[lead.department_id]
        if stage is not None:
            company, contact = links[lead.pk]
            rows.append(
                {
                    "name": names[lead.pk],
                    "company_id": company,
                    "contact_id": contact,
                    "lead_id": lead.pk,
                    "value": lead.value,
                    "currency": lead.currency,
                    "owner_id": lead.owner_id,
                    "department_id": lead.department_id,
                    "shared": lead.shared,
                    "tags": lead.tags,
                    "status": stage,
                }
            )
    return rows

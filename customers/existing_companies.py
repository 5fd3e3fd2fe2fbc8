"""The existing company of a lead that isn't converted: what an import finds, and what a conversion uses of it."""

from collections.abc import Iterable

from accounts.models import User
from customers.models import Company
from customers.record_matching import (
    COMPANY_NAME,
    DOMAIN,
    LINKED,
    RecordMatch,
    get_lead_facts,
    get_matches,
    sort_reasons,
)
from leads.models import Lead


def find_companies(leads: list[Lead], user: User) -> dict[int, int]:
    """By domain, else by name, among the companies that the user sees; 0 if several match (leads/imports/company_links.py)."""
    if not user.has_perm(Company.get_right("view")):
        return {}
    found = {}
    for lead, by_pk in zip(
        leads, get_matches([get_lead_facts(lead) for lead in leads], Company, user), strict=True
    ):
        by_domain = [pk for pk, reasons in by_pk.items() if DOMAIN in reasons]
        if len(by_domain) > 1:
            # Sister companies share a domain, and the name says which one is meant.
            by_domain = [pk for pk in by_domain if COMPANY_NAME in by_pk[pk]] or by_domain
        step = by_domain or [pk for pk, reasons in by_pk.items() if COMPANY_NAME in reasons]
        if step:
            found[lead.pk] = step[0] if len(step) == 1 else 0
    return found


def get_linked_companies(leads: Iterable[Lead], user: User) -> dict[int, int]:
    """The companies that an import linked these leads to, as far as they are there and the user sees them, by lead."""
    linked = {lead.pk: lead.known_company_id for lead in leads if lead.known_company_id}
    if not linked or not user.has_perm(Company.get_right("view")):
        return {}
    rows = Company.objects.present().visible_to(user).filter(pk__in=set(linked.values()))
    seen = set(rows.values_list("pk", flat=True))
    return {lead: company for lead, company in linked.items() if company in seen}


def add_known_company(lead: Lead, suggested: list[RecordMatch], user: User) -> list[RecordMatch]:
    """The suggestions for a lead, with the company that an import linked it to as the first one."""
    pk = get_linked_companies([lead], user).get(lead.pk)
    if pk is None:
        return suggested
    same = next((match for match in suggested if match.record.pk == pk), None)
    reasons = {LINKED, *(same.reasons if same else ())}
    first = RecordMatch(same.record if same else Company.objects.get(pk=pk), sort_reasons(reasons))
    return [first, *(match for match in suggested if match is not same)]

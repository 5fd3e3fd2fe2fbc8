"""Which leads share a new company: those with its domain, or with its name."""

from collections.abc import Container, Mapping, Sequence

from crm.platform.text.text_folding import fold_texts
from customers.conversion.conversion_plan import NEW, ConversionPlan
from customers.record_matching import KEY_LENGTH, get_lead_facts
from leads.models import Lead


def get_first_domain(lead: Lead) -> str:
    return next(iter(get_lead_facts(lead).domains), "")


def get_company_keys(leads: Sequence[Lead], plans: Mapping[int, ConversionPlan]) -> dict[int, list[str]]:
    """By what a new company is recognized in the leads that follow: its domain, then its name."""
    new = {
        lead.pk: plans[lead.pk].company_name or lead.company
        for lead in leads
        if plans[lead.pk].company == NEW
    }
    keys = fold_texts(new.values(), length=KEY_LENGTH)
    found: dict[int, list[str]] = {lead.pk: [] for lead in leads}
    for lead in leads:
        if lead.pk in new:
            domain = get_first_domain(lead)
            found[lead.pk] = [*([f"@{domain}"] if domain else []), keys[new[lead.pk]]]
    return found


def get_first_leads(
    leads: Sequence[Lead], keys: Mapping[int, list[str]], known: Container[str]
) -> dict[str, Lead]:
    """By each key of a new company, the first of these leads that has it. Without the companies with a key in `known`."""
    new: dict[str, Lead] = {}
    for lead in leads:
        if any(key in known for key in keys[lead.pk]):
            continue
        first = next((new[key] for key in keys[lead.pk] if key in new), lead)
        for key in keys[lead.pk]:
            new.setdefault(key, first)
    return new

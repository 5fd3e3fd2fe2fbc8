"""What a conversion would do with each lead: which company and contact are meant, or new, or what is ambiguous.

A company is the one that an import linked the lead to, else it is recognized by its domain, else by its name, else by its phone; a contact by an email, else by phone and name
together, else by the name at the recognized company. Several at the same step are ambiguous.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import User
from crm.platform.sql.chunks import split_into_chunks
from customers.conversion.custom_value_copy import get_field_pairs, get_taken_unique_values, get_value_gaps
from customers.conversion.field_mapping import get_leads_with_values
from customers.conversion.lead_deals import add_deal_links
from customers.existing_companies import get_linked_companies
from customers.models import Company, Contact, ConversionRules
from customers.record_matching import COMPANY_NAME, DOMAIN, EMAIL, NAME, PHONE, get_lead_facts, get_matches
from leads.models import Lead
from leads.statuses.won_leads import READ

NEW, NONE = "new", "none"
SEVERAL_COMPANIES, SEVERAL_CONTACTS, MATCH_GONE = "several_companies", "several_contacts", "match_gone"
# Followed by the number of the custom field of the lead.
NO_COUNTERPART = "no_counterpart"
Found = Mapping[int, set[str]]


@dataclass(frozen=True)
class ConversionPlan:
    """The id of a record, NEW or NONE for company and contact; `problem` is the reason code if nothing can be done."""

    company: int | str = NONE
    contact: int | str = NONE
    problem: str = ""
    # Of a new company, if it isn't that of the lead.
    company_name: str = ""
    # Of a new deal; none without.
    deal_name: str = ""
    # Values that a user chose for custom fields of new records, by field.
    values: Mapping[str, Any] = field(default_factory=dict)


def build_plans_for_queryset(leads: Any, user: User) -> dict[int, ConversionPlan]:
    """The plans of a queryset of leads, however large."""
    ids = list(leads.order_by("pk").values_list("pk", flat=True))
    found: dict[int, ConversionPlan] = {}
    for some in split_into_chunks(ids):
        found |= build_conversion_plans(Lead.objects.filter(pk__any=some).only(*READ, "known_company"), user)
    return found


def build_conversion_plans(
    leads: Iterable[Lead], user: User, given: Mapping[int, int] | None = None
) -> dict[int, ConversionPlan]:
    """By the rules above, for any number of leads, among the records that the user sees. `given` are companies by the ids of
    leads for which they are decided."""
    leads = list(leads)
    facts = [get_lead_facts(lead) for lead in leads]
    companies = _find_matches(Company, facts, user)
    contacts = _find_matches(Contact, facts, user)
    employers = _get_employers({pk for found in contacts for pk in found}, user)
    linked = get_linked_companies(leads, user) | dict(given or {})
    plans = {
        lead.pk: _build_plan(lead, of_company, of_contact, employers, linked.get(lead.pk))
        for lead, of_company, of_contact in zip(leads, companies, contacts, strict=True)
    }
    return add_gap_problems(add_deal_links(plans, leads, user), leads, user)


def add_gap_problems(
    plans: dict[int, ConversionPlan], leads: Iterable[Lead], user: User
) -> dict[int, ConversionPlan]:
    """The same, with a problem where a new record wouldn't get a value of its lead (custom_value_copy.py)."""
    rules = ConversionRules.get_current()
    clear = [lead for lead in leads if not plans[lead.pk].problem] if rules.mapping else []
    # A lead of an import that isn't saved yet has the values of its row.
    saved = [lead.pk for lead in clear if lead.pk > 0]
    stored = get_leads_with_values(Lead.objects.filter(pk__any=saved), rules.mapping) if saved else []
    pairs = (
        {table: get_field_pairs(table, rules.mapping) for table in ("company", "contact")} if clear else {}
    )
    whole = [*stored, *(lead for lead in clear if lead.pk < 0)]
    for table in pairs:
        making = [
            lead for lead in whole if _creates_record(plans[lead.pk], table) and not plans[lead.pk].problem
        ]
        known = get_taken_unique_values(making, table, pairs[table])
        for lead in making:
            if gap := next(iter(get_value_gaps(lead, table, pairs[table], user, known)), None):
                problem = f"{NO_COUNTERPART}:{gap.source.definition.pk}"
                plans[lead.pk] = replace(plans[lead.pk], problem=problem)
    return plans


def _creates_record(plan: ConversionPlan, table: str) -> bool:
    return (plan.company if table == "company" else plan.contact) == NEW


def _find_matches(model: Any, facts: list[Any], user: User) -> list[dict[int, set[str]]]:
    """A kind that the user may not view has no records for them."""
    if not user.has_perm(model.get_right("view")):
        return [{} for _facts in facts]
    return get_matches(facts, model, user)


def _get_employers(contacts: set[int], user: User) -> dict[int, int]:
    """The companies of these contacts, as far as the user sees them."""
    if not contacts or not user.has_perm(Company.get_right("view")):
        return {}
    found = dict(
        Contact.objects.filter(pk__any=contacts, company__isnull=False).values_list("pk", "company_id")
    )
    seen = Company.objects.present().visible_to(user).filter(pk__any=set(found.values()))
    known = set(seen.values_list("pk", flat=True))
    return {contact: company for contact, company in found.items() if company in known}


def _build_plan(
    lead: Lead, companies: Found, contacts: Found, employers: Mapping[int, int], linked: int | None
) -> ConversionPlan:
    """`linked` is the company that a program named, or that an import linked the lead to."""
    people = _get_contacts_by_email(contacts)
    company = linked or _choose_company(lead, companies)
    if company is None and people:
        # Several people share an address at one company.
        company = _get_only({employers[pk] for pk in people if pk in employers})
    if company == SEVERAL_COMPANIES:
        return ConversionPlan(problem=SEVERAL_COMPANIES)
    if company is None:
        company = NEW if lead.company else NONE
    contact = _choose_contact(lead, people, contacts, company, employers)
    if contact == SEVERAL_CONTACTS:
        return ConversionPlan(problem=SEVERAL_CONTACTS)
    return ConversionPlan(company, contact)


def _choose_company(lead: Lead, found: Found) -> int | str | None:
    """The id of the only one at the first step that finds any; None if no step does."""
    by_domain = [pk for pk, reasons in found.items() if DOMAIN in reasons]
    # Sister companies share a domain, and the name says which one is meant.
    by_domain = [pk for pk in by_domain if COMPANY_NAME in found[pk]] or by_domain
    by_name = [pk for pk, reasons in found.items() if COMPANY_NAME in reasons]
    by_phone = [pk for pk, reasons in found.items() if PHONE in reasons]
    for step in (by_domain, by_name, by_phone if not lead.company else []):
        if step:
            return step[0] if len(step) == 1 else SEVERAL_COMPANIES
    return None


def _get_contacts_by_email(found: Found) -> list[int]:
    return [pk for pk, reasons in found.items() if EMAIL in reasons]


def _choose_contact(
    lead: Lead, by_email: list[int], found: Found, company: int | str, employers: Mapping[int, int]
) -> int | str:
    by_phone = [pk for pk, reasons in found.items() if {PHONE, NAME} <= reasons]
    by_name = [pk for pk, reasons in found.items() if NAME in reasons and employers.get(pk) == company]
    for step in (by_email, by_phone, by_name):
        # Of several, those with the name, and of those the ones who work at the company.
        step = [pk for pk in step if NAME in found[pk]] or step
        step = [pk for pk in step if employers.get(pk) == company] or step
        if step:
            return step[0] if len(step) == 1 else SEVERAL_CONTACTS
    is_person = lead.full_name or lead.email or lead.second_email or lead.mobile
    return NEW if is_person or company == NONE else NONE


def _get_only(found: set[int]) -> int | None:
    return next(iter(found)) if len(found) == 1 else None


def check_chosen_records(
    plans: Mapping[int, ConversionPlan], user: User, *, lock: bool
) -> dict[int, ConversionPlan]:
    """The same, with a problem where a chosen record was deleted or can't be seen any more. Locks the chosen ones, so that
    no one deletes them before the end of the transaction; a preview, which only reads, can't."""
    companies = _get_present_ids(Company, {plan.company for plan in plans.values()}, user, lock=lock)
    contacts = _get_present_ids(Contact, {plan.contact for plan in plans.values()}, user, lock=lock)
    return {
        pk: plan
        if plan.problem or (_is_available(plan.company, companies) and _is_available(plan.contact, contacts))
        else ConversionPlan(problem=MATCH_GONE)
        for pk, plan in plans.items()
    }


def _get_present_ids(model: Any, chosen: set[int | str], user: User, *, lock: bool) -> set[int]:
    ids = [pk for pk in chosen if isinstance(pk, int)]
    if not ids:
        return set()
    if not user.has_perm(model.get_right("view")):
        return set()
    rows = model.objects.present().visible_to(user).filter(pk__any=ids).order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return set(rows.values_list("pk", flat=True))


def _is_available(chosen: int | str, there: set[int]) -> bool:
    return not isinstance(chosen, int) or chosen in there

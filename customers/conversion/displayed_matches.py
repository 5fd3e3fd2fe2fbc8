"""The matches that a conversion page shows, and those that it doesn't know yet when it is sent."""

from collections.abc import Iterable
from dataclasses import replace

from accounts.models import User
from customers.conversion.conversion_plan import NEW
from customers.existing_companies import add_known_company
from customers.models import Company, Contact
from customers.record_matching import (
    COMPANY_NAME,
    KnownFacts,
    RecordMatch,
    get_lead_facts,
    get_suggestions_by_kind,
)
from leads.models import Lead

# The hidden inputs with the ids of the matches on the page: "shown_company", "shown_contact".
SHOWN = "shown"


def get_suggestions(lead: Lead, user: User, typed: str = "") -> dict[str, list[RecordMatch]]:
    """The companies and contacts that may be meant, the best first; also companies with the name that was `typed` for a new
    one."""
    found = get_suggestions_by_kind(get_lead_facts(lead), user, (Company, Contact))
    companies = add_known_company(lead, found[Company.table], user)
    if typed and typed != lead.company:
        companies += _get_other_matches(
            get_suggestions_by_kind(KnownFacts(company=typed), user, (Company,))[Company.table], companies
        )
    return {Company.table: companies, Contact.table: found[Contact.table]}


def _get_other_matches(found: list[RecordMatch], known: list[RecordMatch]) -> list[RecordMatch]:
    ids = {match.record.pk for match in known}
    return [replace(match, reasons=(COMPANY_NAME,)) for match in found if match.record.pk not in ids]


def get_unseen_matches(chosen: str | None, shown: Iterable[str], found: Iterable[int]) -> list[int]:
    """The matches, by id, that weren't on the page on which the user chose a new record."""
    known = set(shown)
    return [pk for pk in found if str(pk) not in known] if chosen == NEW else []

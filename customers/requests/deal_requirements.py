"""When company and person behind a request are known well enough for a deal; otherwise a lead comes first."""

from typing import Any


def is_sufficient_for_deal(facts: Any) -> bool:
    """Both are known. `facts` are a request, or anything with its fields."""
    return is_company_known(facts) and is_person_known(facts)


def is_company_known(facts: Any) -> bool:
    """An existing company, or a name by which one can be added and a domain, email or phone by which it is found again."""
    return bool(facts.company_id or (facts.company_name and (facts.website or facts.email or facts.phone)))


def is_person_known(facts: Any) -> bool:
    """An existing contact, or the name of a person and an email or phone."""
    return bool(facts.contact_id or (facts.sender_name and (facts.email or facts.phone)))

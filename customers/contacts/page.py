"""What a contact's page shows in addition to its fields: the lists of other kinds, and its consents."""

from typing import Any

from accounts.models import User
from customers.consent.page_card import build_consent_card
from customers.embedded_lists import CONTACT_LISTS, build_page_lists
from customers.models import Contact


def get_page_context(contact: Contact, user: User) -> dict[str, Any]:
    consent = build_consent_card(contact, user)
    return {"lists": build_page_lists(CONTACT_LISTS, contact, user), "cards": [consent] if consent else []}

"""What a contact's page shows in addition to its fields: the lists of other kinds, and its consents."""

from typing import Any

from customers.consent.page_card import card_of
from customers.embedded_lists import CONTACT_LISTS, lists_of
from customers.models import Contact


def page_of(contact: Contact, user: Any) -> dict[str, Any]:
    consent = card_of(contact, user)
    return {"lists": lists_of(CONTACT_LISTS, contact, user), "cards": [consent] if consent else []}

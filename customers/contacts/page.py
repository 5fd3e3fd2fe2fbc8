"""What a contact's page shows in addition to its fields: other kinds add their lists."""

from typing import Any

from customers.models import Contact
from customers.page_lists import CONTACT_LISTS, lists_of


def page_of(contact: Contact, user: Any) -> dict[str, Any]:
    return {"lists": lists_of(CONTACT_LISTS, contact, user)}

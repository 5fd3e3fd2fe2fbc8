"""What a company's page shows in addition to its fields: the contacts that work there."""

from typing import Any
from urllib.parse import quote

from django.urls import reverse

from crm.fields.links import named
from crm.records.listing import drawn
from customers.models import Company, Contact

FIRST = 10


def page_of(company: Company, user: Any) -> dict[str, Any]:
    """The newest contacts that the user sees, and the list of all of them."""
    from customers.contacts.kind import CONTACT

    if not user.has_perm(CONTACT.right("view")):
        return {}
    contacts = Contact.objects.present().visible_to(user).at(company).order_by("-pk")
    ids = list(contacts.values_list("pk", flat=True)[: FIRST + 1])
    return {
        "contacts": drawn(CONTACT, ids[:FIRST]),
        "more_contacts": len(ids) > FIRST,
        "list_of_contacts": f"{reverse('contacts:list')}?company.is={quote(named(company))}",
        "may_add_contact": user.has_perm(CONTACT.right("add")),
    }

"""What a company's page shows in addition to its fields: its contacts and its subsidiaries; other kinds add their lists."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Company, Contact
from customers.page_lists import COMPANY_LISTS, PageList, linked, lists_of


def page_of(company: Company, user: Any) -> dict[str, Any]:
    return {"lists": lists_of(COMPANY_LISTS, company, user)}


def contacts(company: Company, user: Any) -> PageList | None:
    from customers.contacts.kind import CONTACT

    return linked(
        CONTACT,
        "company",
        company,
        user,
        about=about_contact,
        title=_("Contacts"),
        empty=_("People who work at this company appear here."),
        all_words=_("View all contacts"),
        add_words=_("New contact"),
    )


def about_contact(contact: Contact) -> Sequence[str]:
    return [contact.title, contact.email if contact.email != contact.shown_name else "", contact.phone]


def subsidiaries(company: Company, user: Any) -> PageList | None:
    from customers.companies.kind import COMPANY

    return linked(
        COMPANY,
        "parent",
        company,
        user,
        about=lambda row: [row.domain],
        title=_("Subsidiaries"),
        empty=_("Companies whose parent company is this one appear here."),
        all_words=_("View all subsidiaries"),
        add_words=_("New subsidiary"),
    )


COMPANY_LISTS += [contacts, subsidiaries]

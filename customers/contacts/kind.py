"""Contacts as a record type: the classes that make up its screens, files and APIs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.ownership.actions import ASSIGN
from accounts.ownership.record_form import get_initial_ownership
from accounts.ownership.verbs import Take
from crm.fields.schemas import WHOLE_NAME
from crm.platform.record_types import RecordWords
from crm.records.editing.inline_editing import build_inline_of_action
from crm.records.history.verbs import Add, Edit
from crm.records.kinds.kind_registry import Kind, RowRequirements
from crm.records.listing.search.linked_name_search import LinkedNames
from crm.records.listing.search.phone_lookup import build_phone_condition
from crm.records.listing.search.search import Search
from crm.templatetags.look import number
from customers.actions import get_bulk_actions
from customers.contacts import fields
from customers.contacts.excel import ContactResource
from customers.contacts.forms import ContactForm
from customers.contacts.lists import SORTS, ContactFilter, ContactTable
from customers.contacts.page import get_page_context
from customers.converted_leads import get_converted_leads_of, get_newsletter_state
from customers.employments.timeline import ContactTimeline
from customers.models import CompanySearch, Contact, ContactSearch
from leads.page.newsletter_fact import build_newsletter_fact


def describe_contact_count(count: int) -> str:
    return ngettext("%(number)s contact", "%(number)s contacts", count) % {"number": number(count)}


CONTACT = Kind(
    model=Contact,
    urls="contacts",
    icon="contact",
    words=RecordWords(
        one=_("contact"),
        many=_("contacts"),
        counted=describe_contact_count,
        open=describe_contact_count,
        new=_("New contact"),
        all=_("All contacts"),
        added=_("Add a contact"),
        found_by=_("name, company, email, phone"),
    ),
    fields=fields,
    identified_by=("email", "second_email", WHOLE_NAME),
    sorts=SORTS,
    filters=ContactFilter,
    table=ContactTable,
    drawing=RowRequirements(
        every=[
            "first_name",
            "last_name",
            "title",
            "email",
            "phone",
            "mobile",
            "owner__name",
            "owner__hue",
            "erased_at",
        ],
        joined=["owner"],
        columns={"owner": (), "created_at": ("created_at",), "id": ()},
    ),
    search=Search(ContactSearch, country="country", linked=LinkedNames("company", CompanySearch)),
    form=ContactForm,
    cards={"who": _("Contact details"), "where": _("Location"), "stand": _("Owner and department")},
    first_values=get_initial_ownership,
    add=Add,
    edit=Edit,
    take=Take,
    actions=get_bulk_actions("contact"),
    inline={
        "owner": build_inline_of_action(ASSIGN, lambda contact: {"owner": str(contact.owner_id or "none")}),
    },
    resource=ContactResource,
    facts=lambda contact: {"newsletter": build_newsletter_fact(contact, get_newsletter_state(contact))},
    own_labels={"name": _("name"), "newsletter": _("newsletter")},
    along=get_converted_leads_of,
    timeline=ContactTimeline,
    page=get_page_context,
    by_phone=build_phone_condition,
    json={"url": f"'{settings.SITE_URL}/admin/contacts/' || customers_contact.id"},
)

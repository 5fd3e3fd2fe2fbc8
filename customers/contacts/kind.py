"""Contacts as a record type: the classes that make up its screens, files and APIs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.ownership.actions import ASSIGN
from accounts.ownership.record_form import owned_at_first
from accounts.ownership.verbs import Take
from crm.fields.schemas import WHOLE_NAME
from crm.platform.record_types import Words
from crm.records.editing.inline_editing import of_action, of_field
from crm.records.history.verbs import Add, Edit
from crm.records.kinds.kind_registry import Drawing, Kind
from crm.records.listing.search.linked_name_search import LinkedNames
from crm.records.listing.search.phone_lookup import with_phone
from crm.records.listing.search.search import Search
from crm.templatetags.look import number
from customers.actions import actions_of
from customers.contacts import fields
from customers.contacts.excel import ContactResource
from customers.contacts.forms import ContactForm
from customers.contacts.lists import SORTS, ContactFilter, ContactTable
from customers.contacts.page import page_of
from customers.converted_leads import along, newsletter_of
from customers.employments.timeline import ContactTimeline
from customers.models import CompanySearch, Contact, ContactSearch
from leads.page.page import newsletter_fact


def counted(count: int) -> str:
    return ngettext("%(number)s contact", "%(number)s contacts", count) % {"number": number(count)}


CONTACT = Kind(
    model=Contact,
    urls="contacts",
    icon="contact",
    words=Words(
        one=_("contact"),
        many=_("contacts"),
        counted=counted,
        open=counted,
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
    drawing=Drawing(
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
    first_values=owned_at_first,
    add=Add,
    edit=Edit,
    take=Take,
    actions=actions_of("contact"),
    inline={
        "owner": of_action(ASSIGN, lambda contact: {"owner": str(contact.owner_id or "none")}),
        "title": of_field(Contact, "title", Edit),
    },
    resource=ContactResource,
    facts=lambda contact: {"newsletter": newsletter_fact(newsletter_of(contact))},
    own_labels={"name": _("name"), "newsletter": _("newsletter")},
    along=along,
    timeline=ContactTimeline,
    page=page_of,
    by_phone=with_phone,
    json={"url": f"'{settings.SITE_URL}/admin/contacts/' || customers_contact.id"},
)

"""The contacts on the page of a deal, and the deals on the page of a contact who isn't their main one."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.embedded_lists import FIRST, ListLine, PageList
from customers.models import Contact, Deal, DealContact

OF_DEAL = _("Other contacts")
OF_CONTACT = _("Also a contact of these deals")


def build_deal_list(deal: Deal, user: User) -> PageList | None:
    if not user.has_perm(Contact.get_right("view")):
        return None
    found = list(deal_contacts_queryset(deal, user)[: FIRST + 1])
    return PageList(
        name="deal-contacts",
        title=OF_DEAL,
        lines=build_deal_lines(found[:FIRST], deal, user),
        empty=_("Others involved in this deal appear here with their role."),
        all=reverse("deals:contacts", args=[deal.pk]) if len(found) > FIRST else "",
        all_words=_("View all contacts"),
        add=reverse("deals:add_contact", args=[deal.pk]) if may_change(deal, user) else "",
        add_words=_("Add contact"),
    )


def deal_contacts_queryset(deal: Deal, user: User) -> Any:
    rows = DealContact.objects.present().visible_to(user).of_record(deal).of_present_contacts()
    return rows.oldest_first().with_names()


def may_change(deal: Deal, user: User) -> bool:
    """Deals on a page say whether the user may change them (crm/records/listing/record_list.py)."""
    return deal.deleted_at is None and user.has_perm(Deal.get_right("change")) and deal.may_change


def build_deal_lines(rows: Sequence[DealContact], deal: Deal, user: User) -> list[ListLine]:
    may = may_change(deal, user)
    return [
        ListLine(
            str(row.contact),
            row.contact.get_absolute_url(),
            [row.role] if row.role else [],
            reverse("deals:contact", args=[deal.pk, row.pk]) if may else "",
            _now("Edit the contact %(contact)s") % {"contact": row.contact},
        )
        for row in rows
    ]


def build_contact_list(contact: Contact, user: User) -> PageList | None:
    """Deals whose main contact it is have a list of their own."""
    if not user.has_perm(Deal.get_right("view")):
        return None
    found = list(contact_deals_queryset(contact, user)[: FIRST + 1])
    if not found:
        # They are added on the pages of deals.
        return None
    return PageList(
        name="contact-deals",
        title=OF_CONTACT,
        lines=build_contact_lines(found[:FIRST]),
        empty="",
        all=reverse("contacts:deals", args=[contact.pk]) if len(found) > FIRST else "",
        all_words=_("View all deals"),
    )


def contact_deals_queryset(contact: Contact, user: User) -> Any:
    rows = DealContact.objects.present().visible_to(user).leading_to(contact).on_present_deals()
    return rows.newest_first().with_names()


def build_contact_lines(rows: Sequence[DealContact]) -> list[ListLine]:
    return [
        ListLine(str(row.deal), row.deal.get_absolute_url(), [row.role] if row.role else []) for row in rows
    ]

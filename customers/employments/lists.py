"""The employments on the page of a contact, and the people who aren't a company's present contacts on the company's."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.embedded_lists import FIRST, ListLine, PageList
from customers.models import Company, Contact, Employment

PEOPLE = _("Former and other people")


def build_contact_list(contact: Contact, user: User) -> PageList:
    rows = Employment.objects.present().visible_to(user).of_record(contact).newest_first().with_names()
    found = list(rows[: FIRST + 1])
    return PageList(
        name="employments",
        title=_("Employments"),
        lines=build_contact_lines(found[:FIRST], contact, user),
        empty=_("Current and past jobs of this person appear here."),
        all=reverse("contacts:employments", args=[contact.pk]) if len(found) > FIRST else "",
        all_words=_("View all employments"),
        add=reverse("contacts:add_employment", args=[contact.pk]) if may_change(contact, user) else "",
        add_words=_("Add employment"),
    )


def may_change(contact: Contact, user: User) -> bool:
    """Contacts on a page say whether the user may change them (crm/records/listing/record_list.py)."""
    return contact.deleted_at is None and user.has_perm(Contact.get_right("change")) and contact.may_change


def build_contact_lines(rows: Sequence[Employment], contact: Contact, user: User) -> list[ListLine]:
    """With the company's name for everyone, and the link for those who may open it."""
    ids = {row.company_id for row in rows}
    may_open = bool(ids) and user.has_perm(Company.get_right("view"))
    seen = (
        set(Company.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))
        if may_open
        else ()
    )
    may = may_change(contact, user)
    return [
        ListLine(
            str(row.company),
            row.company.get_absolute_url() if row.company_id in seen else "",
            [part for part in (row.role, row.period) if part],
            reverse("contacts:employment", args=[contact.pk, row.pk]) if may else "",
            _now("Edit the employment at %(company)s") % {"company": row.company},
        )
        for row in rows
    ]


def build_company_list(company: Company, user: User) -> PageList | None:
    """People through their employments; present contacts have a list of their own."""
    if not user.has_perm(Contact.get_right("view")):
        return None
    found = list(other_people_queryset(company, user)[: FIRST + 1])
    if not found:
        # Most companies have none, and they aren't added here.
        return None
    return PageList(
        name="people",
        title=PEOPLE,
        lines=build_company_lines(found[:FIRST]),
        empty="",
        all=reverse("companies:employments", args=[company.pk]) if len(found) > FIRST else "",
        all_words=_("View all people"),
    )


def other_people_queryset(company: Company, user: User) -> Any:
    rows = Employment.objects.present().visible_to(user).of_contacts_with_another_main_company(company)
    return rows.newest_first().with_names()


def build_company_lines(rows: Sequence[Employment]) -> list[ListLine]:
    return [
        ListLine(
            str(row.contact),
            row.contact.get_absolute_url(),
            [part for part in (row.role, row.period) if part],
        )
        for row in rows
    ]

"""What is done with the further contacts of deals: adding one; editing and removing any number of them; and
giving a deal a whole list of them.

A contact is on a deal once: as its main contact or as one of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.records.history.verb_execution import Refusal, Verb
from customers.models import Contact, Deal, DealContact
from customers.related_items.verbs import AddBetween, EditBetween, RemoveBetween

ALREADY = "contact_of_deal"


class AddDealContact(AddBetween, Verb):
    kind = "add_deal_contact"
    title = _("Add a contact to a deal")
    between: ClassVar = DealContact

    def get_refusals(self):
        contact = self.given["contact"]
        return [
            *super().get_refusals(),
            Refusal(ALREADY, Q(contact=contact) | Q(_build_exists_condition("pk", contact))),
        ]


class EditDealContact(EditBetween, Verb):
    kind = "edit_deal_contact"
    title = _("Edit a contact of a deal")
    between: ClassVar = DealContact

    def get_refusals(self):
        contact = self.changes.get("contact")
        if contact is None:
            return super().get_refusals()
        main = Exists(Deal.objects.filter(pk=OuterRef("deal"), contact=contact))
        return [
            *super().get_refusals(),
            Refusal(ALREADY, Q(main) | Q(_build_exists_condition("deal", contact))),
        ]


class RemoveDealContact(RemoveBetween, Verb):
    kind = "remove_deal_contact"
    title = _("Remove a contact from a deal")
    between: ClassVar = DealContact


@dataclass(frozen=True)
class SetDealContacts(Verb):
    """Give deals exactly these contacts, apart from their main one, with their roles by the id of the contact. Those that the user
    doesn't see stay as they are."""

    kind = "set_deal_contacts"
    title = _("Replace the contacts of a deal")
    icon = "contact"

    by: User | None = None
    roles: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    def lock_settings(self):
        Contact.objects.lock_all(self.roles)

    def get_refusals(self):
        gone = set(self.roles) - set(Contact.objects.filter(pk__in=self.roles).values_list("pk", flat=True))
        return [
            Refusal("link_gone", ~Q(pk=None) if gone else Q(pk__in=[])),
            Refusal(ALREADY, Q(contact__in=list(self.roles))),
        ]

    def get_values(self):
        return {}

    def write(self, rows):
        for deal in rows.order_by("pk").values_list("pk", flat=True):
            known = {row.contact_id: row for row in visible_contacts_queryset(deal, self.by)}
            removed = [row.pk for pk, row in known.items() if pk not in self.roles]
            DealContact.objects.filter(pk__any=removed).update(deleted_at=Now())
            for pk, role in self.roles.items():
                if pk in known and known[pk].role != role:
                    DealContact.objects.filter(pk=known[pk].pk).update(role=role)
            DealContact.objects.bulk_create(
                DealContact(deal_id=deal, contact_id=pk, role=role, created_by=self.by)
                for pk, role in self.roles.items()
                if pk not in known
            )


def visible_contacts_queryset(deal: int, user: User | None) -> Any:
    return DealContact.objects.present().visible_to(user).of_record(deal).of_present_contacts().oldest_first()


def _build_exists_condition(deal: str, contact: Contact) -> Any:
    return Exists(DealContact.objects.present().of_record(OuterRef(deal)).leading_to(contact))

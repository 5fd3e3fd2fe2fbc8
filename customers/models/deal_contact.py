"""A further contact of a deal, with the role that the person plays in it. The main contact is on the deal itself."""

from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.model_fields import LineField
from crm.fields.types.record_links import LinkField, build_link_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from customers.models.contact import Contact
from customers.models.deal import Deal
from customers.models.related_item import BetweenQuerySet, BetweenRecord
from customers.related_items.scope import BetweenScope

# What the form suggests; any other text can be typed.
ROLES = (
    _("Decision maker"),
    _("Influencer"),
    _("Technical contact"),
    _("Finance"),
    _("Legal"),
    _("User"),
)


class DealContactQuerySet(BetweenQuerySet):
    def of_present_contacts(self):
        return self.filter(contact__deleted_at=None)

    def on_present_deals(self):
        return self.filter(deal__deleted_at=None)

    def oldest_first(self):
        return self.order_by("pk")

    def newest_first(self):
        return self.order_by("-pk")


class DealContact(BetweenRecord):
    """Users who see the deal but not the contact don't see it either."""

    table = "deal_contact"
    belongs_to = "deal"
    leads_to = "contact"
    once = True
    scope = BetweenScope("customers.DealContact", both=True)
    undo = UndoRules(
        after_records=True, guards={"contact_id": build_link_guard("customers_contact", "contact")}
    )

    deal = LinkField(
        Deal, models.CASCADE, verbose_name=_("deal"), null=False, blank=False, editable=False, db_index=False
    )
    contact = LinkField(
        Contact, models.CASCADE, verbose_name=_("contact"), null=False, blank=False, db_index=False
    )
    role = LineField(pgettext_lazy("in a deal", "role"), max_length=100, blank=True)

    objects = DealContactQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("contact of a deal")
        verbose_name_plural = _("contacts of deals")
        # Who may change the deal may change them.
        default_permissions = ()
        triggers = build_change_triggers("deal_contact")
        indexes = [
            # The page of a deal, and deleting it permanently
            models.Index(fields=["deal", "id"], name="contact_of_deal"),
            # The same for a contact
            models.Index(fields=["contact", "id"], name="deal_of_contact"),
        ]

    def __str__(self) -> str:
        contact = str(self.contact)
        if not self.role:
            return contact
        return _now("%(contact)s as %(role)s") % {"contact": contact, "role": self.role}

"""A deal: what a company may buy, how much it is worth, and how far along it is."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.owned_record import OwnedQuerySet, OwnedRecord, build_owned_indexes, record_permissions
from crm.fields.custom.definitions.built_in_fields import make_labels_changeable
from crm.fields.custom.search.search_triggers import build_search_triggers
from crm.fields.custom.unique.unique_triggers import (
    build_unique_presence_trigger,
    build_unique_value_triggers,
)
from crm.fields.custom.values.change_triggers import build_value_triggers
from crm.fields.model_fields import MoneyField, NameField, PercentField, TagsField
from crm.fields.models.custom_values import CustomValues
from crm.fields.models.record import Record
from crm.fields.search_columns import SearchedRecord, build_derived_triggers, search_index
from crm.fields.types.field_type import build_sort_index, build_sort_indexes
from crm.fields.types.record_links import LinkField, build_link_guard
from crm.platform.configuration.company import get_company_currency
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from customers.deals import fields
from customers.deals.triggers import DEAL_TRIGGERS
from customers.models.company import Company
from customers.models.contact import Contact
from leads.models import Lead, LostReason, Status


class DealQuerySet(OwnedQuerySet):
    def open(self):
        return self.filter(status__in=Status.objects.of_deals().of_kind(*Status.OPEN).values("pk"))

    def past_expected_close(self):
        """Their expected close was before today."""
        return self.filter(expected_close__lt=timezone.localdate())

    def of_leads(self, ids: list[int]):
        return self.filter(lead__in=ids)

    def with_link(self, name: str, record: Record):
        """Those of this company, contact or lead."""
        return self.filter(**{name: record})


class Deal(OwnedRecord):
    table = "deal"
    search_table = "customers_dealsearch"
    searched_fields = fields.SEARCH

    name = NameField(_("name"), max_length=300)
    company = LinkField(Company, verbose_name=_("company"), db_index=False)
    contact = LinkField(Contact, verbose_name=_("contact"), db_index=False)
    lead = LinkField(Lead, verbose_name=_("lead"), db_index=False)
    description = models.TextField(_("description"), blank=True, max_length=50_000)
    value = MoneyField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, default=get_company_currency)
    expected_close = models.DateField(_("expected close"), null=True, blank=True)
    probability = PercentField(
        _("probability"), help_text=_("In percent. Leave empty to use the probability of the stage.")
    )
    tags = TagsField(verbose_name=_("tags"))
    # Its progress; the columns are named as in leads, whose verbs and contract they share
    status = models.ForeignKey(Status, models.PROTECT, verbose_name=_("stage"), db_index=False)
    lost_reason = models.ForeignKey(
        LostReason, models.PROTECT, verbose_name=_("lost reason"), null=True, blank=True, db_index=False
    )
    lost_remark = models.CharField(_("lost reason details"), max_length=500, blank=True)
    # Timestamps: written by triggers; a value set explicitly is kept
    status_since = models.DateTimeField(_("in stage since"), editable=False, db_default=Now())
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    # Written by triggers along with the change that caused them, which the timeline shows.
    unshown = frozenset({"status_since", "closed_at"})
    never_before_added: ClassVar = ("status_since", "updated_at")
    undo = UndoRules(
        together={**OwnedRecord.undo.together, "status_since": "status_id", "closed_at": "status_id"},
        guards={
            **OwnedRecord.undo.guards,
            "company_id": build_link_guard("customers_company"),
            "contact_id": build_link_guard("customers_contact"),
            "lead_id": build_link_guard("leads_lead"),
        },
    )

    objects = DealQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        triggers = [
            *build_change_triggers("deal"),
            *build_derived_triggers(fields.SEARCH),
            build_unique_presence_trigger("deal"),
            *DEAL_TRIGGERS,
        ]
        permissions = record_permissions("deal", "deals")
        indexes = [
            *build_owned_indexes("deal"),
            build_sort_index("deal_since", "status_since"),
            build_sort_index("deal_stay", "status", "status_since"),  # a column of the board
            # the pages of a company, a contact and a lead, and deleting them permanently
            models.Index(
                fields=["company", "id"], name="deal_company", condition=models.Q(company__isnull=False)
            ),
            models.Index(
                fields=["contact", "id"], name="deal_contact", condition=models.Q(contact__isnull=False)
            ),
            models.Index(fields=["lead", "id"], name="deal_lead", condition=models.Q(lead__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        return self.name

    @property
    def subtitle(self) -> str:
        return str(self.company) if self.company_id else ""

    @property
    def likelihood(self) -> int | None:
        """The probability in percent: its own, else that of its stage."""
        return self.status.probability if self.probability is None else self.probability

    def get_absolute_url(self) -> str:
        return f"/admin/deals/{self.pk}"


class DealSearch(SearchedRecord):
    record = models.OneToOneField(Deal, models.CASCADE, primary_key=True, related_name="search")

    class Meta:
        indexes = [search_index("deal_search_words")]


class DealValues(CustomValues):
    record = models.OneToOneField(Deal, models.CASCADE, primary_key=True, related_name="custom_values")

    class Meta:
        triggers = [
            *build_value_triggers("deal"),
            *build_unique_value_triggers("deal"),
            *build_search_triggers("deal"),
        ]


Deal._meta.indexes = [*Deal._meta.indexes, *build_sort_indexes(Deal, fields.SORT)]
make_labels_changeable(Deal)

"""A contact: a person at a customer, or at a company that may become one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from accounts.models.owned_record import OwnedQuerySet, OwnedRecord, build_owned_indexes, record_permissions
from crm.fields.custom.definitions.built_in_fields import make_labels_changeable
from crm.fields.custom.search.search_triggers import build_search_triggers
from crm.fields.custom.unique.unique_triggers import (
    build_unique_presence_trigger,
    build_unique_value_triggers,
)
from crm.fields.custom.values.change_triggers import build_value_triggers
from crm.fields.model_fields import (
    EmailField,
    ErasedField,
    KeyColumn,
    LineField,
    PhoneField,
    TagsField,
    TextField,
)
from crm.fields.models.custom_values import CustomValues
from crm.fields.models.record import PRESENT
from crm.fields.search_columns import SearchedRecord, build_derived_triggers, search_index
from crm.fields.types.field_type import build_sort_index, build_sort_indexes
from crm.fields.types.record_links import LinkField, build_link_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.records.kinds.display_names import PersonNames, format_full_name
from customers.contacts import fields
from customers.models.company import Company

NAMING = PersonNames(("email", "phone", "mobile"))
# The columns by which a contact is recognized, with their indexes.
BY_VALUE = {
    "email_key": "contact_by_email",
    "second_email_key": "contact_by_second_email",
    "phone_normal": "contact_by_phone",
    "mobile_normal": "contact_by_mobile",
}


class ContactQuerySet(OwnedQuerySet):
    def at(self, company: Company):
        """Those who work at this company."""
        return self.filter(company=company)

    def with_emails(self, keys):
        """Those with one of these emails, given as the columns store them (crm/platform/text/text_folding.py)."""
        return self.filter(models.Q(email_key__in=keys) | models.Q(second_email_key__in=keys))


class Contact(OwnedRecord):
    table = "contact"
    search_table = "customers_contactsearch"
    searched_fields = fields.SEARCH
    named_by = NAMING.fields

    first_name = LineField(_("first name"), max_length=600, blank=True)
    last_name = LineField(_("last name"), max_length=600, blank=True)
    title = TextField(pgettext_lazy("a job", "position"), max_length=200, blank=True)
    company = LinkField(Company, verbose_name=_("company"), db_index=False)
    email = EmailField(_("email"), max_length=254, blank=True)
    second_email = EmailField(_("second email"), max_length=254, blank=True)
    phone = PhoneField(_("phone"), max_length=60, blank=True)
    mobile = PhoneField(_("mobile"), max_length=60, blank=True)
    country = CountryField(_("country"), blank=True, blank_label=_("None"))  # type: ignore[call-overload]
    tags = TagsField(verbose_name=_("tags"))
    erased_at = ErasedField(_("erased"))
    # Derived from the columns above, for sorting and looking up
    name_key = KeyColumn(*NAMING.fields, of=NAMING.name_sql("NEW"))

    undo = UndoRules(
        together={**OwnedRecord.undo.together, "phone_normal": "phone", "mobile_normal": "mobile"},
        guards={**OwnedRecord.undo.guards, "company_id": build_link_guard("customers_company", "company")},
    )

    objects = ContactQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        triggers = [
            *build_change_triggers("contact"),
            *build_derived_triggers(fields.SEARCH),
            build_unique_presence_trigger("contact"),
        ]
        permissions = record_permissions("contact", "contacts")
        indexes = [
            *build_owned_indexes("contact"),
            build_sort_index("contact_name", "name_key"),
            models.Index(
                fields=["erased_at"], name="contact_erased", condition=models.Q(erased_at__isnull=False)
            ),  # undo
            models.Index(
                fields=["company", "id"], name="contact_company", condition=models.Q(company__isnull=False)
            ),  # the page of a company, and deleting it permanently
            # matching
            *(
                models.Index(fields=[column], name=name, condition=PRESENT & ~models.Q(**{column: ""}))
                for column, name in BY_VALUE.items()
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first_name="", last_name="", email="", phone="", mobile=""),
                name="contact_has_a_name",
                violation_error_message=_("Enter at least a name, email or phone."),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def full_name(self) -> str:
        return format_full_name(self.first_name, self.last_name)

    @property
    def shown_name(self) -> str:
        return NAMING.format_name(self)

    @property
    def subtitle(self) -> str:
        return self.email if self.email != self.shown_name else self.title

    @classmethod
    def name_sql(cls, row: str) -> str:
        return NAMING.name_sql(row)

    def get_absolute_url(self) -> str:
        return f"/admin/contacts/{self.pk}"


class ContactSearch(SearchedRecord):
    record = models.OneToOneField(Contact, models.CASCADE, primary_key=True, related_name="search")

    class Meta:
        indexes = [search_index("contact_search_words")]


class ContactValues(CustomValues):
    record = models.OneToOneField(Contact, models.CASCADE, primary_key=True, related_name="custom_values")

    class Meta:
        triggers = [
            *build_value_triggers("contact"),
            *build_unique_value_triggers("contact"),
            *build_search_triggers("contact"),
        ]


Contact._meta.indexes = [*Contact._meta.indexes, *build_sort_indexes(Contact, fields.SORT)]
make_labels_changeable(Contact)

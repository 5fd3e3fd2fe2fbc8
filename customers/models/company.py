"""A company that is a customer or may become one."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
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
    AllDomains,
    CodeField,
    DomainField,
    DomainsField,
    NameField,
    PhoneField,
    TagsField,
    TextField,
    WebsiteField,
)
from crm.fields.models.custom_values import CustomValues
from crm.fields.models.record import PRESENT
from crm.fields.search_columns import SearchedRecord, build_derived_triggers, search_index
from crm.fields.types.field_type import build_sort_indexes
from crm.fields.types.record_links import LinkField
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from customers.companies import fields, parent_companies


class CompanyQuerySet(OwnedQuerySet):
    def with_domains(self, domains: list[str]):
        """Those with one of these domains, in lower case."""
        return self.filter(domains__overlap=domains)

    def below(self, company: "Company"):
        """Its direct subsidiaries."""
        return self.filter(parent=company)


class Company(OwnedRecord):
    table = "company"
    search_table = "customers_companysearch"
    searched_fields = fields.SEARCH

    name = NameField(_("name"), max_length=300)
    domain = DomainField(_("domain"), max_length=253, blank=True, help_text=_("For example: example.com"))
    other_domains = DomainsField(
        _("other domains"), max_length=1_000, blank=True, help_text=_("Separated by commas.")
    )
    tax_id = CodeField(_("tax ID"), max_length=40, blank=True)
    phone = PhoneField(_("phone"), max_length=60, blank=True)
    website = WebsiteField(_("website"), max_length=300, blank=True)
    parent = LinkField("self", verbose_name=_("parent company"), db_index=False)
    address = TextField(_("address"), max_length=500, blank=True)
    zip = CodeField(_("postal code"), max_length=30, blank=True)
    city = TextField(_("city"), max_length=150, blank=True)
    state = TextField(_("state or region"), max_length=150, blank=True)
    country = CountryField(_("country"), blank=True, blank_label=_("None"))  # type: ignore[call-overload]
    description = models.TextField(_("description"), blank=True, max_length=50_000)
    tags = TagsField(verbose_name=_("tags"))
    # Derived from the columns above, for looking up
    domains = AllDomains("domain", "other_domains")

    undo = UndoRules(
        together={**OwnedRecord.undo.together, "phone_normal": "phone"},
        guards={**OwnedRecord.undo.guards, "parent_id": parent_companies.GUARDS},
        locks={"parent_id": parent_companies.lock_parents},
    )

    objects = CompanyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        triggers = [
            *build_change_triggers("company"),
            *build_derived_triggers(fields.SEARCH),
            build_unique_presence_trigger("company"),
            parent_companies.NoCycle(),
        ]
        permissions = record_permissions("company", "companies")
        indexes = [
            *build_owned_indexes("company"),
            models.Index(
                fields=["parent", "id"], name="company_parent", condition=models.Q(parent__isnull=False)
            ),  # the page of the parent, its cycle check, and deleting it permanently
            GinIndex(
                fields=["domains"], name="company_by_domain", condition=PRESENT & ~models.Q(domains=[])
            ),  # matching
            models.Index(
                fields=["name_key"], name="company_by_name", condition=PRESENT
            ),  # matching, links by name
            models.Index(
                fields=["phone_normal"],
                name="company_by_phone",
                condition=PRESENT & ~models.Q(phone_normal=""),
            ),  # matching
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        return self.name

    @property
    def subtitle(self) -> str:
        return self.domain

    def get_absolute_url(self) -> str:
        return f"/admin/companies/{self.pk}"


class CompanySearch(SearchedRecord):
    record = models.OneToOneField(Company, models.CASCADE, primary_key=True, related_name="search")

    class Meta:
        indexes = [search_index("company_search_words")]


class CompanyValues(CustomValues):
    record = models.OneToOneField(Company, models.CASCADE, primary_key=True, related_name="custom_values")

    class Meta:
        triggers = [
            *build_value_triggers("company"),
            *build_unique_value_triggers("company"),
            *build_search_triggers("company"),
        ]


Company._meta.indexes = [*Company._meta.indexes, *build_sort_indexes(Company, fields.SORT)]
make_labels_changeable(Company)

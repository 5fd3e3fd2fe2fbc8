"""A company that is a customer or may become one."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models.owned import OwnedRecord, owned_indexes, record_permissions
from crm.custom.built_in import relabel
from crm.custom.history import recorded_values
from crm.custom.searched_sql import searched_values
from crm.custom.unique_sql import unique_presence, unique_values
from crm.fields.columns import CodeField, NameField, PhoneField, TagsField
from crm.fields.keys import SearchedRecord, derived_by_type, words_index
from crm.fields.type import sort_indexes
from crm.models.custom_field import CustomValues
from crm.records.history import tracked
from customers.companies import fields

DOMAIN = RegexValidator(r"^[^\s/@]+\.[^\s/@]+$", _("Enter a domain like example.com."))


class Company(OwnedRecord):
    table = "company"
    search_table = "customers_companysearch"
    searched_fields = fields.SEARCH

    name = NameField(_("name"), max_length=300)
    domain = CodeField(
        _("domain"), max_length=253, blank=True, validators=[DOMAIN], help_text=_("For example: example.com")
    )
    phone = PhoneField(_("phone"), max_length=60, blank=True)
    country = CountryField(_("country"), blank=True, blank_label=_("None"))  # type: ignore[call-overload]
    tags = TagsField(verbose_name=_("tags"))

    # Reverted together with another column or not at all.
    undo_with: ClassVar = {**OwnedRecord.undo_with, "phone_normal": "phone"}

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        triggers = [*tracked("company"), *derived_by_type(fields.SEARCH), unique_presence("company")]
        permissions = record_permissions("company", "companies")
        indexes = owned_indexes("company")

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
        indexes = [words_index("company_search_words")]


class CompanyValues(CustomValues):
    record = models.OneToOneField(Company, models.CASCADE, primary_key=True, related_name="custom_values")

    class Meta:
        triggers = [*recorded_values("company"), *unique_values("company"), *searched_values("company")]


Company._meta.indexes = [*Company._meta.indexes, *sort_indexes(Company, fields.SORT)]
relabel(Company)

"""Contacts in Excel: the columns that don't follow from a field type, and values that the import recognizes."""

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from crm.fields.schemas import WHOLE_NAME
from crm.fields.widgets.lookup_widgets import RecordNumber, Version
from crm.models import CustomField
from crm.records.kinds.excel_resource import RecordResource
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.shared_headers import (
    OF_DETAILS,
    OF_PEOPLE,
    OF_RECORDS,
    PARTS,
    PEOPLE,
    WEBSITE,
    MissingField,
)
from customers.contacts import fields
from customers.models import Contact
from customers.models.contact import NAMING


class ContactResource(RecordResource):
    id = Field("id", widget=RecordNumber())
    version = Field("version", widget=Version())

    only_for_new = ("created_at",)
    widths = {"title": 20, "second_email": 26}

    class Meta:
        model = Contact
        fields = tuple(fields.EXCEL)


class ContactImport(ImportRules):
    words = {
        **OF_RECORDS,
        **OF_PEOPLE,
        "company": "company, company name, organization, organisation, organization name, account, "
        "account name, associated company, firma, companie, societate, denumire firma, nume firma, "
        "nume companie, unternehmen, entreprise, empresa, business name, organisation name, accounts, related company, "
        "organization 1 name, الشركة",
    }
    subjects, parts = PEOPLE, PARTS
    lacks = {
        "website": MissingField(_("website"), CustomField.Type.URL, WEBSITE),
        "address": MissingField(_("address"), CustomField.Type.TEXT, OF_DETAILS["address"]),
        "zip": MissingField(_("postal code"), CustomField.Type.TEXT, OF_DETAILS["zip"]),
        "city": MissingField(_("city"), CustomField.Type.TEXT, OF_DETAILS["city"]),
        "state": MissingField(_("state or region"), CustomField.Type.TEXT, OF_DETAILS["state"]),
        "description": MissingField(_("description"), CustomField.Type.LONG_TEXT, OF_DETAILS["description"]),
    }
    splits_names = True
    named_by = NAMING.fields
    name_goes_to = "last_name"
    email = "email"
    phones = ("phone", "mobile")
    numbered_as = ("contact", "person", "people", "persoana")
    keys = (WHOLE_NAME, "second_email", "phone", "mobile")

    def get_row_title(self, shown):
        return NAMING.format_name(shown)

    def get_row_subtitle(self, shown):
        return next(filter(None, (shown.get(name) for name in ("email", "phone", "mobile"))), "")

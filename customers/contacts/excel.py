"""Contacts in Excel: the columns that don't follow from a field type, and values that the import recognizes."""

from import_export.fields import Field

from crm.excel.lookups import RecordNumber, Version
from crm.imports.headers import OF_PEOPLE, OF_RECORDS
from crm.imports.rules import WHOLE_NAME, ImportRules
from crm.records.resource import RecordResource
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
        "nume companie, unternehmen, entreprise, empresa, business name",
    }
    splits_names = True
    named_by = NAMING.fields
    name_goes_to = "last_name"
    email = "email"
    phones = ("phone", "mobile")
    numbered_as = ("contact", "person", "people", "persoana")
    keys = (WHOLE_NAME, "second_email", "phone", "mobile")
    found_by = ("email", "second_email", WHOLE_NAME)

    def title(self, shown):
        return shown.get(WHOLE_NAME) or NAMING.shown(shown)

    def subtitle(self, shown):
        return next(filter(None, (shown.get(name) for name in ("email", "phone", "mobile"))), "")

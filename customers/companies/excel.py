"""Companies in Excel: the columns that don't follow from a field type, and values that the import recognizes."""

from import_export.fields import Field

from crm.excel.lookups import RecordNumber, Version
from crm.imports.headers import OF_RECORDS
from crm.imports.rules import ImportRules
from crm.records.resource import RecordResource
from customers.companies import fields
from customers.models import Company


class CompanyResource(RecordResource):
    id = Field("id", widget=RecordNumber())
    version = Field("version", widget=Version())

    only_for_new = ("created_at",)

    class Meta:
        model = Company
        fields = tuple(fields.EXCEL)


class CompanyImport(ImportRules):
    words = {
        **OF_RECORDS,
        "name": "name, company, company name, organization, account, account name, firma, companie, "
        "denumire, nume firma, unternehmen, entreprise, empresa, business name, client, customer",
        "domain": "domain, website, web site, web, url, site, domeniu, pagina web",
        "phone": "phone, telephone, phone number, tel, telefon, main phone, office phone, telefono",
    }

    phones = ("phone",)
    keys = ("name", "domain", "phone")
    found_by = ("domain", "name")

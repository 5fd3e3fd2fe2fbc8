"""Companies in Excel: the columns that don't follow from a field type, and values that the import recognizes."""

from import_export.fields import Field

from crm.excel.lookups import RecordNumber, Version
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
        "name": "name, company, company name, organization, account, account name, firma, companie, denumire, "
        "nume firma, unternehmen, entreprise, empresa, business name, client, customer",
        "domain": "domain, website, web site, web, url, site, domeniu, pagina web",
        "phone": "phone, telephone, phone number, tel, telefon, main phone, office phone, telefono",
        "country": "country, country region, tara, land, pays, pais, billing country",
        "owner": "owner, account owner, record owner, assigned to, responsible, sales rep, proprietar, responsabil",
        "department": "department, team, sales team, departament, echipa, abteilung",
        "tags": "tags, tag, labels, label, etichete, categories, groups",
        "shared": "shared with everyone, public, shared",
        "created_at": "created, created at, created on, date created, date added, added on, data adaugarii",
    }
    phones = ("phone",)
    keys = ("name", "domain", "phone")

"""Companies in Excel: the columns that don't follow from a field type, and values that the import recognizes."""

from string import ascii_lowercase

from django.utils.translation import gettext_lazy
from import_export.fields import Field

from crm.fields.widgets.lookup_widgets import RecordNumber, Version
from crm.records.kinds.excel_resource import RecordResource
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.namesake_details import Namesakes
from crm.transfer.imports.columns.shared_headers import OF_DETAILS, OF_RECORDS, PARTS, WEBSITE
from customers.companies import fields, parent_companies
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
        **OF_DETAILS,
        "owner": f"{OF_RECORDS['owner']}, account owner, company owner",
        "name": "name, company, firmenname, societe, raison sociale, nom de la societe, azienda, ragione sociale, razon social, cegnev, ceg, nombre, nome, nev, company name, organization, account, account name, firma, companie, "
        "denumire, denumire firma, denumire client, nume firma, unternehmen, entreprise, empresa, business name, client, customer, organization name, "
        "organisation name",
        "domain": "domain, email domain, main domain, domeniu, domeniu principal",
        "other_domains": "other domains, domains, more domains, alte domenii, domenii",
        "tax_id": "tax id, tax number, partita iva, p iva, adoszam, umsatzsteuer id, nr tva, numero de tva, vat no, vat, vat id, vat number, company number, cui, cif, cod fiscal, cod unic de "
        "inregistrare, ust id, ust idnr, steuernummer, siret, nif",
        "website": WEBSITE,
        "parent": "parent company, parent, parent account, holding, companie mama, firma mama",
        "phone": "phone, telephone, phone no, telephone no, tel no, telefonnummer, telefon nr, telefonszam, telephone fixe, numar de telefon, numar telefon, nr telefon, phone number, tel, telefon, main phone, office phone, telefono, work phone, business phone, "
        "primary phone, phone office, phone work, phone 1",
    }
    subjects, parts = "company, account, organization, organisation, firm, business, client, customer", PARTS

    lines_go_to = "description"
    phones = ("phone",)
    numbered_as = (
        "company",
        "account",
        "organization",
        "organisation",
        "customer",
        "client",
        "firma",
        "companie",
    )
    keys = ("name", "domain", "tax_id", "phone")
    namesakes = Namesakes(
        certain=("tax_id", "domain"),
        likely=("city",),
        words=gettext_lazy(
            "Companies of the same name aren’t the same if their tax ID or domain differs. If the file has a name several times, "
            "the city tells them apart too."
        ),
    )
    named_in_file = ("name", "tax_id", "domain")

    def get_distinguishing_text(self, name, text):
        """A tax ID with or without the letters of its country is the same."""
        return text.lstrip(ascii_lowercase) if name == "tax_id" else text

    @classmethod
    def lock_own_links(cls):
        parent_companies.lock_parents()

    def find_cycles(self, links):
        return parent_companies.find_companies_in_cycles(links)

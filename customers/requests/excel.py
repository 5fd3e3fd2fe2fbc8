"""Requests in Excel: the columns that don't follow from a field type, and values that the import recognizes."""

from import_export.fields import Field

from crm.fields.widgets.lookup_widgets import RecordNumber, Version
from crm.records.kinds.excel_resource import RecordResource
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.columns.shared_headers import OF_PEOPLE, OF_RECORDS, PEOPLE, WEBSITE
from customers.models import Request
from customers.requests import fields


class RequestResource(RecordResource):
    id = Field("id", widget=RecordNumber())
    version = Field("version", widget=Version())

    never_read = ("deal",)
    only_for_new = ("created_at", *fields.ONLY_WHILE_ADDING)
    widths = {"subject": 36}

    class Meta:
        model = Request
        fields = tuple(fields.EXCEL)


class RequestImport(ImportRules):
    """The same person may send several requests, so none is recognized by its email or phone unless the importer says so."""

    words = {
        **OF_RECORDS,
        **{name: words for name, words in OF_PEOPLE.items() if name in fields.SENDER},
        "subject": "subject, title, topic, subiect, titlu, betreff, sujet, asunto",
        "text": "message, text, request, inquiry, enquiry, question, description, details, comment, comments, mesaj, "
        "cerere, solicitare, descriere, nachricht, anfrage, mensaje",
        "channel": "channel, source, origin, via, canal, sursa, kanal",
        "state": "state, status, stage, stare, statut",
        "received_at": "received, received at, received on, date received, submitted, submitted at, submission date, "
        "primit, primita, primit la, data primirii",
        "company_name": "company name, company, organization, organisation, account, firma, companie, nume firma, "
        "unternehmen, entreprise, empresa, business name",
        "website": f"{WEBSITE}, domain, domeniu",
    }
    subjects, parts = PEOPLE, tuple(fields.SENDER)

    named_by = ("subject",)
    match = "id"
    keys = ("email", "phone", "company_name")
    never_empty = (*ImportRules.never_empty, "subject", "state", "channel", "received_at")

    def get_row_title(self, shown):
        return shown.get("subject", "")

    def get_row_subtitle(self, shown):
        return next(filter(None, (shown.get(name) for name in ("company_name", "email", "phone"))), "")

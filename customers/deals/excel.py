"""Deals in Excel: the columns that don't follow from a field type, and values that the import recognizes."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field

from crm.fields.widgets.lookup_widgets import RecordNumber, RelatedCell, Version
from crm.records.kinds.excel_resource import RecordResource
from crm.transfer.imports.check.custom_choices import find_or_create_tag
from crm.transfer.imports.check.namesake_details import Namesakes
from crm.transfer.imports.columns.shared_headers import OF_RECORDS
from customers.deals import fields
from customers.models import Deal
from leads.imports.lookup_widgets import CurrencyCell, build_stage_formatter
from leads.imports.pipeline_import import PipelineImport, find_or_create_status
from leads.models import Pipeline


class DealResource(RecordResource):
    id = Field("id", widget=RecordNumber())
    version = Field("version", widget=Version())
    status = Field(
        "status_id",
        widget=RelatedCell(
            Deal._meta.get_field("status"),
            build_stage_formatter,
            leads_to=lambda status: status.next_statuses,
        ),
    )
    currency = Field("currency", widget=CurrencyCell())

    never_read = ("status_since", "closed_at", "status_choices")
    only_for_new = ("created_at",)
    widths = {"name": 30, "currency": 9, "lost_remark": 24}

    def get_choice_number_heading(self, name):
        return _("Status choices")

    class Meta:
        model = Deal
        fields = tuple(fields.EXCEL)


# The category of the stages that widespread programs have at first.
CATEGORIES = {
    "appointment scheduled": "qualified", "prospecting": "qualified", "needs analysis": "qualified", "qualified": "qualified",
    "qualified to buy": "qualified", "screening": "qualified", "meeting": "qualified", "demo scheduled": "qualified",
    "value proposition": "proposal", "presentation scheduled": "proposal", "proposal made": "proposal", "proposal": "proposal",
    "proposal/price quote": "proposal", "proposal or quote": "proposal", "contract sent": "proposal",
    "negotiation/review": "proposal", "negotiations started": "proposal", "decision maker bought-in": "proposal",
    "closed won": "won", "won": "won", "customer": "won", "closed lost": "lost", "lost": "lost",
    "closed-lost to competition": "lost", "closed lost to competition": "lost",
    "preparation": "qualified", "executing": "proposal", "prepayment invoice": "proposal", "final invoice": "proposal",
    "lose": "lost", "apology": "lost", "id. decision makers": "qualified", "perception analysis": "qualified",
}  # fmt: skip


class DealImport(PipelineImport):
    purpose = Pipeline.Purpose.DEALS
    words = {
        **OF_RECORDS,
        "name": "name, deal, deal name, title, opportunity, opportunity name, denumire, nume, tranzactie, oportunitate, potential, "
        "potential name, lead title",
        "owner": f"{OF_RECORDS['owner']}, deal owner, opportunity owner, potential owner",
        "company": "company, company name, account, accounts, account name, organization, organisation, organization name, customer, "
        "client, firma, companie, associated company",
        "contact": "contact, contacts, contact name, contact person, primary contact, main contact, point of contact, persoana de contact, "
        "associated contact",
        "status": "stage, status, deal stage, sales stage, opportunity stage, etapa, stadiu, faza, lead stage",
        "value": "amount, value, est value, auftragswert, angebotswert, angebotssumme, importe, importo, montant, betrag, osszeg, valoare estimata, deal value, deal amount, opportunity amount, valoare, suma, expected revenue, "
        "lead value, sale",
        "currency": "currency, currency code, moneda, valuta",
        "expected_close": "expected close, expected close date, close date, closing date, data inchiderii, data estimata, "
        "expected closing, forecasted close date, estimated close date",
        "probability": "probability, prob, wahrscheinlichkeit, probabilite, probabilidad, probabilita, valoszinuseg, probability (%), win probability, close probability, probabilitate",
        "lost_reason": "lost reason, loss reason, closed lost reason, motivul pierderii, motiv pierdere",
        "description": "description, notes, comments, descriere, observatii",
        "status_choices": "status choices, statusuri posibile",
    }
    subjects, parts = (
        "deal, opportunity, potential",
        ("name", "owner", "value", "status", "description", "currency", "probability"),
    )
    named_by = ("name",)
    lines_go_to = "description"
    keys = ("name",)
    numbered_as = ("deal", "opportunity", "potential", "tranzactie", "oportunitate")
    namesakes = Namesakes(
        certain=("company",),
        likely=("expected_close", "value", "contact"),
        empty_counts=True,
        words=gettext_lazy("Deals of the same name are the same only if their company is the same too."),
    )
    defaults = ("status", "owner", "department", "currency", "lost_reason")
    categories = CATEGORIES
    required_defaults = ("status", "department", "currency")
    never_empty = ("name", "status", "department", "currency", "shared")
    makers = {"status": find_or_create_status, "tags": find_or_create_tag}
    offered = ("status", "owner")
    standing = ("status", "owner", "department", "tags")

    def get_only_lost_sentence(self):
        return _("Only lost deals can have this value.")

    def get_row_title(self, shown: dict[str, Any]):
        return shown.get("name") or ""

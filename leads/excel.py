"""Leads in Excel: the columns that don't follow from a field type."""

from django.utils.translation import gettext as _
from import_export.fields import Field

from crm.fields.widgets.lookup_widgets import RelatedCell, Version
from crm.fields.widgets.person_widgets import NameOnly
from crm.fields.widgets.value_widgets import CellWidget
from crm.records.kinds.excel_resource import RecordResource
from leads import fields
from leads.imports.lookup_widgets import CurrencyCell, LeadNumber, build_status_formatter
from leads.models import Lead, Newsletter


class NewsletterCell(CellWidget):
    """The state in words; it is never read, so that no file can resubscribe an unsubscribed person."""

    def __init__(self) -> None:
        super().__init__()
        self.rendering = self.format_value

    def prepare(self, user, **keywords):
        self.words = {value: str(label) for value, label in Newsletter.State.choices}

    def format_value(self, state: str | None) -> str:
        return self.words[state or Newsletter.State.NONE]


class LeadResource(RecordResource):
    id = Field("id", widget=LeadNumber())
    version = Field("version", widget=Version())
    status = Field(
        "status_id",
        widget=RelatedCell(
            Lead._meta.get_field("status"),
            build_status_formatter,
            leads_to=lambda status: status.next_statuses,
        ),
    )
    currency = Field("currency", widget=CurrencyCell())
    created_by = Field("created_by_id", widget=NameOnly())
    newsletter = Field("newsletter_state", widget=NewsletterCell())

    never_read = (
        "newsletter",
        "status_since",
        "assigned_at",
        "first_contacted_at",
        "contact_due_at",
        "converted_at",
        "score",
        "client",
        "client_contact",
        "created_by",
        # The hidden column of drop-downs by row.
        "status_choices",
    )
    only_for_new = ("created_at", "last_contacted_at")
    widths = {
        "title": 20, "company": 28, "second_email": 26, "address": 30, "zip": 11, "language": 11, "currency": 9, "vip": 6,
        "created_by": 24, "next_action": 26, "lost_remark": 24,
    }  # fmt: skip

    def get_choice_number_heading(self, name):
        return _("Status choices")

    class Meta:
        model = Lead
        fields = tuple(fields.EXCEL)

"""Mailings and what followed them as a subject of reports. The conditions are those of the results of a mailing."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.models import Lead
from mailings.models import Mailing
from mailings.responses.response_conditions import FOLLOWED, RECEIVED
from reports.engine.counted_leads import get_counted_leads
from reports.engine.measures import Measure, MeasurePart, Text, Unit
from reports.engine.progress_derivation import get_progress_rows
from reports.engine.question import ReportQuestion
from reports.models import DELIVERIES
from reports.models.counted_rows import PROGRESS
from reports.subjects.subject import MeasuredSubject, Subject

NAME = "mailings"
OF_LEADS = Q(of=Lead.table)


def get_counted_deliveries(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """To all recipients of the mailings that the viewer sees; with filters, to the leads that these find."""
    progress, as_of = get_progress_rows()
    mailings = Mailing.objects.visible_to(viewer).values("pk")
    found = DELIVERIES[progress.model].objects.filter(mailing__in=mailings)
    if question.listing.is_narrowed:
        leads, as_of = get_counted_leads(question, viewer)
        found = found.filter(OF_LEADS, progress__in=leads.values("pk"))
    return found, as_of


SENT = FOLLOWED[RECEIVED][1]
CONDITIONS = {
    "sent": SENT,
    "delivered": SENT & ~FOLLOWED["mailing_bounced"][1],
    "replied": FOLLOWED["mailing_replied"][1],
    "clicked": FOLLOWED["mailing_clicked"][1],
    "unsubscribed": FOLLOWED["mailing_unsubscribed"][1],
    # As `moved` in mailings/responses/response_conditions.py, with the progress of the lead beside each row.
    "moved_since": SENT & OF_LEADS & Q(**{f"{PROGRESS}status_since__gt": F("at")}),
}


def _build_part_name(name: str) -> str:
    return f"mailings_{name}"


def _build_leads_part_name(name: str) -> str:
    return f"mailings_{name}_leads"


PARTS = {
    _build_part_name(name): MeasurePart("at", condition, subject=NAME)
    for name, condition in CONDITIONS.items()
}
# The emails to leads, which the list behind the number has.
PARTS |= {
    _build_leads_part_name(name): MeasurePart(
        "at", condition & OF_LEADS, subject=NAME, among=_build_part_name(name)
    )
    for name, condition in CONDITIONS.items()
}
PARTS["mailings_tracked"] = MeasurePart("at", SENT & Q(mailing__tracks_clicks=True), subject=NAME)


def _build_measure(name: str, label: Text, definition: Text, *more: str) -> Measure:
    parts = (_build_part_name(name), _build_leads_part_name(name), *more)

    def value(values: Any) -> Any:
        return None if more and not values[more[0]] else values[parts[0]] or 0

    return Measure(f"mailings_{name}", label, definition, Unit.COUNT, parts, parts[1], value)


MEASURES = [
    _build_measure(
        "sent",
        _("Emails sent"),
        _(
            "Emails of mailings that were sent in the period, to all recipients. The list has the leads among them, each once."
        ),
    ),
    _build_measure(
        "delivered",
        _("Delivered, as far as known"),
        _(
            "Emails sent that haven’t bounced until today. The list has the leads among the recipients, each once."
        ),
    ),
    _build_measure(
        "replied",
        _("Recipients who replied"),
        _("Recipients who have replied until today. The list has the leads among them, each once."),
    ),
    _build_measure(
        "clicked",
        _("Clicked"),
        _(
            "Recipients who have clicked a link until today. Only known for mailings that record clicks. The list has the leads among them, each once."
        ),
        "mailings_tracked",
    ),
    _build_measure(
        "unsubscribed",
        _("Unsubscribed"),
        _(
            "Recipients who have unsubscribed with the mailing until today. The list has the leads among them, each once."
        ),
    ),
    _build_measure(
        "moved_since",
        _("Leads with a new status since"),
        _(
            "Leads among the recipients whose status has changed since they received the mailing. The list has each lead once."
        ),
    ),
]
SUBJECT = Subject(
    NAME,
    get_counted_deliveries,
    own={
        "mailing": F("mailing"),
        "department": F("mailing__department"),
        "author": F("mailing__by"),
    },
    records="progress",
    repeats=True,
    permissions=("mailings.view_mailing",),
    empty=_("No mailings in this period."),
)
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

"""First contacts against the limits of sources and departments as a subject of reports.

When a contact was due follows from today's limits, working hours and holidays. It is derived with the progress of a lead
(reports/engine/progress_derivation.py).
"""

from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import F, Max, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.models import Status
from reports.engine.aggregates import Median, build_days_between
from reports.engine.counted_leads import get_counted_leads
from reports.engine.measures import (
    ADDED,
    Measure,
    MeasurePart,
    Text,
    Unit,
    build_count_measure,
    divide_or_none,
)
from reports.engine.question import ReportQuestion
from reports.subjects.subject import MeasuredSubject, Subject

NAME = "first_contact"


def get_counted_first_contacts(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """The leads with a limit."""
    found, as_of = get_counted_leads(question, viewer)
    return found.filter(contact_due_at__isnull=False), as_of


CONTACTED, NEW = Q(first_contacted_at__isnull=False), Q(status__kind=Status.Kind.NEW)
IN_TIME = CONTACTED & Q(first_contacted_at__lte=F("contact_due_at"))
LATE = CONTACTED & Q(first_contacted_at__gt=F("contact_due_at"))
OVERDUE = ~CONTACTED & NEW & Q(contact_due_at__lte=Now())
WAITING = ~CONTACTED & NEW & Q(contact_due_at__gt=Now())


PARTS = {
    name: MeasurePart(ADDED, condition, subject=NAME)
    for name, condition in {
        "with_limit": Q(),
        "contacted_in_time": IN_TIME,
        "contacted_late": LATE,
        "contact_overdue": OVERDUE,
        "contact_waiting": WAITING,
        "contact_closed": ~CONTACTED & ~NEW,
        "contact_decided": IN_TIME | LATE | OVERDUE,
    }.items()
}
LATE_NOW = build_days_between("contact_due_at", Now())


def _build_days_part(moment: str, condition: Q, days: Any, aggregate: Any) -> MeasurePart:
    return MeasurePart(
        moment,
        condition,
        lambda chosen: aggregate(days, filter=chosen),
        subject=NAME,
        adds_up=False,
        alone=aggregate is Median,
    )


# Those that are late now are all of them, whenever they were added, as in the list of leads.
PARTS |= {
    "late_now": MeasurePart("", OVERDUE, subject=NAME),
    "late_now_median": _build_days_part("", OVERDUE, LATE_NOW, Median),
    "late_now_longest": _build_days_part("", OVERDUE, LATE_NOW, Max),
    "contacted_late_median": _build_days_part(
        ADDED, LATE, build_days_between("contact_due_at", "first_contacted_at"), Median
    ),
}


def _build_days_measure(name: str, behind: str, label: Text, definition: Text) -> Measure:
    return Measure(
        name, label, definition, Unit.DAYS, tuple(filter(None, (name, behind))), behind, itemgetter(name)
    )


MEASURES = [
    build_count_measure(
        "late_now",
        _("Late now"),
        _("New leads without a contact whose limit has passed by now, whenever they were added."),
    ),
    _build_days_measure(
        "late_now_median",
        "late_now",
        _("Late now by, median"),
        _("The time since the limit passed, day and night. Half of the leads that are late now are later."),
    ),
    _build_days_measure(
        "late_now_longest",
        "",
        _("Late now by, longest"),
        _("The time since the limit passed of the lead that is latest now, day and night."),
    ),
    _build_days_measure(
        "contacted_late_median",
        "contacted_late",
        _("Contacted late by, median"),
        _(
            "From the limit to the first contact, day and night. Half of the leads that were contacted late were later."
        ),
    ),
    build_count_measure(
        "with_limit",
        _("Leads with a limit"),
        _(
            "Leads that were added in the period and whose source or department limits the time to first contact."
        ),
    ),
    build_count_measure(
        "contacted_in_time",
        _("Contacted in time"),
        _("Contacted within the limit, in working time, by today’s limits and working hours."),
    ),
    build_count_measure("contacted_late", _("Contacted late"), _("Contacted after the limit had passed.")),
    build_count_measure(
        "contact_overdue",
        _("Not contacted, overdue"),
        _("New leads without a contact whose limit has passed."),
    ),
    build_count_measure(
        "contact_waiting",
        _("Not contacted, in time"),
        _("New leads without a contact whose limit hasn’t passed."),
    ),
    build_count_measure(
        "contact_closed",
        _("Closed without a contact"),
        _("Leads that were lost or disqualified without a contact. The limit ended with that."),
    ),
    Measure(
        "in_time_rate",
        _("Contacted in time (rate)"),
        _("Leads that were contacted in time, divided by those and the late and overdue ones."),
        Unit.PERCENT,
        ("contacted_in_time", "contact_decided"),
        "contacted_in_time",
        lambda values: divide_or_none(values["contacted_in_time"], values["contact_decided"], 100),
        of="contact_decided",
    ),
]
SUBJECT = Subject(NAME, get_counted_first_contacts, path="", empty=_("No leads with a limit in this period."))
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

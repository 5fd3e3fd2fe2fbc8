"""Open leads that nobody has touched for days, and how long they have waited, as a subject of reports."""

from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from reports.engine.aggregates import build_days_between
from reports.engine.counted_leads import get_counted_leads
from reports.engine.measures import Measure, MeasurePart, Unit, build_count_measure
from reports.engine.untouched_leads import DAYS, OPEN, build_untouched_condition
from reports.subjects.subject import MeasuredSubject, Subject

NAME = "untouched"
WAIT = build_days_between("touched_at", Now())
LABELS = {
    3: _("Untouched for 3 days"),
    7: _("Untouched for 7 days"),
    14: _("Untouched for 14 days"),
    30: _("Untouched for 30 days"),
}
DEFINITION = _(
    "Open leads without an activity and without an edit by a person for so many days. Received and sent emails are activities. "
    "Imports, programs, automatic changes and bulk changes by others than the owner don’t count. A lead that was never touched "
    "waits since it was added or given to its owner."
)


def get_measure_name(days: int) -> str:
    return f"untouched_{days}"


PARTS = {
    "open_leads": MeasurePart("", OPEN, subject=NAME),
    **{
        get_measure_name(days): MeasurePart("", build_untouched_condition(days), subject=NAME)
        for days in DAYS
    },
    "longest_wait": MeasurePart(
        "", OPEN, lambda chosen: Max(WAIT, filter=chosen), subject=NAME, adds_up=False
    ),
}
MEASURES = [
    build_count_measure("open_leads", _("Open leads"), _("Leads that are in an open status today.")),
    *(build_count_measure(get_measure_name(days), LABELS[days], DEFINITION) for days in DAYS),
    Measure(
        "longest_wait",
        _("Longest wait"),
        _("The time since the open lead that has waited longest was last touched, day and night."),
        Unit.DAYS,
        ("longest_wait",),
        "",
        lambda values: values["longest_wait"],
    ),
]
SUBJECT = Subject(NAME, get_counted_leads, path="", empty=_("No open leads."))
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

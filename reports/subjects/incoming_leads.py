"""Leads that came in as a subject of reports: when they were added to Leadwell, whatever day their file says."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Change
from crm.platform.database.partitioned_tables import CHANGES_TABLE as CHANGES_KEPT
from leads.models import Lead
from reports.engine.counted_leads import build_filter_condition
from reports.engine.measures import MeasurePart, build_count_measure
from reports.engine.progress_derivation import get_progress_rows
from reports.engine.question import ReportQuestion
from reports.incoming.ways_in import build_way_expression
from reports.models import CHANGES
from reports.models.counted_rows import PROGRESS
from reports.models.lead_progress import build_visible_condition, prefix_condition
from reports.subjects.subject import MeasuredSubject, Subject

NAME = "incoming"
OWNED = Q(**{f"{PROGRESS}owner__isnull": False})
CONTACTED = Q(**{f"{PROGRESS}first_contacted_at__isnull": False})


def get_incoming_leads(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """The changes that added leads, of any time. A lead that was deleted permanently and restored came in once, at first."""
    progress, as_of = get_progress_rows()
    added = CHANGES[progress.model].objects.filter(
        prefix_condition(PROGRESS, build_visible_condition(viewer)),
        build_filter_condition(question, PROGRESS),
        Q(operation=None) | Q(operation__undoes=None),
        table=Lead.table,
        kind=Change.Kind.INSERT,
    )
    return added, as_of


PARTS = {
    "incoming": MeasurePart("at", Q(), subject=NAME),
    "incoming_unassigned": MeasurePart("at", ~OWNED, subject=NAME),
    "incoming_contacted": MeasurePart("at", CONTACTED, subject=NAME),
    "incoming_waiting": MeasurePart("at", ~CONTACTED, subject=NAME),
}
MEASURES = [
    build_count_measure(
        "incoming",
        _("Leads that came in"),
        _(
            "Leads that were added to Leadwell in the period, whatever day a file gave as theirs. Leads in Trash don’t count."
        ),
    ),
    build_count_measure(
        "incoming_unassigned", _("Unassigned now"), _("Leads that came in and have no owner now.")
    ),
    build_count_measure(
        "incoming_contacted", _("Contacted by now"), _("Leads that came in and have been contacted by now.")
    ),
    build_count_measure(
        "incoming_waiting", _("Not contacted yet"), _("Leads that came in and haven’t been contacted by now.")
    ),
]
SUBJECT = Subject(
    NAME,
    get_incoming_leads,
    path=PROGRESS,
    own={"way_in": build_way_expression, "author": F("operation__by")},
    records="progress",
    empty=_("No leads came in during this period."),
    since=CHANGES_KEPT.get_start,
)
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

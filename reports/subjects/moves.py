"""Moves between statuses and stays in them as a subject of reports. Moves that were undone never count."""

from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leads.models import Status
from reports.engine.aggregates import Common, Median, build_days_between
from reports.engine.counted_leads import build_filter_condition
from reports.engine.measures import Measure, MeasurePart, Text, Unit, build_count_measure
from reports.engine.progress_derivation import get_progress_rows
from reports.engine.question import ReportQuestion
from reports.models import STAYS
from reports.models.counted_rows import PROGRESS
from reports.subjects.stay_lengths import build_length_expression
from reports.subjects.subject import MeasuredSubject, Subject

STAY = "stays"


def get_counted_stays(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    progress, as_of = get_progress_rows()
    found = STAYS[progress.model].objects.visible_to(viewer)
    return found.filter(build_filter_condition(question, PROGRESS), undone=False), as_of


# By the statuses of the stay, not by that of the lead today.
OF_STAY = {
    "status": F("to_status"),
    "kind": F("to_status__kind"),
    "pipeline": F("to_status__pipeline"),
    "from_status": F("from_status"),
}
SUBJECT = Subject(
    STAY,
    get_counted_stays,
    path=PROGRESS,
    own={
        **OF_STAY,
        "length": build_length_expression("entered", "left"),
        "author": F("operation__by"),
    },
    records="progress",
    repeats=True,
    empty=_("No moves in this period."),
)
ENDED = Q(left__isnull=False)
# A lead's first status is no move.
MOVED = Q(from_status__isnull=False)
WON = MOVED & Q(to_status__kind=Status.Kind.WON)


def _build_time_part(aggregate: Any) -> MeasurePart:
    days = build_days_between("entered", "left")
    return MeasurePart(
        "left", ENDED, lambda chosen: aggregate(days, filter=chosen), adds_up=False, subject=STAY
    )


PARTS = {
    "stays": MeasurePart("left", ENDED, subject=STAY),
    "stay_mean": _build_time_part(Avg),
    "stay_median": _build_time_part(Median),
    "stay_limit": MeasurePart(
        "left", ENDED, lambda _all: Common("to_status__most_days"), adds_up=False, subject=STAY
    ),
    # Every lead outside Trash is in exactly one status.
    "still_there": MeasurePart("", Q()),
    "limit_there": MeasurePart("", Q(), lambda _all: Common("status__most_days"), adds_up=False),
    "moves": MeasurePart("entered", MOVED, subject=STAY),
    "moved_to_won": MeasurePart(
        "entered",
        WON,
        lambda chosen: Count("progress", filter=chosen, distinct=True),
        adds_up=False,
        subject=STAY,
        once=True,
        # It sorts its rows, which are few.
        alone=True,
    ),
}


def _build_time_measure(part: str, label: Text, definition: Text) -> Measure:
    return Measure(part, label, definition, Unit.DAYS, (part, "stays"), "stays", lambda values: values[part])


MEASURES = [
    build_count_measure(
        "stays",
        _("Stays that ended"),
        _("Stays in a status that ended in the period. The list has each of their leads once."),
    ),
    _build_time_measure(
        "stay_mean",
        _("Time in status, average"),
        _("The length of the stays that ended in the period, day and night."),
    ),
    _build_time_measure(
        "stay_median",
        _("Time in status, median"),
        _("Half of the stays that ended in the period were shorter."),
    ),
    Measure(
        "limit",
        _("Time limit"),
        _(
            "The time limit of the status today. Leads that stay longer are stuck unless something is planned."
        ),
        Unit.DAYS,
        ("stay_limit", "limit_there"),
        "",
        lambda values: values["limit_there"] or values["stay_limit"],
    ),
    build_count_measure(
        "still_there", _("Still in the status"), _("Leads that are in the status today, whatever the period.")
    ),
    build_count_measure(
        "moves",
        _("Moves"),
        _("Moves to another status in the period, without undone ones. The list has each lead once."),
    ),
    build_count_measure(
        "moved_to_won",
        _("Leads won"),
        _("Leads that were moved to a won status in the period, by the user who moved them."),
    ),
]
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

"""Moves between statuses and stays in them as a subject of reports. Moves that were undone never count."""

from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.utils.translation import gettext_lazy as _

from leads.models import Status
from reports.engine.aggregates import Common, Median, days_between
from reports.engine.counted_leads import found_by
from reports.engine.measures import Measure, Part, Text, Unit, counting
from reports.engine.progress_derivation import rows
from reports.engine.question import Question
from reports.models import STAYS
from reports.models.counted_rows import PROGRESS
from reports.subjects.stay_lengths import length_of
from reports.subjects.subject import Subject, register

STAY = "stays"


def stays(question: Question, viewer: Any) -> tuple[Any, datetime | None]:
    progress, as_of = rows()
    found = STAYS[progress.model].objects.visible_to(viewer)
    return found.filter(found_by(question, PROGRESS), undone=False), as_of


# By the statuses of the stay, not by that of the lead today.
OF_STAY = {
    "status": F("to_status"),
    "kind": F("to_status__kind"),
    "pipeline": F("to_status__pipeline"),
    "from_status": F("from_status"),
}
SUBJECT = Subject(
    STAY,
    stays,
    path=PROGRESS,
    own={
        **OF_STAY,
        "length": length_of("entered", "left"),
        "author": F("operation__by"),
    },
    records="progress",
    empty=_("No moves in this period."),
)
ENDED = Q(left__isnull=False)
# A lead's first status is no move.
MOVED = Q(from_status__isnull=False)
WON = MOVED & Q(to_status__kind=Status.Kind.WON)


def _time(aggregate: Any) -> Part:
    days = days_between("entered", "left")
    return Part("left", ENDED, lambda chosen: aggregate(days, filter=chosen), adds_up=False, subject=STAY)


PARTS = {
    "stays": Part("left", ENDED, subject=STAY),
    "stay_mean": _time(Avg),
    "stay_median": _time(Median),
    "stay_limit": Part(
        "left", ENDED, lambda _all: Common("to_status__most_days"), adds_up=False, subject=STAY
    ),
    # Every lead outside Trash is in exactly one status.
    "still_there": Part("", Q()),
    "limit_there": Part("", Q(), lambda _all: Common("status__most_days"), adds_up=False),
    "moves": Part("entered", MOVED, subject=STAY),
    "moved_to_won": Part(
        "entered",
        WON,
        lambda chosen: Count("progress", filter=chosen, distinct=True),
        adds_up=False,
        subject=STAY,
        # It sorts its rows, which are few.
        alone=True,
    ),
}


def _time_of(part: str, label: Text, definition: Text) -> Measure:
    return Measure(part, label, definition, Unit.DAYS, (part, "stays"), "stays", lambda values: values[part])


MEASURES = [
    counting(
        "stays",
        _("Stays that ended"),
        _("Stays in a status that ended in the period. The list has each of their leads once."),
    ),
    _time_of(
        "stay_mean",
        _("Time in status, average"),
        _("The length of the stays that ended in the period, day and night."),
    ),
    _time_of(
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
    counting(
        "still_there", _("Still in the status"), _("Leads that are in the status today, whatever the period.")
    ),
    counting(
        "moves",
        _("Moves"),
        _("Moves to another status in the period, without undone ones. The list has each lead once."),
    ),
    counting(
        "moved_to_won",
        _("Leads won"),
        _("Leads that were moved to a won status in the period, by the user who moved them."),
    ),
]
register(SUBJECT, PARTS, MEASURES)

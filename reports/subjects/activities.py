"""Calls, emails, meetings and notes as a subject of reports: work done on leads and on all other records that the viewer sees.

The scope is that of crm/work/activities/scope.py, but asked once for all records, where lists look them up one by one.
"""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, Subquery, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Activity
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.scope import ActivityScope
from leads.models import Lead
from reports.engine.counted_leads import build_filter_condition
from reports.engine.measures import Measure, MeasurePart, Text, Unit, divide_or_none
from reports.engine.progress_derivation import get_progress_rows
from reports.engine.question import ReportQuestion
from reports.models import ACTIVITIES
from reports.models.counted_rows import PROGRESS, build_seen_leads_condition
from reports.subjects.subject import MeasuredSubject, Subject

ACTIVITY = "activities"
OF_LEADS = Q(of=Lead.table)


def get_counted_activities(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """With filters, only those of the leads that these find."""
    progress, as_of = get_progress_rows()
    found = (
        ACTIVITIES[progress.model]
        .objects.present()
        .filter(ActivityScope().build_not_private_condition(viewer))
    )
    seen = Q(pk__in=[])
    if viewer.has_perm(Lead.get_right("view")):
        seen |= (
            OF_LEADS
            & build_seen_leads_condition(viewer, progress.model)
            & build_filter_condition(question, PROGRESS)
        )
    for kind in _get_other_kinds() if not question.listing.is_narrowed else []:
        if viewer.has_perm(kind.get_right("view")):
            records = kind.model.objects.visible_to(viewer).present()
            seen |= Q(of=kind.name, progress__in=records.order_by().values("pk"))
    return found.filter(seen), as_of


def _get_other_kinds() -> list[Any]:
    return [kind for kind in KINDS.values() if kind.model is not Lead]


def _build_department_expression() -> Any:
    """That of the record."""
    of_others = [
        When(
            of=kind.name,
            then=Subquery(kind.model.objects.filter(pk=OuterRef("progress_id")).values("department")[:1]),
        )
        for kind in _get_other_kinds()
    ]
    return Case(When(OF_LEADS, then=F(f"{PROGRESS}department")), *of_others, output_field=BigIntegerField())


SUBJECT = Subject(
    ACTIVITY,
    get_counted_activities,
    own={"author": F("created_by"), "rep": F("created_by"), "department": _build_department_expression},
    records="progress",
    repeats=True,
    empty=_("No activities in this period."),
)
Type = Activity.Type
DONE = {
    "calls": Q(type=Type.CALL),
    "emails": Q(type=Type.EMAIL, outcome=Activity.Delivery.SENT),
    "meetings": Q(type=Type.MEETING) & ~Q(outcome__in=Activity.Plan.values),
    "notes": Q(type=Type.NOTE),
}
DONE["activities"] = reduce(or_, DONE.values())
# What doesn't count as work that was done.
COUNTED = {
    "no_shows": Q(type=Type.MEETING, outcome=Activity.Plan.NO_SHOW),
    "due_meetings": Q(type=Type.MEETING) & ~Q(outcome=Activity.Plan.PLANNED),
}


def _build_leads_part_name(name: str) -> str:
    return f"{name}_of_leads"


def _build_measure(name: str, label: Text, definition: Text) -> Measure:
    parts = (name, _build_leads_part_name(name))
    return Measure(name, label, definition, Unit.COUNT, parts, parts[1], lambda values: values[name] or 0)


PARTS = {name: MeasurePart("at", condition, subject=ACTIVITY) for name, condition in (DONE | COUNTED).items()}
# Those on leads, which the list behind the number has.
PARTS |= {
    _build_leads_part_name(name): MeasurePart("at", condition & OF_LEADS, subject=ACTIVITY, among=name)
    for name, condition in (DONE | COUNTED).items()
}
MEASURES = [
    _build_measure(
        "activities",
        _("Activities"),
        _(
            "Calls, sent emails, meetings that took place and notes together. The list has the leads among the records, each once."
        ),
    ),
    _build_measure(
        "calls",
        _("Calls"),
        _(
            "Calls on leads, contacts and all other records, with any outcome. The list has the leads among the records, each once."
        ),
    ),
    _build_measure(
        "emails",
        _("Emails"),
        _(
            "Emails that were sent from records, without mailings. The list has the leads among the records, each once."
        ),
    ),
    _build_measure(
        "meetings",
        _("Meetings"),
        _("Meetings that took place. The list has the leads among the records, each once."),
    ),
    _build_measure(
        "no_shows",
        _("No-shows"),
        _("Meetings that no one came to. The list has the leads among the records, each once."),
    ),
    Measure(
        "held_rate",
        _("Meetings held (rate)"),
        _(
            "Meetings that took place, divided by those and the no-shows. The list has the leads among the records, each once."
        ),
        Unit.PERCENT,
        ("meetings", "due_meetings", _build_leads_part_name("meetings")),
        _build_leads_part_name("meetings"),
        lambda values: divide_or_none(values["meetings"], values["due_meetings"], 100),
        of="due_meetings",
    ),
    _build_measure(
        "notes", _("Notes"), _("Notes that were added. The list has the leads among the records, each once.")
    ),
]
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

"""Leads that were given to reps, from the recorded changes, as a subject of reports.

A lead is given when it is added with an owner, and each time when it gets another one: by a user, a rule, an import or a
program, or because the rep took it. What an undo restored isn't given, and what was undone wasn't.
"""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, Func, OuterRef, Q, Subquery, Sum, When
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Change, Operation
from crm.platform.database.partitioned_tables import CHANGES_TABLE as CHANGES_KEPT
from crm.platform.models.operation import get_earliest_change_time
from crm.platform.web.day_start import get_day_start
from leads.models import Lead
from reports.engine.counted_leads import build_filter_condition
from reports.engine.measures import Measure, MeasurePart, Unit, build_count_measure, divide_or_none
from reports.engine.progress_derivation import get_progress_rows
from reports.engine.question import ReportQuestion
from reports.models import CHANGES
from reports.models.counted_rows import PROGRESS
from reports.models.lead_progress import build_visible_condition, prefix_condition
from reports.subjects.subject import MeasuredSubject, Subject

NAME, OWNER = "given", "owner_id"
ADDED = Q(kind=Change.Kind.INSERT)
IS_NO_UNDO = Q(operation=None) | Q(operation__undoes=None)


def get_given_leads(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """The changes that gave a lead an owner: `given_to`, and `held` if the rep has had the lead since then."""
    progress, as_of = get_progress_rows()
    first = get_day_start(question.period.first) if question.period.first else None
    owners = Change.objects.filter(Q(at__gte=first) if first else Q(), table=Lead.table).with_field(OWNER)
    undos = Operation.objects.since(get_earliest_change_time(first)) if first else Operation.objects.all()
    is_undone = Q(operation__pk__any=list(undos.get_effective_undos().values()))
    # Of most leads the owner has never changed, which one list of the others says. Only of those, changes are looked up one by one.
    moves = owners.filter(IS_NO_UNDO).exclude(is_undone & Exists(_build_undoing(owners, "row")))
    has_moved = Q(progress__in=moves.values("row"))
    own = moves.filter(row=OuterRef("progress"))
    rows = CHANGES[progress.model].objects.filter(
        prefix_condition(PROGRESS, build_visible_condition(viewer)),
        build_filter_condition(question, PROGRESS),
        ADDED | Q(fields__has_key=OWNER),
        IS_NO_UNDO,
        table=Lead.table,
    )
    rows = rows.exclude(is_undone & Exists(_build_undoing(owners, "progress")))
    before = Subquery(own.order_by("id").values("fields")[:1])
    found = rows.annotate(
        given_to=Case(
            When(~ADDED, then=_build_owner_expression(1, F("fields"))),
            When(has_moved, then=_build_owner_expression(0, before)),
            default=F(f"{PROGRESS}owner"),
            output_field=BigIntegerField(),
        ),
        held=Case(
            When(ADDED, then=~has_moved),
            When(Exists(own.filter(pk__gt=OuterRef("pk"))), then=False),
            default=True,
        ),
    )
    return found.filter(given_to__isnull=False), as_of


def _build_undoing(owners: Any, lead: str) -> Any:
    """The changes by which an undo has taken a lead back; it may have kept others of the same operation."""
    return owners.filter(row=OuterRef(lead), operation__undoes=OuterRef("operation"))


def _build_owner_expression(place: int, fields: Any) -> Any:
    """The owner before (0) or after (1) the change that has these fields."""
    return Func(
        KeyTransform(OWNER, fields),
        template=f"(%(expressions)s ->> {place})::bigint",
        output_field=BigIntegerField(),
    )


# Only one change gave a lead to the rep who has had it since then.
HELD = Q(held=True)
REVENUE = f"{PROGRESS}revenue"


def _build_part(condition: Q, **values: Any) -> MeasurePart:
    return MeasurePart("at", condition, subject=NAME, **values)


PARTS = {
    NAME: _build_part(Q()),
    "given_contacted": _build_part(
        HELD & Q(**{f"{PROGRESS}contacted_at__isnull": False}), among=NAME, once=True
    ),
    "given_won": _build_part(HELD & Q(**{f"{PROGRESS}won_at__isnull": False}), among=NAME, once=True),
    "given_revenue": _build_part(
        HELD & Q(**{f"{REVENUE}__isnull": False}),
        aggregate=lambda chosen: Sum(REVENUE, filter=chosen),
        among=NAME,
        once=True,
    ),
}
WITHOUT = _("No leads given in this period")


def _build_rate(name: str, part: str, label: Any, definition: Any) -> Measure:
    return Measure(
        name,
        label,
        definition,
        Unit.PERCENT,
        (part, NAME),
        part,
        lambda values: divide_or_none(values[part] or 0, values[NAME], 100),
        of=NAME,
        reason_without=WITHOUT,
    )


MEASURES = [
    build_count_measure(
        NAME,
        _("Leads given"),
        _(
            "How often a lead was given to the rep in the period: added with them as its owner, assigned, imported or taken. "
            "What was undone doesn’t count. The list has each lead once."
        ),
    ),
    _build_rate(
        "given_contacted_rate",
        "given_contacted",
        _("Contacted of those given"),
        _("Leads given that the rep still has and that have been contacted by now, divided by leads given."),
    ),
    _build_rate(
        "given_won_rate",
        "given_won",
        _("Won of those given"),
        _("Leads given that the rep still has and that are won by now, divided by leads given."),
    ),
    Measure(
        "revenue_per_given",
        _("Revenue per lead given"),
        _("Revenue by now of the leads given that the rep still has, divided by leads given."),
        Unit.MONEY,
        ("given_revenue", NAME),
        "given_revenue",
        lambda values: divide_or_none(values["given_revenue"] or 0, values[NAME]),
        reason_without=WITHOUT,
    ),
    Measure(
        "activities_per_given",
        _("Activities per lead given"),
        _("Activities of the rep in the period on all records, divided by leads given."),
        Unit.RATIO,
        (NAME, "activities", "activities_of_leads"),
        "activities_of_leads",
        lambda values: divide_or_none(values["activities"] or 0, values[NAME]),
        reason_without=WITHOUT,
    ),
]
SUBJECT = Subject(
    NAME,
    get_given_leads,
    path=PROGRESS,
    own={"rep": F("given_to")},
    records="progress",
    repeats=True,
    empty=_("No leads were given to a rep in this period."),
    since=CHANGES_KEPT.get_start,
)
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

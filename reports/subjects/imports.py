"""Leads that imports added as a subject of reports. They count in the period in which their import ended."""

from datetime import datetime
from typing import Any

from django.db.models import F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Change, Import
from crm.platform.database.partitioned_tables import CHANGES_TABLE as CHANGES_KEPT
from crm.platform.models.operation import get_earliest_change_time
from crm.records.kinds.kind_registry import TO_IMPORT
from leads.models import Lead
from reports.engine.counted_leads import build_filter_condition
from reports.engine.measures import Measure, MeasurePart, Unit, build_count_measure, divide_or_none
from reports.engine.progress_derivation import get_progress_rows
from reports.engine.question import ReportQuestion
from reports.models import CHANGES
from reports.models.counted_rows import PROGRESS
from reports.models.lead_progress import build_visible_condition, prefix_condition
from reports.subjects.subject import MeasuredSubject, Subject

NAME = "imported"


def get_imported_leads(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """Of the imports of the period whose receipts the viewer sees. Their changes are looked for in the months since the first one."""
    progress, as_of = get_progress_rows()
    imports = Import.objects.visible_to(viewer).of_table(Lead.table).of_records().done()
    imports = imports.filter(question.period.build_condition("ended_at"))
    first = imports.aggregate(first=Min("operation__at"))["first"] or timezone.now()
    added = CHANGES[progress.model].objects.filter(
        prefix_condition(PROGRESS, build_visible_condition(viewer)),
        build_filter_condition(question, PROGRESS),
        at__gte=get_earliest_change_time(first),
        table=Lead.table,
        kind=Change.Kind.INSERT,
        operation__in=imports.values("operation"),
    )
    return added.annotate(
        of_import=F("operation__imports"), ended_at=F("operation__imports__ended_at")
    ), as_of


def _build_became_part(column: str) -> MeasurePart:
    return MeasurePart("ended_at", Q(**{f"{PROGRESS}{column}__isnull": False}), subject=NAME)


PARTS = {
    "imported": MeasurePart("ended_at", Q(), subject=NAME),
    "imported_contacted": _build_became_part("contacted_at"),
    "imported_qualified": _build_became_part("qualified_at"),
    "imported_won": _build_became_part("won_at"),
    "imported_lost": _build_became_part("lost_at"),
}
MEASURES = [
    build_count_measure(
        "imported",
        _("Imported leads"),
        _(
            "Leads that imports have added, without those that they have only changed. Leads in Trash don’t count."
        ),
    ),
    build_count_measure(
        "imported_contacted", _("Imported, contacted"), _("Imported leads that were contacted until today.")
    ),
    build_count_measure(
        "imported_qualified", _("Imported, qualified"), _("Imported leads that were qualified until today.")
    ),
    build_count_measure(
        "imported_won", _("Imported, won"), _("Imported leads that are in a won status today.")
    ),
    build_count_measure(
        "imported_lost",
        _("Imported, lost"),
        _("Imported leads that are in a lost or disqualified status today."),
    ),
    Measure(
        "imported_rate",
        _("Imported to client"),
        _("Won leads divided by imported leads."),
        Unit.PERCENT,
        ("imported_won", "imported"),
        "imported_won",
        lambda values: divide_or_none(values["imported_won"], values["imported"], 100),
        of="imported",
    ),
]
SUBJECT = Subject(
    NAME,
    get_imported_leads,
    path=PROGRESS,
    own={"import": F("of_import")},
    records="progress",
    permissions=tuple(Lead.get_right(right) for right in TO_IMPORT),
    empty=_("No imports in this period."),
    since=CHANGES_KEPT.get_start,
)
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)

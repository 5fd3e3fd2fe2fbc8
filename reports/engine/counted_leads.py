"""The leads that a question is about: those that the viewer sees and the filters find."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from accounts.models import User
from reports.engine.measures import ADDED, MEASURE_PARTS
from reports.engine.progress_derivation import get_progress_rows
from reports.engine.question import HAPPENED, ReportQuestion
from reports.engine.report_periods import ReportPeriod
from reports.models import LeadProgress
from reports.models.lead_progress import prefix_condition

# The columns that the progress of a lead has under the same name and with the same values.
SAME = {
    "owner",
    "department",
    "source",
    "status",
    "lost_reason",
    "country",
    "currency",
    "vip",
    "shared",
    "created_at",
    "first_contacted_at",
    "status_since",
    "base_value",
}


def get_counted_leads(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """The progress of the leads of a question, of any time, and as of when it is known; None for now."""
    found, as_of = get_progress_rows()
    return found.visible_to(viewer).filter(build_filter_condition(question)), as_of


def build_filter_condition(question: ReportQuestion, path: str = "") -> Q:
    """The leads that the filters of the question find; `path` leads from a row to the progress of its lead."""
    listing = question.listing
    if not listing.is_narrowed:
        return Q()
    conditions = listing.filters.conditions
    if not listing.search and all(map(_is_same, conditions)):
        return prefix_condition(path, Q(*conditions))
    # Whether the viewer sees them is asked once, of the progress.
    return Q(**{f"{path}lead__in": listing.rows.order_by().values("pk")})


def get_moment_column(question: ReportQuestion, name: str) -> str:
    """The column by which a part of the question counts; '' for what is there today."""
    part = MEASURE_PARTS[name]
    return part.moment if question.basis == HAPPENED or part.subject != "leads" or not part.moment else ADDED


def filter_within_period(rows: Any, period: ReportPeriod, moment: str) -> Any:
    """The rows whose moment lies in the period; all of them without a moment."""
    return rows.filter(period.build_condition(moment), **{f"{moment}__isnull": False}) if moment else rows


def build_counted_condition(parts: Sequence[str]) -> Q:
    """The rows that at least one of these parts counts, so that the others aren't read. Sources without won leads are shown
    with a zero, so leads are always read."""
    found = [MEASURE_PARTS[name] for name in parts if MEASURE_PARTS[name].among not in parts]
    if any(part.subject == "leads" or not part.condition for part in found):
        return Q()
    return reduce(or_, [part.condition for part in found])


def _is_same(condition: Any) -> bool:
    """Whether the condition only asks for columns that both have."""
    if not isinstance(condition, Q):
        return False
    for child in condition.children:
        if isinstance(child, tuple):
            name, value = child
            if name.split("__")[0] not in SAME or hasattr(value, "resolve_expression"):
                return False
        elif not _is_same(child):
            return False
    return True


assert {field.name for field in LeadProgress._meta.fields} >= SAME  # noqa: S101 - a wrong name would count nothing

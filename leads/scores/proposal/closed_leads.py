"""The leads that a proposal learns from, and those of the last quarter on which it is tried."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Value, When
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from crm.fields.conditions.ranges import RANGE_SEPARATOR
from crm.platform.web.day_start import get_day_start
from leads.models import Lead, Status
from leads.statuses import reference_tables

# Older leads tell of another market.
LEARNED_DAYS = 730
TRIED_DAYS = 90
LOST = (Status.Kind.LOST, Status.Kind.DISQUALIFIED)
DAY = timedelta(days=1)


def get_first_days() -> tuple[date, date]:
    """The first day of the leads that are learned from, and that of those on which the proposal is tried, in the present time zone."""
    quarter = timezone.localdate() - timedelta(days=TRIED_DAYS)
    return quarter - timedelta(days=LEARNED_DAYS), quarter


def closed_leads_queryset(viewer: User, first: date, end: date | None = None) -> Any:
    """Those that the viewer sees and that were won or lost from a day on and before another one, with `is_won`."""
    won, lost = _get_status_ids(Status.Kind.WON), _get_status_ids(*LOST)
    rows = Lead.objects.present().visible_to(viewer).order_by()
    rows = rows.filter(status__in=won + lost, status_since__gte=get_day_start(first))
    if end is not None:
        rows = rows.filter(status_since__lt=get_day_start(end))
    return rows.annotate(is_won=Case(When(status__in=won, then=Value(True)), default=Value(False)))


def build_list_query(first: date, end: date | None, *, won: bool | None, conditions: str = "") -> str:
    """The list of the same leads, which also meet the conditions: the won, the lost, or both."""
    query = QueryDict(conditions, mutable=True)
    query.setlist("kind", [*([Status.Kind.WON] if won is not False else []), *([] if won else LOST)])
    last = "" if end is None else (end - DAY).isoformat()
    query["status_since.between"] = f"{first.isoformat()}{RANGE_SEPARATOR}{last}"
    return query.urlencode()


def _get_status_ids(*kinds: str) -> list[int]:
    return [pk for pk, status in reference_tables.get_statuses().items() if status.kind in kinds]

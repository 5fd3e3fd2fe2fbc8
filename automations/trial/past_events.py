"""What would have woken an automation in the past: recorded changes, or what recipients did with mailings.

A trial keeps the ids of changes or of deliveries, by the automation's trigger, and reads the records as they were at that moment.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from automations.definition.trigger_types import build_record_expression, waking_changes_queryset
from automations.models import Automation
from automations.models.automation import BY_MAILINGS
from automations.trial.past_records import Moment
from crm.models import Change
from crm.records.kinds.kind_registry import KINDS
from mailings.models import Delivery

# A trial looks at so many events at most, the newest ones.
MOST = 200_000


@dataclass(frozen=True)
class PastEvent:
    """Of several changes of a record in an operation, the last one."""

    moment: Moment
    at: datetime


def find_past_events(automation: Automation, viewer: User, days: int) -> list[PastEvent]:
    """The newest first, and one more than MOST if there are so many: once for each operation, or delivery, and record that the viewer sees."""
    since = timezone.now() - timedelta(days=days)
    seen = KINDS[automation.table_of].model.objects.visible_to(viewer).order_by().values("pk")
    if automation.is_by_mailings:
        return _read_deliveries(automation, _responses_queryset(automation, since).filter(record__in=seen))
    changes = Change.objects.filter(at__gte=since, operation__isnull=False)
    woken = waking_changes_queryset(automation, changes)
    found: dict[tuple[int, int | None], PastEvent] = {}
    for event in _read_changes(automation, woken, record__in=seen):
        found.setdefault((event.moment.record, event.moment.operation), event)
    return list(found.values())


def get_past_events(automation: Automation, ids: Collection[int]) -> dict[int, PastEvent]:
    """By their ids; without those that are no longer kept."""
    if automation.is_by_mailings:
        rows = _read_deliveries(automation, Delivery.objects.filter(pk__in=ids))
    else:
        rows = _read_changes(automation, Change.objects.filter(pk__any=list(ids)))
    return {event.moment.key: event for event in rows}


def _responses_queryset(automation: Automation, since: datetime) -> Any:
    """The first response of each delivery since then. One that isn't recorded hasn't a moment."""
    rows = Delivery.objects.filter(of=automation.table_of)
    if mailing := automation.trigger_values.get("mailing"):
        rows = rows.filter(mailing=mailing)
    return rows.filter(Q(**{f"{_get_moment_column(automation)}__gte": since}))


def _read_changes(automation: Automation, changes: Any, **seen: Any) -> list[PastEvent]:
    rows = changes.annotate(record=build_record_expression(automation)).filter(**seen).order_by("-pk")
    values = rows.values_list("pk", "at", "record", "operation")[: MOST + 1]
    return [PastEvent(Moment(record, pk, operation), at) for pk, at, record, operation in values]


def _read_deliveries(automation: Automation, deliveries: Any) -> list[PastEvent]:
    """The record is read as after its last change before that moment, which every operation of then counts to."""
    column = _get_moment_column(automation)
    before = Change.objects.filter(
        table=automation.table_of, row=OuterRef("record"), at__lte=OuterRef("happened")
    )
    last = Coalesce(Subquery(before.order_by("-pk").values("pk")[:1]), Value(0))
    rows = deliveries.exclude(**{column: None}).annotate(happened=F(column)).annotate(last=last)
    values = rows.order_by("-happened", "-pk").values_list("pk", "happened", "record", "last")[: MOST + 1]
    return [PastEvent(Moment(record, change, None, pk), at) for pk, at, record, change in values]


def _get_moment_column(automation: Automation) -> str:
    return BY_MAILINGS[Automation.Trigger(automation.trigger)]

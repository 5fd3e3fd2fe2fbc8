"""Which meetings are due for an automation: so many hours or days before they begin, or after they began."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from automations.definition.clock_forms import BEFORE
from automations.definition.wait_step import HOURS
from automations.models import Automation
from crm.work.models.activity import Activity


@dataclass(frozen=True)
class DueMeeting:
    """`occasion` is the meeting at its time: one that is moved is due again. `due_at` is when the automation acts."""

    record: int
    occasion: str
    due_at: datetime


def get_shift(automation: Automation) -> timedelta:
    """From the beginning of a meeting to the moment at which the automation acts: a negative time before it."""
    values = automation.trigger_values
    unit = timedelta(hours=1) if values["unit"] == HOURS else timedelta(days=1)
    return (-1 if values["side"] == BEFORE else 1) * values["number"] * unit


def meetings_queryset(automation: Automation) -> Any:
    """Those that count: before, planned ones; after, those to which people came, as far as anyone knows. A private one is no one else's
    business."""
    rows = Activity.objects.present().public().of_kind(automation.table_of).meetings()
    comes_near = automation.trigger_values["side"] == BEFORE
    return rows.planned() if comes_near else rows.exclude(outcome=Activity.Plan.NO_SHOW)


def find_due_meetings(
    automation: Automation, after: datetime, until: datetime, *, begun: datetime, most: int | None = None
) -> list[DueMeeting]:
    """Those that become due after one moment and not after another one, by record, and of a record the earliest last; with `most`, the first
    ones that become due. What is to be done before a meeting isn't done once it has begun at the moment `begun`."""
    shift, values = get_shift(automation), automation.trigger_values
    rows = meetings_queryset(automation).filter(at__gt=after - shift, at__lte=until - shift)
    if values["side"] == BEFORE:
        rows = rows.filter(at__gt=begun)
    ordered = rows.order_by("at", "pk")[:most] if most else rows.order_by("record", "-at", "-pk")
    told = f"{values['side']} {values['number']} {values['unit']}"
    return [
        DueMeeting(record, f"{pk} {at.astimezone(UTC):%Y-%m-%dT%H:%M} {told}", at + shift)
        for record, pk, at in ordered.values_list("record", "pk", "at")
    ]

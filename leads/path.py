"""A lead's path through the statuses of its pipeline: where it is, how long it was in each, what comes next."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from crm.custom.fields import is_for_some
from leads import contract, fields, names
from leads.models import Lead, Status, StatusMove


@dataclass(frozen=True)
class Step:
    """One status: "done", "here" or "ahead"; the days spent there; what it requires and the lead doesn't have, as labels
    and as names; whether a lead may move there from its current status."""

    status: Status
    place: str
    days: int | None
    needs: list[str]
    missing: list[str]
    allowed: bool


def path_of(lead: Lead) -> list[Step]:
    """The open statuses and Won in order; for a lost or disqualified lead, that status is the last step."""
    statuses = [
        row for row in Status.objects.of_pipeline(lead.status.pipeline_id).in_order() if shown(row, lead)
    ]
    spent = days_spent(lead)
    places = [row.pk for row in statuses]
    here = places.index(lead.status_id)
    required = {name for status in statuses for name in contract.required(status)}
    read = {*fields.CONTRACT, *required, *contract.reads_also(list(required))}
    values = {name: getattr(lead, name) for name in read}
    steps = []
    for number, status in enumerate(statuses):
        place = "here" if number == here else "done" if number < here and status.pk in spent else "ahead"
        missing = contract.missing(status, {**values, "lost_reason": True}) if place == "ahead" else []
        shown_names = [name for name in missing if not is_for_some(name)]
        needs = [names.field_label(name) for name in shown_names]
        allowed = lead.status.leads_to(status)
        steps.append(Step(status, place, spent.get(status.pk), needs, shown_names, allowed))
    return steps


def shown(status: Status, lead: Lead) -> bool:
    if status.pk == lead.status_id:
        return True
    return status.pipeline_id == lead.status.pipeline_id and not status.retired and not status.needs_reason


def days_spent(lead: Lead) -> dict[int, int]:
    """Whole days by status; undone moves don't count."""
    spent: dict[int, timedelta] = {}
    for move in StatusMove.objects.filter(lead=lead, undone=False):
        stay = (move.left or timezone.now()) - move.entered
        spent[move.to_status_id] = spent.get(move.to_status_id, timedelta()) + stay
    return {pk: stay.days for pk, stay in spent.items()}

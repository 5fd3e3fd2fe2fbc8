"""The path of a lead or a deal through the statuses of its pipeline: where it is, how long it was in each, what comes
next, and how it may end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm.fields.custom.values.field_registry import is_for_some
from crm.models import Change
from crm.platform.models.operation import get_earliest_change_time
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Status, StatusMove
from leads.statuses import reference_tables, status_contract

# A reason is asked for with the move itself.
WITH_REASON = {"lost_reason": True}


@dataclass(frozen=True)
class PathStep:
    """One status: "done", "here" or "ahead"; the days spent there; the labels of what one ahead requires and the record
    doesn't have; whether a move there asks for something first; and whether the record may move there from its current
    status."""

    status: Status
    place: str
    days: int | None
    needs: list[str]
    asks: bool
    allowed: bool


def get_status_path(record: Any) -> list[PathStep]:
    """The open statuses and Won in order; for a lost or disqualified record, that status is the last step."""
    model = type(record)
    statuses = [row for row in reference_tables.get_all_statuses().values() if is_on_path(row, record)]
    spent = get_days_by_status(record)
    entered = {*spent, *get_entered_stages(record)}
    ids = [row.pk for row in statuses]
    done = entered.intersection(ids[: ids.index(record.status_id)])
    values = get_required_values(record, statuses)
    steps = []
    for status in statuses:
        place = "here" if status.pk == record.status_id else "done" if status.pk in done else "ahead"
        missing = status_contract.get_missing_fields(status, values | WITH_REASON, model)
        shown_names = [name for name in missing if not is_for_some(name)] if place == "ahead" else []
        needs = [reference_tables.get_field_label(name, model) for name in shown_names]
        allowed = record.status.can_move_to(status)
        steps.append(PathStep(status, place, spent.get(status.pk), needs, bool(missing), allowed))
    return steps


@dataclass(frozen=True)
class ClosingStatus:
    """A status that closes a record and asks for a reason; `complete` if the record has everything else that it requires."""

    status: Status
    complete: bool


def get_closings(record: Any) -> list[ClosingStatus]:
    """The statuses such as Lost that an open record may move to. They aren't steps of the path, but end it beside Won."""
    if not record.status.is_open:
        return []
    found = [
        row
        for row in reference_tables.get_all_statuses().values()
        if row.needs_reason
        and not row.retired
        and row.pipeline_id == record.status.pipeline_id
        and record.status.can_move_to(row)
    ]
    asking = get_asking_statuses(record, found)
    return [ClosingStatus(row, row.pk not in asking) for row in found]


def get_asking_statuses(record: Any, statuses: Iterable[Status]) -> set[int]:
    """The ids of those among the statuses that require more than the record has, apart from a reason."""
    others = [row for row in statuses if row.pk != record.status_id]
    values = get_required_values(record, others) | WITH_REASON
    model = type(record)
    return {row.pk for row in others if status_contract.get_missing_fields(row, values, model)}


def get_required_values(record: Any, statuses: Iterable[Status]) -> dict[str, Any]:
    """The values that these statuses may require, by field name."""
    model = type(record)
    required = {name for status in statuses for name in status_contract.get_required_fields(status, model)}
    may_be_required = KINDS[model.table].fields.CONTRACT
    read = {*may_be_required, *required, *status_contract.get_deciding_field_names(list(required), model)}
    return {name: getattr(record, name) for name in read}


def is_on_path(status: Status, record: Any) -> bool:
    if status.pk == record.status_id:
        return True
    return status.pipeline_id == record.status.pipeline_id and not status.retired and not status.needs_reason


def get_days_by_status(record: Any) -> dict[int, int]:
    """Whole days by status; undone moves don't count. The moves of deals aren't kept apart from their history, so only the
    days of the present stay are known."""
    if not isinstance(record, Lead):
        return {record.status_id: (timezone.now() - record.status_since).days}
    spent: dict[int, timedelta] = {}
    for move in StatusMove.objects.filter(lead=record, undone=False):
        stay = (move.left or timezone.now()) - move.entered
        spent[move.to_status_id] = spent.get(move.to_status_id, timedelta()) + stay
    return {pk: stay.days for pk, stay in spent.items()}


def get_entered_stages(record: Any) -> set[int]:
    """The stages that a deal has been in, from its history; a lead has its moves (days_spent)."""
    if isinstance(record, Lead):
        return set()
    return get_visited_stages(get_stage_moves(record))


def get_stage_moves(record: Any) -> list[tuple[int, int]]:
    """The stages before and after each move that is in effect, the newest first."""
    changes = Change.objects.of_row(record.table, record.pk).since(
        get_earliest_change_time(record.created_at)
    )
    moves, undone = [], set()
    # Whatever undid a move comes later, and may be undone itself by what comes later still.
    for change in changes.with_field("status_id").newest_first().select_related("operation"):
        if change.operation_id in undone:
            continue
        if change.operation and change.operation.undoes_id:
            undone.add(change.operation.undoes_id)
        else:
            moves.append(tuple(change.diff["status_id"]))
    return moves


def get_visited_stages(moves: Iterable[tuple[int, int]]) -> set[int]:
    """Where a deal was before and after each move; a stage that it skipped isn't among them."""
    return {stage for move in moves for stage in move}

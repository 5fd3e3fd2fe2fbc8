"""Rebuild what triggers derive from the recorded changes alone, to prove timestamps and moves right.

A lead's changes are replayed in order. A status change by an undo removes the undone move; a status change by an undo
of that undo restores it; any other status change closes the open move and starts a new one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.dateparse import parse_datetime

from crm.models import Change
from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.records.history.history_check import Difference
from crm.work.activities.contact_triggers import (
    CONTACT_COLUMNS,
    build_contact_columns_sql,
    build_difference_sql,
)
from crm.work.tasks.next_action import build_open_tasks_sql
from leads.models import Lead, StatusMove


@dataclass
class Move:
    """A stay in a status according to the history."""

    from_status: int | None
    to_status: int
    entered: datetime
    left: datetime | None
    operation: int | None
    undone: bool = False


def iterate_wrong_stamps_and_moves() -> Iterator[Difference]:
    """Timestamps and moves that don't follow from the history, lead by lead."""
    for lead, changes in _iterate_histories():
        yield from _iterate_wrong_stamps(lead, changes)
        yield from _iterate_wrong_moves(lead, changes)


def _iterate_histories() -> Iterator[tuple[Lead, list[Change]]]:
    gone = CHANGES_TABLE.get_start()
    for lead in Lead.objects.order_by("pk").defer("description").iterator(chunk_size=2_000):
        changes = list(Change.objects.of_row("lead", lead.pk).with_operations().order_by("id"))
        changes = get_changes_since_deletion(changes)
        # Of a lead whose first changes were deleted with their months, nothing can be rebuilt.
        if not gone or (changes and changes[0].kind == Change.Kind.INSERT) or lead.created_at >= gone:
            yield lead, changes


def get_changes_since_deletion(changes: list[Change]) -> list[Change]:
    """A lead that was permanently deleted and brought back begins anew, with the timestamps that it had."""
    deleted = [place for place, change in enumerate(changes) if change.kind == Change.Kind.DELETE]
    return changes[deleted[-1] + 1 :] if deleted else changes


def _iterate_wrong_stamps(lead: Lead, changes: list[Change]) -> Iterator[Difference]:
    """Each recorded column has the value that its last change wrote; a status is entered when the history says so."""
    last: dict[str, object] = {}
    for change in changes:
        for column, (_old, new) in change.diff.items():
            last[column] = new
    for column in ("status_since", "assigned_at", "first_contacted_at", "last_contacted_at", "converted_at"):
        if column in last:
            stored, rebuilt = getattr(lead, column), last[column]
            moment = parse_datetime(str(rebuilt)) if rebuilt else None
            if stored != moment:
                yield Difference(_get_lead_label(lead.pk), column, stored, moment)
    for column in ("first_contacted_by", "last_contacted_by", "contacted_otherwise"):
        if column in last and getattr(lead, column) != last[column]:
            yield Difference(_get_lead_label(lead.pk), column, getattr(lead, column), last[column])
    if changes and lead.version != changes[-1].version:
        yield Difference(_get_lead_label(lead.pk), "version", lead.version, changes[-1].version)


def get_moves_from_changes(lead: Lead, changes: list[Change]) -> list[Move]:
    """The moves that follow from one lead's changes, including undone ones."""
    moved = [change for change in changes if "status_id" in change.diff]
    first = moved[0].diff["status_id"][0] if moved else lead.status_id
    written = [change.diff["status_since"] for change in changes if "status_since" in change.diff]
    since = datetime.fromisoformat(written[0][0]) if written else lead.status_since
    created = next((change.operation_id for change in changes if change.kind == Change.Kind.INSERT), None)
    moves = [Move(None, first, since, None, created)]
    for change in changes:
        if "status_since" in change.diff:
            since = datetime.fromisoformat(change.diff["status_since"][1])
        if "status_id" in change.diff:
            _apply_status_change(moves, change, since)
    return moves


def _apply_status_change(moves: list[Move], change: Change, since: datetime) -> None:
    old, new = change.diff["status_id"]
    undoes = change.operation.undoes if change.operation else None
    open_move = next(move for move in reversed(moves) if move.left is None and not move.undone)
    if undoes and open_move.operation == undoes.pk and open_move.from_status == new:
        open_move.undone, open_move.left = True, change.at
        before = next(move for move in reversed(moves[: moves.index(open_move)]) if not move.undone)
        before.left = None
        return
    if undoes and undoes.undoes_id:
        again = [m for m in moves if m.undone and m.operation == undoes.undoes_id and m.to_status == new]
        if again:
            open_move.left = again[-1].entered
            again[-1].undone, again[-1].left = False, None
            return
    open_move.left = since
    moves.append(Move(old, new, since, None, change.operation_id))


def _iterate_wrong_moves(lead: Lead, changes: list[Change]) -> Iterator[Difference]:
    rebuilt = [
        (move.from_status, move.to_status, move.entered, move.left, move.operation)
        for move in get_moves_from_changes(lead, changes)
        if not move.undone
    ]
    stored = list(
        StatusMove.objects.filter(lead=lead, undone=False)
        .order_by("id")
        .values_list("from_status_id", "to_status_id", "entered", "left", "operation_id")
    )
    if stored != rebuilt:
        yield Difference(_get_lead_label(lead.pk), "moves", stored, rebuilt)


def iterate_wrong_next_actions() -> Iterator[Difference]:
    """Leads whose next action isn't their earliest open task."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT l.id, l.next_action, l.next_action_on, f.title, f.due_on FROM leads_lead l
                LEFT JOIN LATERAL ({build_open_tasks_sql("lead", "l.id")} LIMIT 1) f ON true
                WHERE (l.next_action, l.next_action_on) IS DISTINCT FROM (coalesce(f.title, ''), f.due_on)"""
        )
        for pk, text, day, title, due_on in cursor.fetchall():
            yield Difference(_get_lead_label(pk), "next action", (text, day), (title, due_on))


def iterate_wrong_contacts() -> Iterator[Difference]:
    """Leads whose first and last contact don't follow from their activities and from what else is recorded."""
    names = (
        "first contacted",
        "origin of first contacted",
        "last contacted",
        "origin of last contacted",
        "other contacts",
    )
    stored, right = (", ".join(f"{row}.{column}" for column in CONTACT_COLUMNS) for row in "lw")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT l.id, {stored}, {right} FROM leads_lead l
                JOIN ({build_contact_columns_sql("lead", "leads_lead", "true")}) w ON w.id = l.id WHERE {build_difference_sql()} ORDER BY l.id"""
        )
        for pk, *values in cursor.fetchall():
            found, wanted = values[: len(names)], values[len(names) :]
            for name, is_now, should_be in zip(names, found, wanted, strict=True):
                if is_now != should_be:
                    yield Difference(_get_lead_label(pk), name, is_now, should_be)


def _get_lead_label(pk: int) -> str:
    return f"Lead {pk}"

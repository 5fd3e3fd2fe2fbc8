"""Undo: revert an operation's changes field by field, unless they were changed again since.

An undo is itself an operation and can be undone. It checks current permissions, but not status contracts. A field is
reverted if it still has the value that the operation wrote; otherwise it is kept and named. Rows that the operation
created go to Trash unless someone has worked on them since. Rows that it removed come back.

A record that the user may not change now, such as one moved to another department, stays as it is and is counted. What
an undo kept can be undone later, as far as the reason goes away (crm/records/history/undo/unreverted_rows.py).
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.fields.models.record import Record
from crm.models import Change, MergedRecord, Operation
from crm.platform.models.undo_rules import get_undo_rules
from crm.platform.sql.chunks import split_into_chunks
from crm.platform.web.transactions import retry_once
from crm.records.custom_fields.undo import ValueUpdates
from crm.records.history.operation_results import write_verdicts
from crm.records.history.undo.later_links import get_ids_linked_since
from crm.records.history.undo.reversal_sql import ReversalUpdates
from crm.records.history.undo.row_restoration import get_created_rows, reinsert_removed_rows
from crm.records.history.undo.undo_permission import UndoRefused, get_tracked_models, get_undo_obstacle
from crm.records.history.undo.undo_result import IN_USE, UNDO_FOLLOWERS, UndoResult
from crm.records.history.undo.unreverted_rows import get_nothing_reverted_sentence, get_settled_rows
from crm.records.history.verb_execution import Verb, operation
from crm.records.kinds.erased_persons import get_ids_erased_since


class Undo(Verb):
    kind = "undo"
    title = _("Undo")

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Undo")


@retry_once
@transaction.atomic
def revert_operation(
    record: Operation,
    *,
    by,
    channel: str = Operation.Channel.WEB,
    progress: Callable[[int, int], None] | None = None,
    part: dict[str, Any] | None = None,
) -> UndoResult:
    """Undo an operation. Raises UndoRefused with the reason if it can't be undone, never PermissionDenied. `part` says
    which part of the undo of a larger operation it is (crm/records/history/multi_part_changes.py)."""
    begun = time.monotonic()
    # After two clicks on the button, the second request waits here and then finds the operation undone.
    record = Operation.objects.select_for_update(no_key=True).get(pk=record.pk)
    if reason := get_undo_obstacle(record, by, as_part=part is not None):
        raise UndoRefused(reason)
    outcome = UndoResult(record.table)
    values = {"table": record.table, "undoes": record, "parameters": record.parameters, **(part or {})}
    with operation("undo", by=by, channel=channel, **values) as undoing:
        outcome.operation = undoing
        # All are locked and judged before the first one is reverted: an undo may leave the user without the record that
        # its activities belong to, such as one that they took.
        touched = _get_touched_rows(record)
        for table, model in get_tracked_models().items():
            for column, lock in get_undo_rules(model).locks.items():
                if column in touched[table].columns and touched[table].rows:
                    lock()
        for table, model in get_tracked_models().items():
            _lock_rows(model, touched[table].rows)
        reach = {
            table: _find_unchangeable_records(record, model, touched[table].rows, by)
            for table, model in get_tracked_models().items()
        }
        for table in get_tracked_models():
            _undo_table(record, table, touched[table], reach[table], outcome, progress, by)
        # Of a part, the verdicts say why, and the next part is undone anyway.
        if not part and (reason := get_nothing_reverted_sentence(record, outcome)):
            raise UndoRefused(reason)
        for model in get_tracked_models().values():
            if finish := get_undo_rules(model).finish:
                finish(record, outcome)
        for follow in UNDO_FOLLOWERS:
            follow(record, undoing, outcome)
        undoing.changed = outcome.back_count
        undoing.refused = outcome.kept_count
        undoing.matched = outcome.matched_count
        undoing.milliseconds = round((time.monotonic() - begun) * 1000)
        undoing.save(update_fields=["matched", "changed", "refused", "milliseconds"])
        for table in {**outcome.back, **outcome.kept}:
            write_verdicts(undoing, outcome.build_outcome(table))
    return outcome


def preview_undo(record: Operation, by) -> UndoResult:
    """What an undo would do now: the ids that would be reverted and those that would keep something. Writes nothing."""
    outcome = UndoResult(record.table)
    touched = _get_touched_rows(record)
    for table, model in get_tracked_models().items():
        if not touched[table].rows:
            continue
        out_of_reach = _find_unchangeable_records(record, model, touched[table].rows, by)
        without = touched[table].settled + _flatten_ids(out_of_reach)
        kept: dict[str, set[int]] = {}
        back: set[int] = set()
        for part in _build_updates(record, table, model, touched[table], without, by):
            part.ahead = True
            back.update(part.get_revertible_ids())
            for reason, found in part.get_kept_rows().items():
                kept.setdefault(reason, set()).update(found)
        created, worked_on = get_created_rows(record, table, without)
        kept["worked_on_since"] = set(worked_on)
        outcome.back[table] = sorted(back.union(created))
        outcome.created[table] = created
        for reason, ids in [*kept.items(), *out_of_reach.items()]:
            outcome.add_kept(table, reason, ids)
    return outcome


def _undo_table(
    record: Operation,
    table: str,
    touched: "_TouchedRows",
    out_of_reach: dict[str, list[int]],
    outcome: UndoResult,
    progress,
    by,
) -> None:
    model: Any = get_tracked_models()[table]
    rows, without = touched.rows, touched.settled + _flatten_ids(out_of_reach)
    if not rows:
        return
    back: set[int] = set()
    kept: dict[str, set[int]] = {}
    # First what was deleted permanently, because other rows of this table may be linked to it.
    put_in, not_put_in = reinsert_removed_rows(record, table, model, by, touched.settled)
    parts = _build_updates(record, table, model, touched, without, by)
    if parts:
        parts[0].stage()
        for part in parts:
            for reason, found in part.get_kept_rows().items():
                kept.setdefault(reason, set()).update(found)
        done = 0
        for chunk in split_into_chunks(rows):
            for part in parts:
                back.update(part.restore_values(chunk))
            done += len(chunk)
            if progress:
                progress(done, len(rows))
    created, worked_on = get_created_rows(record, table, without)
    if created:
        unused = list(set(created) - _find_rows_in_use(model, table, created))
        taken_back = model._default_manager.filter(pk__any=unused).remove_undone_creations()
        back.update(taken_back)
        # Rows that others refer to by now stay.
        worked_on = list({*worked_on, *created}.difference(taken_back))
    kept.setdefault("worked_on_since", set()).update(worked_on)
    back.update(put_in)
    if parts:
        parts[0].discard()
    outcome.back[table] = sorted(back)
    for reason, ids in [*kept.items(), *out_of_reach.items(), ("hidden", not_put_in)]:
        outcome.add_kept(table, reason, ids)


def _find_rows_in_use(model: Any, table: str, created: list[int]) -> set[int]:
    """Which rows that the operation created stay, because others refer to them by now."""
    found = IN_USE[table](created) if table in IN_USE else set()
    if not issubclass(model, Record):
        return found
    merged = MergedRecord.objects.into(table, created)
    return {*found, *get_ids_linked_since(model, created), *merged.values_list("into", flat=True)}


class _TouchedRows(NamedTuple):
    """Of a table: the rows left to undo, the columns that the operation updated, and the rows that an earlier undo of it
    reverted."""

    rows: list[int]
    columns: list[str]
    settled: list[int]
    # Whether there is an earlier undo, which may have reverted some fields of the other rows too.
    further: bool


def _build_updates(
    record: Operation, table: str, model, touched: _TouchedRows, without: list[int], by
) -> list[ReversalUpdates]:
    """The updates of the table's columns and of custom values, as far as the operation changed any."""
    columns = touched.columns
    parts = [made(record, table, model, columns, without, by) for made in (ReversalUpdates, ValueUpdates)]
    for part in parts:
        part.further = touched.further
    # A record that comes out of Trash has its unique values again, so those of the others go back first.
    if "deleted_at" in columns and Change.objects.of_operation_and_parts(record, table).into_trash().exists():
        parts.reverse()
    return [part for part in parts if part.has_updates]


def _get_touched_rows(record: Operation) -> dict[str, _TouchedRows]:
    """For each table, what the operation touched and no undo in effect has reverted.

    One query for all tables, with a time: otherwise each table would be looked for in each month of the history.
    """
    settled = get_settled_rows(record)
    found = {
        table: _TouchedRows([], [], [*settled.get(table, ())], table in settled)
        for table in get_tracked_models()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT "table", array_agg(DISTINCT "row") FROM crm_change
               WHERE operation_id = %s AND at >= %s GROUP BY 1""",
            [record.pk, record.earliest_change_at],
        )
        for table, rows in cursor.fetchall():
            if table in found:
                left = {*rows}.difference(found[table].settled) if table in settled else rows
                found[table].rows.extend(left)
        cursor.execute(
            """SELECT DISTINCT "table", jsonb_object_keys(fields) AS name FROM crm_change
               WHERE operation_id = %s AND at >= %s AND kind = 'update' ORDER BY 1, 2""",
            [record.pk, record.earliest_change_at],
        )
        for table, column in cursor.fetchall():
            if table in found:
                found[table].columns.append(column)
    return found


def _find_unchangeable_records(record: Operation, model, rows: list[int], by) -> dict[str, list[int]]:
    """The records that `by` may not change now, by reason. Call it when they are locked. Settings have no owner: the
    permission for the operation is enough for them (crm/records/history/undo/undo_permission.py)."""
    if not rows or not issubclass(model, Record):
        return {}
    # A change after the erasure, such as a merge of sources, has no values of the person and can be undone.
    if erased := get_ids_erased_since(model, rows, record.at):
        return {
            "erased": erased,
            **_find_unchangeable_records(record, model, list({*rows}.difference(erased)), by),
        }
    if not model.scope.build_changeable_condition(by):
        return {}
    found = model._default_manager.filter(pk__any=rows)
    there = set(found.values_list("pk", flat=True))
    closed = list(there.difference(found.changeable_by(by).values_list("pk", flat=True)))
    if not closed:
        return {}
    seen = set(found.filter(pk__any=closed).visible_to(by).values_list("pk", flat=True))
    reasons = {"not_changeable": list(seen), "hidden": [pk for pk in closed if pk not in seen]}
    return {reason: ids for reason, ids in reasons.items() if ids}


def _flatten_ids(reasons: dict[str, list[int]]) -> list[int]:
    return [pk for ids in reasons.values() for pk in ids]


def _lock_rows(model, rows: list[int]) -> None:
    if not rows:
        return
    locked = (
        model._default_manager.filter(pk__any=rows)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    for _row in locked.values_list("pk").iterator(chunk_size=20_000):
        pass

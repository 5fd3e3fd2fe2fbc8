"""Undo: an operation's changes taken back, field by field, where nobody has changed them since.

Undo is an operation itself and can be undone. It checks rights as they are now, not status contracts. A field goes
back where it still holds what the operation wrote; where it does not, it is left and named. Rows that the operation
created go into the bin unless someone has worked on them since. Rows that it removed come back.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.models import Operation
from crm.records.change import Verb, in_chunks, operation
from crm.records.history import recorded_columns
from crm.records.results import Outcome, keep_verdicts
from crm.records.undo_sql import Updates
from crm.records.undoable import UndoRefused, tracked_models, why_not


@dataclass
class Undone:
    """The ids, by table, that went back wholly or in part, and those that kept at least one field, by reason.

    `table` is the kind of record that the operation is about: its rows are what the counts speak of, or where none of
    them is touched those of the other tables.
    """

    table: str = ""
    back: dict[str, list[int]] = field(default_factory=dict)
    kept: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    operation: Any = None  # an Operation, once it has begun

    def keep(self, table: str, reason: str, ids: Iterable[int]) -> None:
        reasons = self.kept.setdefault(table, {})
        reasons[reason] = sorted({*ids, *reasons.get(reason, [])})

    @property
    def tables(self) -> list[str]:
        """The tables that the counts speak of."""
        touched = [
            table for table in {**self.back, **self.kept} if self.back.get(table) or self.kept.get(table)
        ]
        return [self.table] if self.table in touched else touched

    @property
    def back_count(self) -> int:
        return sum(len(self.back.get(table, [])) for table in self.tables)

    @property
    def kept_count(self) -> int:
        return sum(len(set().union(*self.kept.get(table, {}).values())) for table in self.tables)

    @property
    def matched_count(self) -> int:
        return sum(
            len({*self.back.get(table, [])}.union(*self.kept.get(table, {}).values()))
            for table in self.tables
        )


class Undo(Verb):
    kind = "undo"
    title = _("Undo")

    @classmethod
    def right(cls, model):
        return ""

    @classmethod
    def words(cls, parameters, kind):
        return _("Undo")


@transaction.atomic
def undo(
    record: Operation,
    *,
    by,
    channel: str = Operation.Channel.WEB,
    progress: Callable[[int, int], None] | None = None,
) -> Undone:
    """Take an operation back. Raises UndoRefused with the reason where it may not be, PermissionDenied never."""
    begun = time.monotonic()
    # Two presses of the button: the second one waits here and then finds it undone.
    record = Operation.objects.select_for_update(no_key=True).get(pk=record.pk)
    if reason := why_not(record, by):
        raise UndoRefused(reason)
    outcome = Undone(record.table)
    values = {"table": record.table, "undoes": record, "parameters": record.parameters}
    with operation("undo", by=by, channel=channel, **values) as undoing:
        outcome.operation = undoing
        for table, model in tracked_models().items():
            _undo_table(record, table, model, outcome, progress)
        for model in tracked_models().values():
            follow = getattr(model._default_manager, "follow_undo", None)
            if follow:
                follow(record, undoing, outcome)
        undoing.changed = outcome.back_count
        undoing.refused = outcome.kept_count
        undoing.matched = outcome.matched_count
        undoing.milliseconds = round((time.monotonic() - begun) * 1000)
        undoing.save(update_fields=["matched", "changed", "refused", "milliseconds"])
        for table in {**outcome.back, **outcome.kept}:
            keep_verdicts(
                undoing,
                Outcome(table, changed=outcome.back.get(table, []), refused=outcome.kept.get(table, {})),
            )
    return outcome


def preview(record: Operation) -> Undone:
    """What an undo would do now: the ids that would go back and those that would keep something. Writes nothing."""
    outcome = Undone(record.table)
    for table, model in tracked_models().items():
        rows, columns = _touched(record, table)
        if not rows:
            continue
        kept: dict[str, list[int]] = {}
        back: set[int] = set()
        if columns:
            updates = Updates(record, table, model, columns)
            kept, back = updates.kept(), set(updates.going_back())
        created, worked_on = _created(record, table, rows)
        if worked_on:
            kept["worked_on_since"] = worked_on
        outcome.back[table] = sorted(back.union(created))
        for reason, ids in kept.items():
            outcome.keep(table, reason, ids)
    return outcome


def _undo_table(record: Operation, table: str, model, outcome: Undone, progress) -> None:
    rows, columns = _touched(record, table)
    if not rows:
        return
    back: set[int] = set()
    kept: dict[str, set[int]] = {}
    _lock(model, rows)
    if columns:
        updates = Updates(record, table, model, columns)
        updates.stage()
        kept = {reason: set(ids) for reason, ids in updates.kept().items()}
        done = 0
        for chunk in in_chunks(rows):
            back.update(updates.put_back(chunk))
            done += len(chunk)
            if progress:
                progress(done, len(rows))
        updates.discard()
    created, worked_on = _created(record, table, rows)
    if created:
        taken_back = model._default_manager.filter(pk__any=created).take_back_created()
        back.update(taken_back)
        # What others refer to by now stays.
        worked_on = sorted({*worked_on, *created}.difference(taken_back))
    if worked_on:
        kept.setdefault("worked_on_since", set()).update(worked_on)
    back.update(_put_in_again(record, table, model))
    outcome.back[table] = sorted(back)
    for reason, ids in kept.items():
        outcome.keep(table, reason, ids)


def _touched(record: Operation, table: str) -> tuple[list[int], list[str]]:
    """The ids of the rows that the operation touched, and the columns that it updated."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(array_agg(DISTINCT "row" ORDER BY "row"), '{}') FROM crm_change
               WHERE operation_id = %s AND "table" = %s""",
            [record.pk, table],
        )
        (rows,) = cursor.fetchone()
        cursor.execute(
            """SELECT DISTINCT jsonb_object_keys(fields) FROM crm_change
               WHERE operation_id = %s AND "table" = %s AND kind = 'update'""",
            [record.pk, table],
        )
        columns = sorted(key for (key,) in cursor.fetchall())
    return rows, columns


def _lock(model, rows: list[int]) -> None:
    locked = (
        model._default_manager.filter(pk__any=rows)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    for _row in locked.values_list("pk").iterator(chunk_size=20_000):
        pass


def _created(record: Operation, table: str, rows: list[int]) -> tuple[list[int], list[int]]:
    """The rows that the operation created: those that nobody touched since, and those that someone did."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c."row", EXISTS (
                   SELECT FROM crm_change later WHERE later."table" = c."table" AND later."row" = c."row"
                   AND later.id > c.id AND later.operation_id IS DISTINCT FROM c.operation_id
                   AND NOT EXISTS (SELECT FROM crm_operation o WHERE o.id = later.operation_id AND o.kind = 'undo')
                   AND NOT EXISTS (SELECT FROM crm_operation u WHERE u.undoes_id = later.operation_id
                                   AND NOT EXISTS (SELECT FROM crm_operation r WHERE r.undoes_id = u.id)))
               FROM crm_change c
               WHERE c.operation_id = %s AND c."table" = %s AND c.kind = 'insert' ORDER BY 1""",
            [record.pk, table],
        )
        found = cursor.fetchall()
    return [pk for pk, touched in found if not touched], [pk for pk, touched in found if touched]


def _put_in_again(record: Operation, table: str, model) -> list[int]:
    """Rows that the operation removed come back with their ids, from the whole rows that the history kept."""
    columns = recorded_columns(model)
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f'r."{column}"' for column in columns)
    target = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {target} (id, version, {names}) OVERRIDING SYSTEM VALUE
                SELECT c."row", c.version + 1, {values}
                FROM crm_change c CROSS JOIN LATERAL (
                    SELECT jsonb_object_agg(f.key, f.value->0) AS whole FROM jsonb_each(c.fields) f) one
                CROSS JOIN LATERAL jsonb_populate_record(NULL::{target}, one.whole) r
                WHERE c.operation_id = %s AND c."table" = %s AND c.kind = 'delete'
                ON CONFLICT DO NOTHING RETURNING id""",
            [record.pk, table],
        )
        return [pk for (pk,) in cursor.fetchall()]

"""Undo: an operation's changes taken back, field by field, where nobody has changed them since.

Undo is an operation itself and can be undone. It checks rights as they are now, not status contracts. A field goes
back where it still holds what the operation wrote; where it does not, it is left and named. Rows that the operation
created go into the bin unless someone has worked on them since. Rows that it removed come back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.change import Verb, in_chunks, operation
from crm.history import Record, recorded_columns
from crm.models import Change, Operation, Verdict
from crm.undo_sql import Updates


class UndoRefused(Exception):
    """The operation cannot be undone; the text says why."""


@dataclass
class Undone:
    """The ids, by table, that went back wholly or in part, and those that kept at least one field, by reason."""

    back: dict[str, list[int]] = field(default_factory=dict)
    kept: dict[str, list[int]] = field(default_factory=dict)
    operation: Any = None  # an Operation, once it has begun

    @property
    def back_count(self) -> int:
        return sum(map(len, self.back.values()))

    @property
    def kept_count(self) -> int:
        return len(set().union(*self.kept.values()) if self.kept else set())


class Undo(Verb):
    kind = "undo"
    permission = ""

    @classmethod
    def words(cls, parameters):
        return _("Undo")


def tracked_models() -> dict[str, type[models.Model]]:
    """The tables that crm_change knows, dependants first."""
    found = {}
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", []):
            if isinstance(trigger, Record):
                found[trigger.table] = model
    return dict(
        sorted(found.items(), key=lambda pair: pair[1]._meta.app_label != "leads" or pair[0] != "lead")
    )


def is_undone(record: Operation) -> bool:
    """Whether an undo of it is in force: an undo that was itself undone does not count."""
    return record.pk in undone_among([record])


def undone_among(records: list[Operation]) -> set[int]:
    """The ids of those whose undo is in force, for a whole page in one query; for no records without one."""
    if not records:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH RECURSIVE undone AS (
                 SELECT id, undoes_id FROM crm_operation WHERE undoes_id = ANY(%s)
                 UNION SELECT o.id, o.undoes_id FROM crm_operation o JOIN undone u ON o.undoes_id = u.id)
               SELECT undoes_id, array_agg(id) FROM undone GROUP BY 1""",
            [[record.pk for record in records]],
        )
        undoes = dict(cursor.fetchall())

    def in_force(pk: int) -> bool:
        return any(not in_force(undo) for undo in undoes.get(pk, []))

    return {record.pk for record in records if in_force(record.pk)}


def why_not(record: Operation, user, *, undone: bool | None = None) -> str | Promise:
    """Why this user may not undo this operation, or ''. `undone`, where known already, saves asking."""
    if record.expired:
        return _("It is too long ago.")
    if not record.changed:
        return _("It changed nothing.")
    if is_undone(record) if undone is None else undone:
        return _("It is undone already.")
    verb = Verb.known.get(_original(record).kind)
    permission = verb.permission if verb else "leads.change_lead"
    if not user.is_active or (permission and not user.has_perm(permission)):
        return _("You may not do what it did.")
    if record.by_id != user.pk and not _may_change_all(record, user):
        return _("It changed leads that you may not change.")
    return ""


def _original(record: Operation) -> Operation:
    while record.undoes:
        record = record.undoes
    return record


def _may_change_all(record: Operation, user) -> bool:
    for table, model in tracked_models().items():
        touched = Change.objects.filter(operation=record, table=table).values("row")
        rows = model._default_manager.filter(pk__in=touched)
        if not rows.exists():
            continue
        if not hasattr(rows, "changeable_by"):
            return user.is_administrator
        if rows.exclude(pk__in=rows.changeable_by(user).values("pk")).exists():
            return False
    return True


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
    outcome = Undone()
    with operation("undo", by=by, channel=channel, undoes=record, parameters=record.parameters) as undoing:
        outcome.operation = undoing
        for table, model in tracked_models().items():
            _undo_table(record, table, model, outcome, progress)
        for model in tracked_models().values():
            follow = getattr(model._default_manager, "follow_undo", None)
            if follow:
                follow(record, undoing, outcome)
        undoing.changed = outcome.back_count
        undoing.refused = outcome.kept_count
        undoing.matched = len(
            set().union(*outcome.back.values(), *outcome.kept.values())
            if outcome.back or outcome.kept
            else ()
        )
        undoing.milliseconds = round((time.monotonic() - begun) * 1000)
        undoing.save(update_fields=["matched", "changed", "refused", "milliseconds"])
        verdicts = [(Verdict.Word.CHANGED, "", ids) for table, ids in outcome.back.items() if table == "lead"]
        verdicts += [(Verdict.Word.REFUSED, reason, ids) for reason, ids in outcome.kept.items()]
        Verdict.objects.bulk_create(
            Verdict(operation=undoing, word=word, reason=reason, ids=ids, count=len(ids))
            for word, reason, ids in verdicts
            if ids
        )
    return outcome


def preview(record: Operation) -> Undone:
    """What an undo would do now: the ids that would go back and those that would keep something. Writes nothing."""
    outcome = Undone()
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
            outcome.kept[reason] = sorted({*ids, *outcome.kept.get(reason, [])})
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
        outcome.kept[reason] = sorted(ids.union(outcome.kept.get(reason, [])))


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

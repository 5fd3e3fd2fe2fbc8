"""Whether an operation can be undone, and by whom: checked against current permissions, not those of the time."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.models.record import Record
from crm.models import Change, Operation
from crm.platform.models.undo_rules import ChangeableRows
from crm.platform.sql.change_triggers import get_recorded_models
from crm.records.history.history_start import get_history_start
from crm.records.history.verb_execution import Verb

# The reasons why an undo keeps something that may go away; each app adds its own. What it kept for another reason stays.
PASSING = ["hidden", "not_changeable", "not_editable", "value_taken"]


class UndoRefused(Exception):
    """The operation can't be undone; the text says why."""


@cache
def get_tracked_models() -> dict[str, type[models.Model]]:
    """The tables in crm_change, by name, in the order of an undo: records first, those that others are linked to before
    those others, because records deleted permanently come back in this order, and added ones only go to Trash; then what
    records refer to, in the same order, because statuses follow their pipeline."""
    left = get_recorded_models()
    found: dict[str, type[models.Model]] = {}
    while left:
        free = [table for table, model in left.items() if not _is_referred_to(model, left.values())]
        for table in free or list(left):
            found[table] = left.pop(table)
    found = dict(reversed(found.items()))
    records = {table: model for table, model in found.items() if issubclass(model, Record)}
    records = dict(sorted(records.items(), key=lambda item: item[1].undo.after_records))
    # Records keep their places in front.
    return records | found


def _is_referred_to(model: type[models.Model], others: Iterable[type[models.Model]]) -> bool:
    return any(
        field.related_model is model
        for other in others
        if other is not model
        for field in other._meta.local_concrete_fields
    )


def is_undone(record: Operation) -> bool:
    """Whether an undo of it is in effect: an undo that was itself undone doesn't count."""
    return record.pk in get_undone_ids([record])


def get_undone_ids(records: list[Operation]) -> set[int]:
    """The ids of those whose undo is in effect, in one query for a whole page; no query if there are no records."""
    return get_undoing_operations(records).done


class UndoingOperations(NamedTuple):
    """The ids of operations whose undo is in effect: for all of them, and for a part of them so far, because it was stopped or
    because something was in its way."""

    done: set[int]
    partly: set[int]


def get_undoing_operations(records: list[Operation]) -> UndoingOperations:
    """An undo in parts that has reverted nothing is not in effect: its records were out of reach."""
    if not records:
        return UndoingOperations(set(), set())
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH RECURSIVE undone AS (
                 SELECT id, undoes_id FROM crm_operation WHERE undoes_id = ANY(%s)
                 UNION SELECT o.id, o.undoes_id FROM crm_operation o JOIN undone u ON o.undoes_id = u.id)
               SELECT o.undoes_id, o.id,
                      o.part_count > (SELECT count(*) FROM crm_operation p WHERE p.part_of_id = o.id),
                      o.part_count = 0 AND o.part_of_id IS NULL AND EXISTS (
                          SELECT FROM crm_verdict v
                          WHERE v.operation_id = o.id AND v.word = 'refused' AND v.reason = ANY(%s))
               FROM undone JOIN crm_operation o USING (id)
               WHERE o.changed > 0 OR (o.part_count = 0 AND o.part_of_id IS NULL)""",
            [[record.pk for record in records], PASSING],
        )
        undoes: dict[int, list[tuple[int, bool]]] = {}
        keeping = set()
        for pk, undo, has_more, keeps in cursor.fetchall():
            undoes.setdefault(pk, []).append((undo, has_more))
            if keeps:
                keeping.add(undo)

    def is_done(pk: int) -> bool:
        return any(not has_more and not is_done(undo) for undo, has_more in undoes.get(pk, []))

    def is_begun(pk: int) -> bool:
        return any(not is_done(undo) for undo, _has_more in undoes.get(pk, []))

    def has_rest(pk: int) -> bool:
        """Whether the newest undo in effect kept something that it may not have to keep later."""
        return max((undo for undo, _more in undoes.get(pk, []) if not is_done(undo)), default=None) in keeping

    done = {record.pk for record in records if is_done(record.pk) and not has_rest(record.pk)}
    return UndoingOperations(done, {record.pk for record in records if is_begun(record.pk)} - done)


def get_unfinished_undo(record: Operation) -> Operation | None:
    """Its newest undo, if that was stopped between two parts and nothing of it is undone. Whoever may undo the operation can go
    on with it."""
    whole = get_last_undo(record) if record.part_count else None
    if whole is None or not whole.parts_left:
        return None
    return None if any(get_undoing_operations([whole])) else whole


def get_last_undo(record: Operation) -> Operation | None:
    return record.undone_by.order_by("-pk").first()


def may_undo_own(record: Operation, user, *, undone: bool) -> bool:
    """Whether a line offers this user to undo this operation: one of their own, without an obstacle."""
    return record.by_id == user.pk and not get_undo_obstacle(record, user, undone=undone)


def get_undo_obstacle(
    record: Operation, user, *, undone: bool | None = None, as_part: bool = False
) -> str | Promise:
    """Why this user may not undo this operation, or ''. Pass `undone` if it is known, to save a query. A part can only be
    undone `as_part` of the undo of the whole operation. The rest of an undo that was stopped can be undone."""
    if record.part_of_id and not as_part:
        return _("This is one part of a larger change. Undo the whole change.")
    if record.part_count and record.jobs.unfinished().exists():
        return _("This change is still being carried out. Cancel its job first.")
    if since := get_history_start(record.at):
        words = _now("The recorded changes were deleted. Changes are kept since %(day)s.")
        return words % {"day": date_format(since, "j F Y")}
    if record.expired:
        return _("The time limit for undoing it has passed.")
    if not record.changed:
        return _("No records were changed, so there’s nothing to undo.")
    rest = get_unfinished_undo(record)
    if is_undone(record) if undone is None else undone:
        return _("This change has already been undone.")
    if record.part_count and not rest and get_undoing_operations([record]).partly:
        return _("The undo of this change was stopped and then partly undone. Finish undoing it first.")
    # In lists this isn't asked for each line.
    if undone is None and record.undoes_id and _is_undone_further(record):
        return _("The rest of that change was undone later. Undo that first.")
    original = record.original
    verb = Verb.known.get(original.kind)
    if verb and (reason := verb.describe_finality(record)):
        return reason
    if not user.is_active or not user.has_perms(get_needed_permissions(original)):
        return _("You don’t have the permissions that this change requires.")
    # Once the first part is undone, each record is judged by itself.
    if record.by_id != user.pk and not rest and not as_part and not _may_change_all(record, user):
        return _("You don’t have permission to change all of these records.")
    return ""


def get_needed_permissions(record: Operation) -> set[str]:
    """The permissions to do what an operation did, for every record type that it changed."""
    verb = Verb.known.get(record.kind)
    tables = [record.table] if record.table else record.get_all_verdicts().values_list("table", flat=True)
    rights = set()
    for model in {get_tracked_models().get(table) for table in tables}:
        rights.add(verb.get_right(model) if verb else model.get_right("change") if model else "")  # type: ignore[attr-defined]
    return rights - {""}


def _is_undone_further(record: Operation) -> bool:
    """Whether a later undo of the same change is in effect."""
    later = Operation.objects.filter(undoes=record.undoes_id, part_of=None, pk__gt=record.pk, changed__gt=0)
    found = get_undoing_operations(list(later))
    return any(one.pk not in found.done | found.partly for one in later)


def _may_change_all(record: Operation, user) -> bool:
    """Takes time in proportion to the changes, for tables whose rows the user may not change all."""
    model: Any
    for table, model in get_tracked_models().items():
        if _may_change_any(model, user):
            continue
        rows = model._default_manager.filter(
            pk__in=Change.objects.of_operation_and_parts(record, table).values("row")
        )
        # NOT IN would look through a long list again for each row, as soon as the list doesn't fit into work_mem. A condition
        # that is neither true nor false is none that lets the user change the row.
        if issubclass(model, Record):
            rows = rows.filter(
                Case(
                    When(model.scope.build_changeable_condition(user), then=Value(False)), default=Value(True)
                )
            )
        elif isinstance(every := model._default_manager.all(), ChangeableRows):
            own = every.changeable_by(user)
            rows = rows.filter(~Exists(own.filter(pk=OuterRef("pk"))))
        if rows.exists():
            return False
    return True


def _may_change_any(model: type[models.Model], user) -> bool:
    """Whether the user may change every row, whoever owns it."""
    if issubclass(model, Record):
        return not model.scope.build_changeable_condition(user)
    return user.is_administrator and not isinstance(model._default_manager.all(), ChangeableRows)

"""Verbs and operations: every change of records is one operation that locks a set, judges each row and writes.

A verb is a value: what it sets, which rows it can't change, which are already set. `carry_out` runs the same four steps
for all of them: open the operation, lock the rows in id order, judge each locked row in one SQL CASE, update the rows
judged as changed.
"""

import time
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.utils.functional import Promise

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.models.record import Record
from crm.fields.types.field_type import EMPTY_VALUES, get_field_type
from crm.models import Operation
from crm.platform.sql.chunks import split_into_chunks
from crm.platform.web.transactions import retry_once
from crm.records.history.operation_results import Outcome, write_operation_result
from crm.records.history.operation_source import get_operation_source
from crm.records.kinds.erased_persons import ERASED, is_erasable

# What else each operation starts, within its transaction (crm/api/webhooks/webhook_delivery.py).
OPERATION_FOLLOWERS: list[Callable[[Operation], None]] = []

_open_operation: ContextVar[Operation | None] = ContextVar("open_operation", default=None)


class OperationOpen(Exception):
    """An operation was opened inside another one; a verb called by a verb joins it with `joined=`."""


@contextmanager
def operation(
    kind: str,
    *,
    by,
    table: str = "",
    channel: str = Operation.Channel.WEB,
    undoes: Operation | None = None,
    **values,
):
    """Everything written inside is recorded as one operation, all or nothing.

    `table` is the record type it is about, `values` are more fields of the Operation. Raises OperationOpen inside another
    operation.
    """
    if _open_operation.get():
        raise OperationOpen(kind)
    source = get_operation_source()
    values = {"channel": channel, **values, **(source.get_marks() if source else {})}
    with transaction.atomic():
        record = Operation.objects.create(kind=kind, table=table, by=by, undoes=undoes, **values)
        _set_current_operation(str(record.pk), str(undoes.pk) if undoes else "")
        token = _open_operation.set(record)
        try:
            yield record
        finally:
            _open_operation.reset(token)
        # After an error the transaction is rolled back, including these settings.
        _set_current_operation("", "")
        for follow in OPERATION_FOLLOWERS:
            follow(record)
        if source:
            source.follow(record)


def _set_current_operation(current: str, undoes: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('leadwell.operation', %s, true), set_config('leadwell.undoes', %s, true)",
            [current, undoes],
        )


@dataclass(frozen=True)
class Refusal:
    """Rows that match `when` can't be changed, for the reason `code`; `Verb.reasons` has the sentence."""

    code: str
    when: Q


class Verb:
    """One thing to do to a set of rows. Subclasses are frozen dataclasses in an app's verbs/ folder.

    `kind` names the verb in the Operation, `action` is the permission for one row: "change", "delete", "assign".
    """

    kind: ClassVar[str]
    action: ClassVar[str] = "change"
    icon: ClassVar[str] = "edit"
    # Whether it sets fields to values that a user chose, so that it can't clear a required one.
    keeps_required: ClassVar[bool] = False
    # Whether it may be done to read-only records, because it leaves their own fields as they are.
    on_read_only: ClassVar[bool] = False
    # Whether it may be done to the records of erased persons.
    on_erased: ClassVar[bool] = False
    # Whether it is about settings: what follows for records is no one's work on them, so it wakes no automation.
    changes_settings: ClassVar[bool] = False
    # Whether programs are told of the records that it acted on, by its verdicts, even if what it did left their rows as they are.
    is_about_verdicts: ClassVar[bool] = False
    # Of a change in parts, at most so many are previewed, as one depends on the others; 0 if each is judged by itself.
    judges_together: ClassVar[int] = 0
    # The right of a token without which a program doesn't undo it either; '' if the right to undo is enough.
    program_right: ClassVar[str] = ""
    # Its name in the filter of changes; verbs without one are found in other ways.
    title: ClassVar[str | Promise] = ""
    known: ClassVar[dict[str, type["Verb"]]] = {}

    def __init_subclass__(cls) -> None:
        # A record type's own Edit or Add is found through the kind (crm/records/history/visible_operations.py).
        Verb.known.setdefault(cls.kind, cls)

    @classmethod
    def get_right(cls, model: Any) -> str:
        """The permission required to do this to rows of the model; '' for none."""
        return model.get_right(cls.action) if model else ""

    @classmethod
    def describe_finality(cls, record: Operation) -> str | Promise:
        """Why an operation of this verb, or the undo of one, can't be undone; '' if it can."""
        return ""

    @classmethod
    def describe_lasting_parts(cls, record: Operation) -> str:
        """What of an operation of this verb stays although the rest can be undone, in a sentence; '' for nothing."""
        return ""

    @classmethod
    def get_cause_url(cls, parameters: dict, row: int, viewer: Any) -> str:
        """The page with what an operation of this verb did to one record, if the viewer may open it, or ''. Timelines link to it."""
        return ""

    def get_parameters(self) -> dict:
        """What `get_label` needs later, as JSON: ids and plain values, never text in a particular language."""
        return {}

    @classmethod
    def get_label(cls, parameters: dict, kind: Any) -> str | Promise:
        """The operation as a page heading: "Move to Qualified". `kind` is the kind of its records, or None."""
        raise NotImplementedError

    @classmethod
    def describe_counted_rows(cls, record: Operation) -> str:
        """What it counts besides records, such as the rows of a file: "866 added, 20 changed"; '' for nothing."""
        return ""

    def is_beyond(self, by: Any) -> bool:
        """Whether it would set a field that the user may not change."""
        return False

    def get_protection_refusals(self, model: Any) -> list[Refusal]:
        """The read-only rows of the model."""
        erased = [Refusal("erased", ERASED)] if is_erasable(model) and not self.on_erased else []
        read_only = model.read_only if issubclass(model, Record) else None
        if self.on_read_only or not read_only:
            return erased
        return [*erased, Refusal(*read_only)]

    def lock_settings(self) -> None:
        """Keep the settings that it judges by as they are until the end of the transaction, before rows are locked."""

    def lock_after_rows(self) -> None:
        """What else it waits for, once its rows are locked: always after them, so no two verbs wait for each other."""

    def annotate_for_judgment(self, rows: QuerySet) -> QuerySet:
        """The rows with everything that its conditions name."""
        return rows

    def build_unchanged_condition(self) -> Q:
        """The rows that are already set."""
        return Q(pk__in=[])

    def get_refusals(self) -> list[Refusal]:
        """The rows it can't change; the first reason that applies counts."""
        return []

    def refuse_conflicting_rows(self, outcome: Outcome, by: Any) -> None:
        """Refuse the rows for what isn't seen in each of them alone, such as two with the same unique value."""

    def get_values(self) -> dict[str, Any]:
        """The columns it sets, as QuerySet.update() takes them."""
        raise NotImplementedError

    def write(self, rows: QuerySet) -> None:
        rows.update(**self.get_values())

    def write_consequences(self, record: Operation, changed: list[int]) -> None:
        """What else happens in the same transaction, such as notifications."""


def judge(verb: Verb, rows: QuerySet, *, by, wanted: list[int] | None = None) -> Outcome:
    """What the verb would do to these rows now, without locking or writing: the preview.

    `rows` are those that the user may change; the other `wanted` ids are refused, each with its reason.
    """
    _check_verb(verb, rows, by)
    if wanted is not None:
        rows = rows.filter(pk__any=wanted)
    return _add_missing_ids(_judge_rows(verb, rows, by), rows, wanted, by)


@retry_once
def carry_out(
    verb: Verb,
    rows: QuerySet,
    *,
    by,
    wanted: list[int] | None = None,
    channel: str = Operation.Channel.WEB,
    note: str = "",
    joined: Operation | None = None,
    progress: Callable[[int, int], None] | None = None,
    part: dict[str, Any] | None = None,
) -> Outcome:
    """Lock, judge and update in one operation. If nothing changes, no operation is kept, unless the set was `wanted`:
    then its receipt says so. `part` says which part of another operation it is (crm/records/history/multi_part_changes.py).

    `progress` is called with (done, total) between statements and may raise to roll everything back.
    Raises PermissionDenied without the verb's permission, ValueError for a sliced or combined set.
    """
    _check_verb(verb, rows, by)
    begun = time.monotonic()
    if wanted is not None:
        rows = rows.filter(pk__any=wanted)
    with transaction.atomic():
        verb.lock_settings()
        locked = rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        verb.lock_after_rows()
        model_rows = rows.model._default_manager.all()
        outcome = _add_missing_ids(_judge_rows(verb, model_rows.filter(pk__any=ids), by), rows, wanted, by)
        if not outcome.changed and wanted is None:
            return outcome
        if joined:
            outcome.operation = joined
            _write_in_chunks(verb, model_rows, outcome.changed, joined, progress)
            return outcome
        values = {"note": note, "parameters": verb.get_parameters(), "matched": outcome.total, **(part or {})}
        with operation(verb.kind, table=rows.model.table, by=by, channel=channel, **values) as record:
            outcome.operation = record
            _write_in_chunks(verb, model_rows, outcome.changed, record, progress)
            write_operation_result(record, [outcome], begun)
    return outcome


def _check_verb(verb: Verb, rows: QuerySet, by) -> None:
    check_right(verb, rows.model, by)
    if rows.query.is_sliced or rows.query.combinator or rows.query.distinct:
        raise ValueError("A verb takes a plain set: no slice, no union, no distinct.")


def check_right(verb: Verb, model: Any, by) -> None:
    """Raises PermissionDenied if the user may not do this to rows of the model."""
    needed = verb.get_right(model)
    if (needed and not by.has_perm(needed)) or verb.is_beyond(by):
        raise PermissionDenied(needed)


def build_verdict_case(verb: Verb, model: Any) -> Case:
    """The verdict on each row, once `annotate_for_judgment` has been called: "changed", "unchanged", or "!" and the code of a reason."""
    refusals = [
        *verb.get_protection_refusals(model),
        *verb.get_refusals(),
        *(get_cleared_field_refusals(verb, model) if verb.keeps_required else []),
    ]
    cases = [When(refusal.when, then=Value(f"!{refusal.code}")) for refusal in refusals]
    cases.append(When(verb.build_unchanged_condition(), then=Value("unchanged")))
    return Case(*cases, default=Value("changed"), output_field=CharField())


def _judge_rows(verb: Verb, rows: QuerySet, by) -> Outcome:
    """One SQL CASE judges every row; the ids come back as one array per verdict."""
    verdicts = (
        verb.annotate_for_judgment(rows)
        .order_by()
        .annotate(verdict=build_verdict_case(verb, rows.model))
        .values("verdict")
        .annotate(ids=ArrayAgg("pk", order_by="pk"), number=Count("pk"))
        .values_list("verdict", "ids")
    )
    outcome = Outcome(rows.model.table)
    for verdict, ids in verdicts:
        if verdict.startswith("!"):
            outcome.refused[verdict.removeprefix("!")] = ids
        else:
            setattr(outcome, verdict, ids)
    verb.refuse_conflicting_rows(outcome, by)
    return outcome


def get_cleared_field_refusals(verb: Verb, model: Any) -> list[Refusal]:
    """The rows with a value in a field that is required and would be cleared. Rows without one stay as they are."""
    required = get_required_field_names(model.table)
    values = verb.get_values() if required else {}
    fields = [
        model._meta.get_field(name) for name in required if name in values and values[name] in EMPTY_VALUES
    ]
    return [
        Refusal(f"needs:{field.name}", ~get_field_type(field).build_empty_condition(field))
        for field in fields
    ]


def _add_missing_ids(outcome: Outcome, rows: QuerySet, wanted: list[int] | None, by) -> Outcome:
    """Add the wanted ids that are no longer in the set, each with its reason."""
    if wanted is None:
        return outcome
    found = set(outcome.changed).union(outcome.unchanged, *outcome.refused.values())
    missing = [pk for pk in wanted if pk not in found]
    if missing:
        reasons = rows.model._default_manager.get_ids_by_missing_reason(missing, by)
        outcome.hidden = len(reasons.pop("hidden", []))
        outcome.refused.update({code: ids for code, ids in reasons.items() if ids})
    return outcome


def _write_in_chunks(verb: Verb, rows: QuerySet, ids: list[int], record: Operation, progress) -> None:
    done = 0
    if progress:
        progress(0, len(ids))
    for chunk in split_into_chunks(ids):
        verb.write(rows.filter(pk__any=chunk))
        done += len(chunk)
        if progress:
            progress(done, len(ids))
    verb.write_consequences(record, ids)

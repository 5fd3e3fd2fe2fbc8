"""Verbs and operations: every change of leads is one operation that locks a set, judges each row and writes.

A verb is a value: what it sets, whom it refuses, what is so already. `carry_out` does the same four steps for
all of them: open the operation, lock the rows in id order, judge each locked row in one SQL CASE, update those that
are judged changed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When
from django.utils.functional import Promise

from crm.models import Operation, Verdict
from crm.transactions import retried_once

ROWS_A_STATEMENT = 5_000

# What else each operation sets going, within its transaction (crm/webhooks.py).
FOLLOWERS: list[Callable[[Operation], None]] = []

_open_operation: ContextVar[Operation | None] = ContextVar("open_operation", default=None)


class OperationOpen(Exception):
    """An operation was begun inside another one; a verb called by a verb joins with `joined=`."""


@contextmanager
def operation(
    kind: str, *, by, channel: str = Operation.Channel.WEB, undoes: Operation | None = None, **values
):
    """Everything written inside is recorded as one operation, all or nothing.

    `values` are further fields of the Operation. Raises OperationOpen inside another operation.
    """
    if _open_operation.get():
        raise OperationOpen(kind)
    with transaction.atomic():
        record = Operation.objects.create(kind=kind, by=by, channel=channel, undoes=undoes, **values)
        token = _open_operation.set(record)
        _announce(str(record.pk), str(undoes.pk) if undoes else "")
        try:
            yield record
        finally:
            _open_operation.reset(token)
        # After an error the transaction is rolled back, and these settings with it.
        _announce("", "")
        for follow in FOLLOWERS:
            follow(record)


def _announce(current: str, undoes: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('leadwell.operation', %s, true), set_config('leadwell.undoes', %s, true)",
            [current, undoes],
        )


@dataclass(frozen=True)
class Refusal:
    """Rows that fulfil `when` are refused with the reason `code`; the sentence belongs to it in `Verb.reasons`."""

    code: str
    when: Q


class Verb:
    """One thing to do to a set of rows. Subclasses are frozen dataclasses in an app's verbs/ folder.

    `kind` names it in the Operation, `permission` is the right for what it does to one row.
    """

    kind: ClassVar[str]
    permission: ClassVar[str]
    known: ClassVar[dict[str, type["Verb"]]] = {}

    def __init_subclass__(cls) -> None:
        Verb.known[cls.kind] = cls

    def parameters(self) -> dict:
        """What `words` needs later, as JSON: ids and plain values, never text in one language."""
        return {}

    @classmethod
    def words(cls, parameters: dict) -> str | Promise:
        """The operation as the heading of a page: "Move to Qualified"."""
        raise NotImplementedError

    def same(self) -> Q:
        """The rows that are so already."""
        return Q(pk__in=[])

    def refusals(self) -> list[Refusal]:
        """Whom it refuses, the first reason that holds counts."""
        return []

    def values(self) -> dict[str, Any]:
        """The columns that it sets, as QuerySet.update() takes them."""
        raise NotImplementedError

    def write(self, rows: QuerySet) -> None:
        rows.update(**self.values())

    def follow(self, record: Operation, changed: list[int]) -> None:
        """What else happens in the same transaction, such as notifications."""


@dataclass
class Outcome:
    """What became of a set: the ids by verdict and reason; `hidden` are those that the user may no longer see."""

    changed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: dict[str, list[int]] = field(default_factory=dict)
    hidden: int = 0
    # An Operation; None where nothing was left behind.
    operation: Any = None

    @property
    def refused_count(self) -> int:
        return sum(map(len, self.refused.values())) + self.hidden

    @property
    def total(self) -> int:
        return len(self.changed) + len(self.unchanged) + self.refused_count


def judge(verb: Verb, rows: QuerySet, *, by, wanted: list[int] | None = None) -> Outcome:
    """What the verb would do to these rows now, without locking or writing: the preview.

    `rows` are those that the user may change; of the `wanted` ids the others are refused with the reason why.
    """
    _check(verb, rows, by)
    if wanted is not None:
        rows = rows.filter(pk__any=wanted)
    return _with_missing(_judged(verb, rows), rows, wanted, by)


@retried_once
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
) -> Outcome:
    """Do it: lock, judge, update, in one operation. With nothing to change no operation is left behind, unless the
    set was `wanted`: then its receipt says so.

    `progress` is told (done, total) between statements and may raise to roll everything back.
    Raises PermissionDenied without the verb's permission, ValueError for a sliced or joined-together set.
    """
    _check(verb, rows, by)
    begun = time.monotonic()
    if wanted is not None:
        rows = rows.filter(pk__any=wanted)
    with transaction.atomic():
        locked = rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        model_rows = rows.model._default_manager.all()
        outcome = _judged(verb, model_rows.filter(pk__any=ids))
        outcome = _with_missing(outcome, rows, wanted, by)
        if not outcome.changed and wanted is None:
            return outcome
        if joined:
            outcome.operation = joined
            _write(verb, model_rows, outcome.changed, joined, progress)
            return outcome
        with operation(
            verb.kind, by=by, channel=channel, note=note, parameters=verb.parameters(), matched=outcome.total
        ) as record:
            outcome.operation = record
            _write(verb, model_rows, outcome.changed, record, progress)
            _keep_verdicts(record, outcome)
            record.changed = len(outcome.changed)
            record.unchanged = len(outcome.unchanged)
            record.refused = outcome.refused_count
            record.milliseconds = round((time.monotonic() - begun) * 1000)
            record.save(update_fields=["changed", "unchanged", "refused", "milliseconds"])
    return outcome


def _check(verb: Verb, rows: QuerySet, by) -> None:
    if not by.has_perm(verb.permission):
        raise PermissionDenied(verb.permission)
    if rows.query.is_sliced or rows.query.combinator or rows.query.distinct:
        raise ValueError("A verb takes a plain set: no slice, no union, no distinct.")


def _judged(verb: Verb, rows: QuerySet) -> Outcome:
    """One SQL CASE judges every row; the ids come back as one array a verdict."""
    cases = [When(refusal.when, then=Value(f"!{refusal.code}")) for refusal in verb.refusals()]
    cases.append(When(verb.same(), then=Value("unchanged")))
    verdicts = (
        rows.order_by()
        .annotate(verdict=Case(*cases, default=Value("changed"), output_field=CharField()))
        .values("verdict")
        .annotate(ids=ArrayAgg("pk", order_by="pk"), number=Count("pk"))
        .values_list("verdict", "ids")
    )
    outcome = Outcome()
    for verdict, ids in verdicts:
        if verdict.startswith("!"):
            outcome.refused[verdict.removeprefix("!")] = ids
        else:
            setattr(outcome, verdict, ids)
    return outcome


def _with_missing(outcome: Outcome, rows: QuerySet, wanted: list[int] | None, by) -> Outcome:
    """Those of the wanted ids that the set does not hold any more, each with its reason."""
    if wanted is None:
        return outcome
    found = set(outcome.changed).union(outcome.unchanged, *outcome.refused.values())
    missing = [pk for pk in wanted if pk not in found]
    if missing:
        reasons = rows.model._default_manager.why_missing(missing, by)
        outcome.hidden = len(reasons.pop("hidden", []))
        outcome.refused.update({code: ids for code, ids in reasons.items() if ids})
    return outcome


def _write(verb: Verb, rows: QuerySet, ids: list[int], record: Operation, progress) -> None:
    done = 0
    if progress:
        progress(0, len(ids))
    for chunk in in_chunks(ids):
        verb.write(rows.filter(pk__any=chunk))
        done += len(chunk)
        if progress:
            progress(done, len(ids))
    verb.follow(record, ids)


def in_chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), ROWS_A_STATEMENT):
        yield ids[start : start + ROWS_A_STATEMENT]


def _keep_verdicts(record: Operation, outcome: Outcome) -> None:
    kept = [(Verdict.Word.CHANGED, "", outcome.changed), (Verdict.Word.UNCHANGED, "", outcome.unchanged)]
    kept += [(Verdict.Word.REFUSED, code, ids) for code, ids in outcome.refused.items()]
    verdicts = [
        Verdict(operation=record, word=word, reason=reason, ids=ids, count=len(ids))
        for word, reason, ids in kept
        if ids
    ]
    if outcome.hidden:
        verdicts.append(
            Verdict(
                operation=record, word=Verdict.Word.REFUSED, reason="hidden", ids=[], count=outcome.hidden
            )
        )
    Verdict.objects.bulk_create(verdicts)

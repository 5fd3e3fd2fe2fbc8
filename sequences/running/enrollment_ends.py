"""How the worker ends enrollments: each time a change that timelines and webhooks tell of."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models.functions import Now

from crm.models import Operation
from crm.records.history.operation_results import Outcome, write_operation_result
from crm.records.history.verb_execution import operation
from sequences.models import Enrollment
from sequences.verbs.finish_sequence import FinishSequence
from sequences.verbs.start_sequence import SEQUENCE
from sequences.verbs.stop_sequence import REASON, StopSequence, stop_enrollments

# (sequence, record type, reason): what one change is about.
_Group = tuple[int, str, str]


def end_enrollments(reasons: Mapping[int, str]) -> int:
    """End these running enrollments, each for its reason. Returns how many were still running."""
    groups: dict[_Group, list[int]] = {}
    for pk, sequence, table, _record in _lock_running(reasons):
        groups.setdefault((sequence, table, reasons[pk]), []).append(pk)
    for (sequence, table, reason), ids in groups.items():
        with _worker_operation(StopSequence.kind, table, ids, {SEQUENCE: sequence, REASON: reason}):
            stop_enrollments(Enrollment.objects.filter(pk__in=ids), reason)
    return sum(map(len, groups.values()))


def finish_enrollments(ids: Sequence[int]) -> None:
    """All steps are done for these."""
    groups: dict[tuple[int, str], list[int]] = {}
    for pk, sequence, table, _record in _lock_running(ids):
        groups.setdefault((sequence, table), []).append(pk)
    for (sequence, table), found in groups.items():
        with _worker_operation(FinishSequence.kind, table, found, {SEQUENCE: sequence}):
            rows = Enrollment.objects.filter(pk__in=found)
            rows.update(state=Enrollment.State.FINISHED, ended_at=Now())


def _lock_running(ids: Any) -> list[tuple[int, int, str, int]]:
    rows = Enrollment.objects.running().filter(pk__in=list(ids)).order_by("pk")
    locked = rows.select_for_update(no_key=True, of=("self",))
    return list(locked.values_list("pk", "sequence", "table_of", "record"))


@contextmanager
def _worker_operation(kind: str, table: str, ids: list[int], parameters: dict[str, Any]) -> Iterator[None]:
    """An operation of no one, about the records of these enrollments."""
    begun = time.monotonic()
    records = Enrollment.objects.filter(pk__in=ids).order_by("record").values_list("record", flat=True)
    outcome = Outcome(table, changed=list(records))
    channel = Operation.Channel.AUTOMATION
    values: dict[str, Any] = {"parameters": parameters, "matched": len(ids)}
    with operation(kind, table=table, by=None, channel=channel, **values) as record:
        yield
        write_operation_result(record, [outcome], begun)

"""Changes of more than a million records, and their undo: numbered parts, each a transaction and an operation of its own.

People see one operation with the words, the note and the sums. Each of its parts has its own changes and verdicts, so
history, undo and webhooks work as for any operation. A part that is done stays done, and the job stops and continues
between parts.
"""

import time
from collections.abc import Callable
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crm.models import FrozenSet, Job, Operation
from crm.records.history.operation_results import Outcome
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle, get_unfinished_undo
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.verb_execution import Verb, carry_out, judge

ROWS_IN_ONE = 1_000_000
ROWS_A_PART = 200_000
# A preview judges one part after another for this many seconds.
JUDGED_FOR = 4.0

Progress = Callable[[int, int], None]


def needs_parts(frozen: FrozenSet) -> bool:
    return frozen.count > ROWS_IN_ONE


def get_too_large_sentence(count: int) -> str:
    """Why a change of so many records that has no parts is refused, in a sentence, or ''."""
    if count <= ROWS_IN_ONE:
        return ""
    return _(
        "More than %(limit)s records would change at once. Change them in the list first, with “Select all that match”: "
        "there, such a change runs in parts and can be stopped."
    ) % {"limit": number_format(ROWS_IN_ONE, force_grouping=True)}


def count_parts(frozen: FrozenSet) -> int:
    return -(-frozen.count // ROWS_A_PART)


def get_part_ids(frozen: FrozenSet, number: int) -> list[int]:
    """The ids of one part, counted from 0; only these leave the database."""
    start = number * ROWS_A_PART
    part = FrozenSet.objects.filter(pk=frozen.pk).values_list(F(f"ids__{start}_{start + ROWS_A_PART}"))
    return part.get()[0]


def judge_frozen_set(verb: Verb, rows: QuerySet, frozen: FrozenSet, *, by) -> tuple[Outcome, int]:
    """What the verb would do now to the records of the set, and 0. If they change in parts: to as many as can be judged in a few
    seconds, or to the first ones if the verb judges them together, and how many those are."""
    if not needs_parts(frozen):
        return judge(verb, rows, by=by, wanted=frozen.ids), 0
    outcome, judged, begun = Outcome(rows.model.table), 0, time.monotonic()
    for number in range(count_parts(frozen)):
        ids = get_part_ids(frozen, number)[: verb.judges_together or None]
        part = judge(verb, rows, by=by, wanted=ids)
        outcome.changed += part.changed
        outcome.unchanged += part.unchanged
        for code, refused in part.refused.items():
            outcome.refused[code] = [*outcome.refused.get(code, []), *refused]
        outcome.hidden += part.hidden
        judged += len(ids)
        if verb.judges_together or time.monotonic() - begun > JUDGED_FOR:
            break
    return outcome, judged


def carry_out_next_part(
    verb: Verb, rows: QuerySet, frozen: FrozenSet, *, by, channel: str, note: str, progress: Progress
) -> Operation:
    """Carry out the next part and return the operation that it belongs to, which begins with the first part. Call it
    with the set and the operation locked."""
    whole = frozen.operation or Operation.objects.create(
        kind=verb.kind,
        table=frozen.table,
        by=by,
        channel=channel,
        parameters=verb.get_parameters(),
        note=note,
        matched=frozen.count,
        part_count=count_parts(frozen),
    )
    number = whole.parts_done
    outcome = carry_out(
        verb,
        rows,
        by=by,
        wanted=get_part_ids(frozen, number),
        channel=channel,
        note=note,
        progress=_offset_progress(number * ROWS_A_PART, frozen.count, progress),
        part=_get_part_fields(whole, number),
    )
    _add_up(whole, outcome.operation)
    return whole


def preview_undo_of_parts(record: Operation, begun_before: Operation | None, by) -> tuple[UndoResult, int]:
    """What an undo would do now to as many parts as can be looked at in a few seconds, and how many those are. The newest
    may have been undone by an undo that was stopped (`unfinished_undo`)."""
    outcome, looked, begun = UndoResult(record.table), 0, time.monotonic()
    left = Operation.objects.filter(part_of=record).order_by("-part")
    for part in left[begun_before.parts_done if begun_before else 0 :]:
        found = preview_undo(part, by)
        for table, ids in found.back.items():
            outcome.back[table] = [*outcome.back.get(table, []), *ids]
            outcome.created.setdefault(table, []).extend(found.created.get(table, []))
        for table, reasons in found.kept.items():
            for reason, ids in reasons.items():
                outcome.add_kept(table, reason, ids)
        looked += 1
        if time.monotonic() - begun > JUDGED_FOR:
            break
    return outcome, looked


def undo_next_part(record: Operation, *, by, channel: str, progress: Progress) -> Operation:
    """Undo the newest part that isn't undone yet, and return the undo that it belongs to, which begins with the first of
    them. Raises UndoRefused with the reason if the operation can't be undone."""
    record = Operation.objects.select_for_update(no_key=True).get(pk=record.pk)
    # Also between two parts, or an undo whose user lost the right would end without having undone the rest.
    if reason := get_undo_obstacle(record, by):
        raise UndoRefused(reason)
    whole = get_unfinished_undo(record)
    if whole is None:
        whole = Operation.objects.create(
            kind="undo",
            table=record.table,
            by=by,
            channel=channel,
            parameters=record.parameters,
            undoes=record,
            part_count=len(record.own_ids),
        )
    number = whole.parts_done
    part = Operation.objects.get(part_of=record, part=whole.part_count - 1 - number)
    _add_up(
        whole,
        _undo_part(
            part,
            by,
            channel,
            _offset_progress(whole.matched, record.changed, progress),
            _get_part_fields(whole, number),
        ),
    )
    return whole


def find_finished_undo_of_job(record: Operation, job: Job) -> Operation | None:
    """The undo that a job has made, if all parts are done."""
    whole = record.undone_by.filter(jobs=job.pk).first()
    return whole if whole and not whole.parts_left else None


def get_continuation_obstacle(record: Operation) -> str:
    """Why the rest of the parts can't be carried out, or ''."""
    if not record.parts_left:
        return _("All parts of this change are done.")
    return "" if record.can_continue else _("The finished parts of this change have been undone.")


def _undo_part(part: Operation, by, channel: str, progress: Progress, place: dict[str, Any]) -> Operation:
    """Undo one part; one that changed nothing is only counted as done."""
    if part.changed:
        return revert_operation(part, by=by, channel=channel, progress=progress, part=place).operation
    values = {"table": part.table, "undoes": part, "parameters": part.parameters, "milliseconds": 0}
    return Operation.objects.create(kind="undo", by=by, channel=channel, **values, **place)


def _get_part_fields(whole: Operation, number: int) -> dict[str, Any]:
    return {"part_of": whole, "part": number}


def _offset_progress(start: int, total: int, progress: Progress) -> Progress:
    """The progress of a part as that of the whole. It's told at once, because a job that was canceled begins no part."""
    progress(start, total)
    return lambda done, of_part: progress(start + done, total)


def _add_up(whole: Operation, part: Operation) -> None:
    sums = {
        "changed": F("changed") + part.changed,
        "unchanged": F("unchanged") + part.unchanged,
        "refused": F("refused") + part.refused,
    }
    if whole.undoes_id:
        sums["matched"] = F("matched") + part.matched
    took = Coalesce("milliseconds", 0) + (part.milliseconds or 0)
    Operation.objects.filter(pk=whole.pk).update(milliseconds=took, **sums)

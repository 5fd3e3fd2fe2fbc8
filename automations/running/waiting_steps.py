"""Waits between the steps of an automation: who begins to wait, and who goes on when the wait is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from automations.definition.wait_step import Wait
from automations.models import Automation, WaitingRecord
from automations.running.waking import Waking
from crm.models import Operation, Verdict
from crm.platform.sql.chunks import split_into_chunks
from crm.records.kinds.kind_registry import KINDS

# Those above the limit of an hour come again so much later.
PUT_OFF = timedelta(minutes=5)


def write_waits(
    automation: Automation, waking: Waking, wait: Wait, step: int, ids: Sequence[int], written: int | None
) -> None:
    """Let these records wait for a step; `written` is the operation that the steps before wrote."""
    due_at = wait.get_end(timezone.now())
    rows = [
        WaitingRecord(
            automation=automation,
            record=pk,
            step=step,
            due_at=due_at,
            waking=waking.pk,
            occasion=waking.get_occasion(pk),
            depth=waking.depth,
            written=written,
        )
        for pk in ids
    ]
    for chunk in split_into_chunks(rows):
        WaitingRecord.objects.bulk_create(chunk)


def waiting_records_queryset(automation: Automation, viewer: Any) -> Any:
    """Those that the viewer sees, whose records aren't in Trash and whose first steps weren't undone."""
    rows = WaitingRecord.objects.of_automation(automation.pk)
    seen = KINDS[automation.table_of].model.objects.present().visible_to(viewer)
    return rows.of_present(seen).exclude(pk__in=find_undone_waits(rows))


def cancel_waits(automation: Automation) -> int:
    """How many records no longer wait: all of them, also those that a viewer doesn't see."""
    return WaitingRecord.objects.of_automation(automation.pk).delete()[0]


def find_undone_waits(rows: Any) -> list[int]:
    """The ids of those whose first steps an undo has undone for the record, and that undo wasn't undone itself."""
    began = rows.order_by().values_list("written", "automation__table_of")
    pairs = {written: table for written, table in began.distinct() if written is not None}
    if not pairs:
        return []
    undos = Operation.objects.after(min(pairs)).get_effective_undos()
    found: list[int] = []
    for undo, written in undos.items():
        if written not in pairs:
            continue
        verdicts = Verdict.objects.of_operations([undo], pairs[written])
        ids = {pk for verdict in verdicts for pk in verdict.ids}
        same = rows.that_wrote(written).values_list("pk", "record")
        found += [pk for pk, record in same if record in ids]
    return found


def take_due_waits(now: datetime) -> list[WaitingRecord]:
    """All records that go on with the step of the one that is due first, because of the same operation."""
    first = WaitingRecord.objects.due(now).in_order().first()
    if first is None:
        return []
    return list(WaitingRecord.objects.due(now).of_same_run(first).order_by("record"))


def split_by_room(rows: Sequence[WaitingRecord], room: int, now: datetime) -> list[WaitingRecord]:
    """Those that may go on within the limit of an hour; the others wait a little longer."""
    late = [row.pk for row in rows[room:]]
    if late:
        WaitingRecord.objects.filter(pk__in=late).update(due_at=now + PUT_OFF)
    return list(rows[:room])


def build_continued_waking(rows: Sequence[WaitingRecord]) -> Waking:
    first = rows[0]
    return Waking(first.waking, first.depth, {row.record: row.occasion for row in rows}, first.step)

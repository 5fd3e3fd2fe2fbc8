"""Which records go on together when a wait is over, and how many of them within the limit of an hour."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from automations.definition.wait_step import Wait
from automations.models import AutomationRun, WaitingRecord
from automations.running import waking_queue
from automations.running.waiting_steps import (
    build_continued_waking,
    cancel_waits,
    find_undone_waits,
    split_by_room,
    take_due_waits,
    write_waits,
)
from automations.running.waking import Waking
from automations.running.waking_queue import run_due_wait
from crm.models import Operation, Verdict
from tests.automations.automating import make_automation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def add_wait(ann):
    automation = make_automation("One", ann)

    def add(record: int, **values: Any) -> WaitingRecord:
        fields = {"automation": automation, "step": 1, "due_at": NOW, "waking": 7, "written": 8}
        return WaitingRecord.objects.create(record=record, **fields | values)

    return add


# What is so of another record that waits, and whether it goes on with the one that is due first.
OTHERS: dict[str, tuple[dict[str, Any], bool]] = {
    "the same": ({}, True),
    "due a minute before now": ({"due_at": NOW - MINUTE}, True),
    "not due yet": ({"due_at": NOW + MINUTE}, False),
    "woken by something else": ({"waking": 9}, False),
    "at another step": ({"step": 2}, False),
    "whose steps before were another change": ({"written": 9}, False),
    "whose steps before changed nothing": ({"written": None}, False),
}


@pytest.mark.parametrize(("values", "together"), OTHERS.values(), ids=OTHERS.keys())
def test_who_goes_on_together_with_the_one_that_is_due_first(add_wait, values, together):
    add_wait(1, due_at=NOW - 2 * MINUTE)
    add_wait(2, **values)
    assert [row.record for row in take_due_waits(NOW)] == ([1, 2] if together else [1])


def test_those_of_another_automation_go_on_by_themselves(ann, add_wait):
    add_wait(1)
    add_wait(2, automation=make_automation("Two", ann))
    assert [row.record for row in take_due_waits(NOW)] == [1]


def test_they_go_on_in_the_order_of_their_numbers_whichever_was_due_first(add_wait):
    for record in (3, 1, 2):
        add_wait(record, due_at=NOW - record * MINUTE)
    assert [row.record for row in take_due_waits(NOW)] == [1, 2, 3]


def test_no_one_goes_on_while_none_is_due(add_wait):
    add_wait(1, due_at=NOW + MINUTE)
    assert take_due_waits(NOW) == []
    assert run_due_wait(NOW) is False


@pytest.mark.parametrize("room", [0, 1, 3, 4])
def test_within_the_limit_the_first_ones_go_on_and_the_others_alone_are_put_off(add_wait, room):
    rows = [add_wait(record) for record in (1, 2, 3)]
    later = add_wait(4, due_at=NOW + timedelta(days=9))
    assert split_by_room(rows, room, NOW) == rows[:room]
    due = dict(WaitingRecord.objects.values_list("record", "due_at"))
    assert due.pop(4) == later.due_at
    assert [due[row.record] for row in rows] == [NOW] * len(rows[:room]) + [NOW + 5 * MINUTE] * len(
        rows[room:]
    )


def test_a_turn_that_only_puts_records_off_has_done_something(ann, add_wait):
    """Others may be due behind them."""
    automation = make_automation("None", ann, most_an_hour=0)
    add_wait(1, automation=automation, due_at=NOW - MINUTE)
    add_wait(2)
    assert run_due_wait(NOW) is True
    assert WaitingRecord.objects.get(record=1).due_at == NOW + 5 * MINUTE
    assert run_due_wait(NOW) is True
    assert not WaitingRecord.objects.filter(record=2).exists()


def undo(change: Operation, *ids: int, table: str = "lead", word: str = "changed") -> Operation:
    """An undo that reverted these records."""
    record = Operation.objects.create(kind="undo", undoes=change, changed=1)
    Verdict.objects.create(operation=record, table=table, word=word, ids=[*ids], count=len(ids))
    return record


def undo_in_two(change: Operation) -> None:
    undo(change, 9)
    undo(change, 1)


def undo_in_turn(change: Operation, times: int) -> None:
    """Undo it, undo that, and so on."""
    for _turn in range(times):
        change = undo(change, 1, 2)


# What happens to what the steps before the wait wrote for the leads 1 and 2, and which of them no longer wait.
UNDONE: dict[str, tuple[Callable[[Operation], Any], list[int]]] = {
    "nothing": (lambda change: None, []),
    "an undo for both": (lambda change: undo(change, 1, 2), [1, 2]),
    "an undo for one": (lambda change: undo(change, 2), [2]),
    "an undo for one, and later for another one": (undo_in_two, [1]),
    "an undo for others": (lambda change: undo(change, 8, 9), []),
    "an undo for companies with these numbers": (lambda change: undo(change, 1, 2, table="company"), []),
    "an undo that left one as it is": (lambda change: undo(change, 1, word="refused"), []),
    "an undo that was undone": (lambda change: undo(undo(change, 1, 2), 1, 2), []),
    "an undo that was undone and done again": (lambda change: undo_in_turn(change, 3), [1, 2]),
    "an undo that was done three times": (lambda change: undo_in_turn(change, 5), [1, 2]),
    "an undo that was undone three times": (lambda change: undo_in_turn(change, 6), []),
    "an undo that was undone, and another one": (
        lambda change: (undo_in_turn(change, 2), undo(change, 2)),
        [2],
    ),
    "an undo of another change": (lambda change: undo(Operation.objects.create(kind="edit"), 1, 2), []),
}


@pytest.mark.parametrize(("act", "ended"), UNDONE.values(), ids=UNDONE.keys())
def test_whose_wait_ends_with_an_undo_of_the_steps_before(act, ended, add_wait, monkeypatch):
    change = Operation.objects.create(kind="automation", changed=2)
    for record in (1, 2):
        add_wait(record, written=change.pk)
    # Another wait of the same record, whose steps before changed nothing.
    add_wait(1, written=None, due_at=NOW + MINUTE, step=2)
    act(change)
    rows = WaitingRecord.objects.filter(pk__in=find_undone_waits(WaitingRecord.objects.all()))
    assert list(rows.order_by("record").values_list("record", "step")) == [(record, 1) for record in ended]
    went_on: list[int] = []
    monkeypatch.setattr(waking_queue, "_run_or_note_fault", lambda one, cause, ids: went_on.extend(ids))
    assert run_due_wait(NOW) is True
    assert went_on == [record for record in (1, 2) if record not in ended]
    found = AutomationRun.objects.filter(outcome="undone").order_by("record")
    assert list(found.values_list("record", flat=True)) == ended
    assert AutomationRun.objects.exclude(record__in=ended).filter(outcome="undone").count() == 0
    # Those who go on have left the log no such line, and nobody waits for this step any more.
    assert list(WaitingRecord.objects.values_list("record", "step")) == [(1, 2)]


def test_waits_of_another_automation_with_the_same_change_stay_apart(ann, add_wait):
    """Each asks about its own waits only."""
    change, other = Operation.objects.create(kind="automation", changed=1), make_automation("Two", ann)
    first, second = add_wait(1, written=change.pk), add_wait(1, written=change.pk, automation=other)
    undo(change, 1)
    assert find_undone_waits(WaitingRecord.objects.of_automation(other.pk)) == [second.pk]
    assert find_undone_waits(WaitingRecord.objects.of_automation(first.automation_id)) == [first.pk]


def test_records_wait_until_their_step_and_remember_what_they_wait_for(ann, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    automation, other = make_automation("One", ann), make_automation("Two", ann)
    waking = Waking(7, depth=2, occasions={1: "2026-11-25"})
    write_waits(automation, waking, Wait(2, "hours"), 3, [1, 2], 8)
    write_waits(other, waking, Wait(2, "hours"), 3, [1], None)
    rows = WaitingRecord.objects.of_automation(automation.pk).order_by("record")
    columns = ("record", "step", "due_at", "waking", "occasion", "depth", "written")
    due_at = NOW + timedelta(hours=2)
    assert list(rows.values_list(*columns)) == [
        (1, 3, due_at, 7, "2026-11-25", 2, 8),
        (2, 3, due_at, 7, "", 2, 8),
    ]
    # They go on for the same reason, at their step.
    assert build_continued_waking(rows) == Waking(7, 2, {1: "2026-11-25", 2: ""}, 3)
    assert cancel_waits(automation) == 2
    assert WaitingRecord.objects.get().automation == other

"""Which records go on together when a wait is over, and how many of them within the limit of an hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automations.models import WaitingRecord
from automations.running.waiting_steps import PUT_OFF, split_by_room, take_due_waits
from automations.running.waking_queue import run_due_wait
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
    assert [due[row.record] for row in rows] == [NOW] * len(rows[:room]) + [NOW + PUT_OFF] * len(rows[room:])


def test_a_turn_that_only_puts_records_off_has_done_something(ann, add_wait):
    """Others may be due behind them."""
    automation = make_automation("None", ann, most_an_hour=0)
    add_wait(1, automation=automation, due_at=NOW - MINUTE)
    add_wait(2)
    assert run_due_wait(NOW) is True
    assert WaitingRecord.objects.get(record=1).due_at == NOW + PUT_OFF
    assert run_due_wait(NOW) is True
    assert not WaitingRecord.objects.filter(record=2).exists()

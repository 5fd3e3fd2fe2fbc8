"""In which order a worker's turn looks at what waits, which automations an operation wakes then, and what stays on the list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from automations.models import AutomationClock, WakingOperation
from automations.running import waking_queue
from automations.running.step_plan import NotReady
from automations.running.waking import NO_OPERATION, Waking
from automations.running.waking_queue import run_due_clock, run_next, run_responses
from crm.models import Operation
from tests.automations.automating import make_automation

pytestmark = pytest.mark.django_db
NOW, MINUTE = datetime(2026, 11, 25, 10, tzinfo=UTC), timedelta(minutes=1)
WAIT, CLOCK, RESPONSE, CHANGE = "run_due_wait", "run_due_clock", "run_responses", "_run_first"
ALL = [WAIT, CLOCK, RESPONSE, CHANGE]
# What there is to do, what a turn looks at, and whether it has done something.
TURNS: dict[str, tuple[set[str], list[str], bool]] = {
    "nothing": (set(), ALL[:3], False),
    "the end of a wait": ({WAIT}, ALL[:1], True),
    "a time to look": ({CLOCK}, ALL[:2], True),
    "a response": ({RESPONSE}, ALL[:3], True),
    "a change": ({CHANGE}, ALL, True),
    "everything": (set(ALL), ALL[:1], True),
    "a time to look and a change": ({CLOCK, CHANGE}, ALL[:2], True),
    "a response and a change": ({RESPONSE, CHANGE}, ALL[:3], True),
}


@pytest.mark.parametrize(("there", "looked_at", "did"), TURNS.values(), ids=TURNS)
def test_a_turn_does_one_thing(there, looked_at, did, monkeypatch):
    asked: list[str] = []
    for name in ALL:
        monkeypatch.setattr(waking_queue, name, lambda *told, name=name: asked.append(name) or name in there)
    if CHANGE in there:
        WakingOperation.objects.create(operation=1, waiting=[])
    assert run_next() is did
    assert asked == looked_at


def test_the_first_operation_comes_first(monkeypatch):
    done: list[int] = []
    monkeypatch.setattr(waking_queue, "_run_first", lambda row: done.append(row.operation))
    for number in (8, 7, 9):
        WakingOperation.objects.create(operation=number, waiting=[])
    assert run_next() is True
    assert done == [7]


# The automations that wait for an operation, with those that it wakes in capitals and those that write something marked with "!"; which
# of them run, and which stay on the list.
WOKEN = {
    "one that writes nothing": ("A", "a", ""),
    "one that writes": ("A!", "a", ""),
    "two that write nothing": ("A B", "ab", ""),
    "the first one writes": ("A! B C", "a", "bc"),
    "the second one writes": ("A B! C", "ab", "c"),
    "the last one writes": ("A B C!", "abc", ""),
    "one that it doesn't wake": ("a B! C", "b", "c"),
    "one that it doesn't wake, behind one that writes": ("A! b C", "a", "c"),
    "it wakes none": ("a b", "", ""),
    "none waits": ("", "", ""),
    "one that is turned off by now": ("X A", "a", ""),
}


@pytest.mark.parametrize(("told", "run", "left"), WOKEN.values(), ids=WOKEN)
def test_which_automations_an_operation_runs(told, run, left, ann, monkeypatch):
    record = Operation.objects.create(kind="test")
    made = {}
    for name in told.split():
        key = name[0].lower()
        made[key] = make_automation(key, ann, turned_on=key != "x")
    names = {one.pk: key for key, one in made.items()}
    awake = {
        made[name[0].lower()].pk: [made[name[0].lower()].pk] for name in told.split() if name[0].isupper()
    }
    asked, done = [], []

    def get_woken(operation, waiting):
        asked.extend(names[one.pk] for one in waiting)
        return {one.pk: awake[one.pk] for one in waiting if one.pk in awake}

    def run_one(automation, waking, ids):
        assert (waking, ids) == (Waking(record.pk), [automation.pk])
        done.append(names[automation.pk])
        return f"{names[automation.pk].upper()}!" in told

    monkeypatch.setattr(waking_queue, "get_woken_records", get_woken)
    monkeypatch.setattr(waking_queue, "_run_or_note_fault", run_one)
    WakingOperation.objects.all().delete()
    WakingOperation.objects.create(operation=record.pk, waiting=[one.pk for one in made.values()])
    assert run_next() is True
    assert "".join(done) == run
    assert "x" not in asked
    rows = WakingOperation.objects.values_list("waiting", flat=True)
    assert ["".join(names[pk] for pk in row) for row in rows] == ([left] if left else [])


def test_an_operation_that_is_gone_runs_nothing(ann, monkeypatch):
    monkeypatch.setattr(waking_queue, "_run_or_note_fault", lambda *told: pytest.fail("It ran."))
    WakingOperation.objects.create(operation=2**40, waiting=[make_automation("One", ann).pk])
    assert run_next() is True
    assert not WakingOperation.objects.exists()


@pytest.mark.parametrize(("trigger", "by_end"), [("sequence_ended", True), ("added", False)])
def test_the_end_of_a_sequence_is_a_cause_of_its_own(trigger, by_end, ann, monkeypatch):
    record = Operation.objects.create(kind="test")
    automation = make_automation("One", ann, trigger=trigger)
    causes = []
    monkeypatch.setattr(waking_queue, "get_woken_records", lambda *told: {automation.pk: [1]})
    monkeypatch.setattr(waking_queue, "build_waking", lambda waking: "a change")
    monkeypatch.setattr(waking_queue, "build_waking_by_end", lambda waking: "an end")
    monkeypatch.setattr(waking_queue, "_run_or_note_fault", lambda one, cause, ids: causes.append(cause))
    WakingOperation.objects.create(operation=record.pk, waiting=[automation.pk])
    assert run_next() is True
    assert causes == ["an end" if by_end else "a change"]


# Which records are due for an occasion, which of them the log has for it, and for which the automation runs.
OCCASIONS = {
    "all are new": ([1, 2], [], [1, 2]),
    "some are new": ([1, 2, 3], [2], [1, 3]),
    "none is new": ([1, 2], [1, 2], []),
    "none is due": ([], [], []),
}


@pytest.mark.parametrize(("due", "begun", "run"), OCCASIONS.values(), ids=OCCASIONS)
def test_an_automation_acts_once_for_an_occasion(due, begun, run, ann, monkeypatch):
    automation, done = make_automation("One", ann), []
    monkeypatch.setattr(waking_queue, "take_responses", lambda: (automation, dict.fromkeys(due, "opened 1")))
    monkeypatch.setattr(waking_queue, "find_begun_records", lambda one, waking: set(begun))
    monkeypatch.setattr(waking_queue, "_run_or_note_fault", lambda *told: done.append(told))
    # Also if all have been dealt with: others may wait behind them.
    assert run_responses() is True
    waking = Waking(NO_OPERATION, occasions=dict.fromkeys(due, "opened 1"))
    assert done == ([(automation, waking, run)] if run else [])


def test_without_a_response_nothing_is_done(monkeypatch):
    monkeypatch.setattr(waking_queue, "take_responses", lambda: None)
    assert run_responses() is False


@pytest.mark.parametrize(("minutes", "after"), [(10, 10), (60, 60), (180, 60)])
def test_the_first_due_automation_looks_and_looks_again_in_an_hour_at_the_latest(
    minutes, after, ann, monkeypatch
):
    first, second = (make_automation(name, ann, turned_on=False) for name in ("One", "Two"))
    for automation, sooner in ((second, 1), (first, 2)):
        looked_at, next_at = NOW - 99 * MINUTE, NOW - sooner * MINUTE
        AutomationClock.objects.create(automation=automation, looked_at=looked_at, next_at=next_at)
    asked: list[Any] = []
    monkeypatch.setattr(waking_queue, "get_next_look", lambda *told: NOW + minutes * MINUTE)
    monkeypatch.setattr(
        waking_queue, "find_due_records", lambda one, calendar, *told: asked.append((one, *told)) or []
    )
    assert run_due_clock(NOW) is True
    assert asked == [(first, NOW - 99 * MINUTE, NOW)]
    clocks = AutomationClock.objects.values_list("automation", "looked_at", "next_at")
    assert set(clocks) == {
        (first.pk, NOW, NOW + after * MINUTE),
        (second.pk, NOW - 99 * MINUTE, NOW - MINUTE),
    }


# What comes of a run, and whether more was written than the log.
RUNS: dict[str, tuple[Any, bool]] = {
    "it wrote": (Operation(pk=5), True),
    "it wrote nothing": (None, False),
    "it isn't ready": (NotReady("field"), True),
    "a fault": (ZeroDivisionError(), True),
}


@pytest.mark.parametrize(("result", "wrote"), RUNS.values(), ids=RUNS)
def test_whether_a_run_wrote_more_than_the_log(result, wrote, ann, monkeypatch):
    """The others wait then: they judge the records as these are by then."""

    def run(*told):
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(waking_queue, "run_automation", run)
    automation = make_automation("One", ann)
    assert waking_queue._run_or_note_fault(automation, Waking(1), [1]) is wrote

"""Exactly once: over failures at each point of a run, two workers at once, and operations that are committed late."""

import threading

import pytest
from django.db import connection, transaction

from automations.jobs import run_automations
from automations.models import AutomationRun, WakingOperation
from automations.running import automation_execution, step_plan, waking_queue
from automations.running.waking_queue import run_next
from crm.models import Operation, Task
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.killed import killed_at
from tests.waiting import until_ended, until_set

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


# Where the worker is when it ends: a name of a module, and whether the end comes before or after the call.
POINTS = {
    "before the run": (waking_queue, "run_automation", "before"),
    "before the first step": (automation_execution, "carry_out_steps", "before"),
    "after the last step": (automation_execution, "carry_out_steps", "after"),
    "after the operation is written": (automation_execution, "write_operation_result", "after"),
    "after the first step": (step_plan, "_add_missing", "after"),
    "after the run, before the operation is taken off the list": (waking_queue, "run_automation", "after"),
}


@pytest.mark.parametrize(("module", "name", "when"), POINTS.values(), ids=POINTS.keys())
def test_a_worker_that_ends_at_any_point_leaves_nothing_and_the_next_one_does_it_once(
    ann, make_lead, module, name, when
):
    automation = make_automation(
        "Brno", ann, ("set", {"field": "city", "value": "Brno"}), ("add_task", {"title": "Call", "days": "0"})
    )
    lead = make_lead(owner=ann)
    with killed_at(module, name, when):
        run_next()
    lead.refresh_from_db()
    assert (lead.city, Task.objects.count(), AutomationRun.objects.count()) == ("", 0, 0)
    assert written_by(automation) == []
    work()
    lead.refresh_from_db()
    assert (lead.city, Task.objects.count()) == ("Brno", 1)
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    assert len(written_by(automation)) == 1


def test_two_workers_at_once_do_each_thing_once(ann, lead_of):
    automations = [
        make_automation(f"Task {number}", ann, ("add_task", {"title": f"{number}", "days": "0"}))
        for number in range(3)
    ]
    for _number in range(4):
        with operation("test", by=ann):
            lead_of(owner=ann).save(force_insert=True)

    def run() -> None:
        while WakingOperation.objects.exists():
            run_next()

    assert in_threads(run, run) == [None, None]
    assert Task.objects.count() == 12
    assert [len(outcomes_of(one)) for one in automations] == [4, 4, 4]


def test_an_operation_that_is_committed_late_is_found_although_later_ones_are_done(ann, lead_of):
    automation = make_automation("Brno", ann)
    begun, done = threading.Event(), threading.Event()
    found: list[int] = []

    def take_long() -> None:
        with transaction.atomic(), operation("test", by=None):
            late = lead_of()
            late.save(force_insert=True)
            found.append(late.pk)
            begun.set()
            until_set(done)
        connection.close()

    thread = threading.Thread(target=take_long)
    thread.start()
    until_set(begun)
    with operation("test", by=None):
        soon = lead_of()
        soon.save(force_insert=True)
    work()
    assert outcomes_of(automation) == [(soon.pk, Result.ACTED)]
    done.set()
    until_ended(thread)
    work()
    assert dict(outcomes_of(automation)) == {soon.pk: Result.ACTED, found[0]: Result.ACTED}


def test_an_operation_that_is_rolled_back_wakes_nothing(ann, make_lead):
    make_automation("Brno", ann)
    before = Operation.objects.count()
    with transaction.atomic():
        make_lead()
        assert WakingOperation.objects.count() == 1
        transaction.set_rollback(True)
    assert (Operation.objects.count(), WakingOperation.objects.count()) == (before, 0)


def test_a_record_that_someone_holds_makes_the_automation_wait_and_fail_nothing(ann, make_lead, monkeypatch):
    automation = make_automation("Brno", ann)
    lead = make_lead()
    monkeypatch.setattr(waking_queue, "LOCK_WAIT", 50)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Lead.objects.select_for_update().get(pk=lead.pk)
            locked.set()
            until_set(done)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    until_set(locked)
    run_automations()
    assert (outcomes_of(automation), WakingOperation.objects.count()) == ([], 1)
    done.set()
    until_ended(thread)
    run_automations()
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]

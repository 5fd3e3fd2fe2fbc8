"""Waits between the steps: what comes later is done once, if the record still meets the conditions, and never for what is gone."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from automations.models import Automation, AutomationRun, WaitingRecord
from automations.running import automation_execution, waking_queue
from automations.running.log_cleanup import delete_runs_of_records
from automations.running.waiting_steps import waiting_records_queryset
from automations.running.waking_queue import run_due_wait, run_next
from crm.models import Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by
from tests.killed import killed_at

pytestmark = pytest.mark.django_db(transaction=False)

SET = ("set", {"field": "city", "value": "Brno"})
WAIT = ("wait", {"number": "2", "unit": "days"})
TASK = ("add_task", {"title": "Call", "days": "0"})


def wait_over(days: int = 3) -> None:
    """The turns of waits until this many days later."""
    with transaction.atomic():
        while run_due_wait(timezone.now() + timedelta(days=days)):
            pass


@pytest.fixture
def automation(ann):
    return make_automation("Later", ann, SET, WAIT, TASK, conditions="vip=yes")


@pytest.fixture
def lead(automation, ann, make_lead):
    found = make_lead(vip=True, owner=ann)
    work()
    return found


def test_the_steps_after_a_wait_are_an_operation_of_their_own_when_it_is_over(automation, lead):
    lead.refresh_from_db()
    assert (lead.city, Task.objects.count(), WaitingRecord.objects.count()) == ("Brno", 0, 1)
    wait_over(1)
    assert Task.objects.count() == 0
    wait_over()
    assert [task.record for task in Task.objects.all()] == [lead.pk]
    first, second = written_by(automation)
    assert second.parameters == {**first.parameters, "depth": 1}
    runs = AutomationRun.objects.order_by("step").values_list("step", "outcome", "written")
    assert list(runs) == [(0, Result.ACTED, first.pk), (2, Result.ACTED, second.pk)]
    wait_over(9)
    assert Task.objects.count() == 1


def test_the_conditions_are_asked_again_after_a_wait(automation, lead, ann):
    carry_out(verbs.Edit({"vip": False}), Lead.objects.filter(pk=lead.pk), by=ann)
    wait_over()
    assert Task.objects.count() == 0
    assert AutomationRun.objects.get(step=2).outcome == Result.UNMET
    assert not WaitingRecord.objects.exists()


def test_an_undo_of_the_first_steps_ends_the_wait(automation, lead, ann):
    undo = revert_operation(written_by(automation)[0], by=ann)
    assert not waiting_records_queryset(automation, ann).exists()
    revert_operation(undo.operation, by=ann)
    assert waiting_records_queryset(automation, ann).count() == 1
    revert_operation(written_by(automation)[0], by=ann)
    wait_over()
    assert Task.objects.count() == 0
    assert AutomationRun.objects.get(step=2).outcome == Result.UNDONE


ENDS = {
    "turning it off": {"turned_on": False},
    "deleting it": {"retired": True},
    "other steps": {"steps": [{"action": "add_note", "values": {"text": "x"}}]},
    "other conditions": {"conditions": ""},
    "another trigger": {"trigger": "field_changed", "trigger_values": {"field": "city"}},
}


@pytest.mark.parametrize("values", ENDS.values(), ids=ENDS)
def test_a_changed_automation_ends_its_waits(automation, lead, values):
    with operation("test", by=None):
        Automation.objects.update(**values)
    assert not WaitingRecord.objects.exists()


def test_a_new_name_or_limit_ends_no_wait(automation, lead):
    with operation("test", by=None):
        Automation.objects.update(name="Other", most_an_hour=5, for_imports=True)
    assert WaitingRecord.objects.count() == 1


def test_a_record_in_trash_is_not_waiting_and_is_left_alone(automation, lead, ann):
    carry_out(verbs.Delete(), Lead.objects.filter(pk=lead.pk), by=ann)
    assert not waiting_records_queryset(automation, ann).exists()
    wait_over()
    assert Task.objects.count() == 0
    assert AutomationRun.objects.get(step=2).outcome == Result.TRASH


def test_a_record_that_is_deleted_permanently_leaves_the_waits(automation, lead):
    delete_runs_of_records("lead", [lead.pk])
    assert not WaitingRecord.objects.exists()


def test_an_owner_who_lost_the_permission_turns_the_automation_off_at_the_end_of_a_wait(
    automation, lead, ann
):
    ann.groups.clear()
    wait_over()
    automation.refresh_from_db()
    assert (automation.off_reason, Task.objects.count()) == (Automation.OffReason.OWNER_PERMISSIONS, 0)
    assert not WaitingRecord.objects.exists()


def test_a_first_step_can_be_a_wait_and_waits_can_follow_each_other(ann, make_lead):
    automation = make_automation("Slow", ann, WAIT, WAIT, SET, WAIT)
    lead = make_lead()
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.WAITING)]
    assert written_by(automation) == []
    for step in (1, 2):
        row = WaitingRecord.objects.get()
        assert row.step == step
        with transaction.atomic():
            assert run_due_wait(row.due_at)
    lead.refresh_from_db()
    # Nothing comes after the last wait, so nothing waits for its end.
    assert (lead.city, WaitingRecord.objects.count()) == ("Brno", 0)
    assert AutomationRun.objects.count() == 3


def test_above_the_limit_of_an_hour_records_wait_a_little_longer(ann, lead_of):
    automation = make_automation("Later", ann, WAIT, SET, most_an_hour=2)
    with operation("test", by=ann):
        for _number in range(2):
            lead_of().save(force_insert=True)
    work()
    with operation("test", by=None):
        Automation.objects.update(most_an_hour=1)
    late = timezone.now() + timedelta(days=3)
    with transaction.atomic():
        assert run_due_wait(late)
        assert not run_due_wait(late)
    assert Lead.objects.filter(city="Brno").count() == 1
    assert [row.due_at > late for row in WaitingRecord.objects.all()] == [True]
    assert not AutomationRun.objects.filter(automation=automation, outcome=Result.LIMIT).exists()


def test_records_that_began_together_go_on_as_one_change(ann, lead_of):
    automation = make_automation("Later", ann, SET, WAIT, TASK)
    with operation("test", by=ann):
        for _number in range(3):
            lead_of(owner=ann).save(force_insert=True)
    work()
    wait_over()
    assert [record.changed for record in written_by(automation)] == [3, 3]


POINTS = {
    "before the run": (waking_queue, "run_automation", "before"),
    "after the last step": (automation_execution, "carry_out_steps", "after"),
    "after the run": (waking_queue, "run_automation", "after"),
}


@pytest.mark.parametrize(("module", "name", "when"), POINTS.values(), ids=POINTS.keys())
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_ends_while_records_go_on_leaves_nothing_and_the_next_one_does_it_once(
    automation, lead, module, name, when
):
    WaitingRecord.objects.update(due_at=timezone.now())
    with killed_at(module, name, when):
        run_next()
    assert (Task.objects.count(), WaitingRecord.objects.count()) == (0, 1)
    assert Operation.objects.filter(kind="run_automation").count() == 1
    work()
    assert (Task.objects.count(), WaitingRecord.objects.count()) == (1, 0)

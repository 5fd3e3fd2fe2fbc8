"""Exactly once by the clock: over failures at each point of a look, and with two workers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from automations.models import AutomationClock, AutomationRun
from automations.running import automation_execution, waking_queue
from automations.running.waking_queue import run_next
from crm.models import Task
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.killed import killed_at

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

TASK = ("add_task", {"title": "Call", "days": "0"})
DAILY = {"trigger": "daily", "trigger_values": {"on": "each_day", "time": "08:00"}}


POINTS = {
    "before the records are looked for": (waking_queue, "find_due_records", "before"),
    "before the run": (waking_queue, "run_automation", "before"),
    "after the last step": (automation_execution, "carry_out_steps", "after"),
    "after the run": (waking_queue, "run_automation", "after"),
    "before the clock is set": (waking_queue, "get_next_look", "before"),
}


def make_due() -> None:
    then = timezone.now() - timedelta(days=1, minutes=1)
    AutomationClock.objects.update(looked_at=then, next_at=then)


@pytest.mark.parametrize(("module", "name", "when"), POINTS.values(), ids=POINTS.keys())
def test_a_worker_that_ends_during_a_look_leaves_nothing_and_the_next_one_does_it_once(
    ann, make_lead, module, name, when
):
    automation, lead = make_automation("Daily", ann, TASK, **DAILY), make_lead(owner=ann)
    make_due()
    with killed_at(module, name, when):
        run_next()
    assert (Task.objects.count(), AutomationRun.objects.count(), written_by(automation)) == (0, 0, [])
    work()
    assert (Task.objects.count(), outcomes_of(automation)) == (1, [(lead.pk, Result.ACTED)])


def test_two_workers_at_once_look_once(ann, make_lead):
    automations = [make_automation(f"Daily {number}", ann, TASK, **DAILY) for number in range(3)]
    make_lead(owner=ann)
    make_due()

    def run() -> None:
        while AutomationClock.objects.due(timezone.now()).exists():
            run_next()

    assert in_threads(run, run) == [None, None]
    assert Task.objects.count() == 3
    assert [len(outcomes_of(one)) for one in automations] == [1, 1, 1]

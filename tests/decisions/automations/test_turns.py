"""When there is a turn, what it does after a fault of an automation, and while another worker has it."""

from datetime import UTC, datetime, timedelta

import pytest

from automations.models import (
    Automation,
    AutomationClock,
    AutomationRun,
    AutomationState,
    MailingResponse,
    WaitingRecord,
    WakingOperation,
)
from automations.running import waking_queue
from automations.running.waking_queue import MOST_FAULTS, is_anything_due, run_due_clock, run_next
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work
from tests.turns import PASSING_FAULTS, held_turn

pytestmark = pytest.mark.django_db(databases=["default", "progress"])
NOW, DAY = datetime(2026, 11, 25, 10, tzinfo=UTC), timedelta(days=1)


def count_faults(automation: Automation) -> int:
    return AutomationState.objects.get(automation=automation).faults


@pytest.mark.parametrize("fault", PASSING_FAULTS.values(), ids=PASSING_FAULTS.keys())
def test_a_fault_that_passes_is_none_of_the_automation_and_it_acts_in_a_later_turn(
    ann, make_lead, monkeypatch, caplog, fault
):
    automation, lead = make_automation("Brno", ann), make_lead()

    def fail(*told):
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(waking_queue, "run_automation", fail)
        with pytest.raises(type(fault)):
            run_next()
    assert not AutomationRun.objects.exists()
    assert not AutomationState.objects.exists()
    assert (WakingOperation.objects.count(), caplog.text) == (1, "")
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]


# How many faults there were in a row, and whether the automation is still on after another one.
FAULTS = {
    "its first one": (0, True),
    "one before the last": (MOST_FAULTS - 2, True),
    "the last one": (MOST_FAULTS - 1, False),
}


@pytest.mark.parametrize(("before", "is_on"), FAULTS.values(), ids=FAULTS.keys())
def test_another_fault_is_logged_and_counted_and_the_last_one_turns_the_automation_off(
    ann, make_lead, monkeypatch, before, is_on
):
    automation = make_automation("Brno", ann)
    AutomationState.objects.create(automation=automation, faults=before)
    lead = make_lead()

    def fail(*told):
        raise ZeroDivisionError

    monkeypatch.setattr(waking_queue, "run_automation", fail)
    assert run_next()
    automation.refresh_from_db()
    assert outcomes_of(automation) == [(lead.pk, Result.FAULT)]
    assert (automation.turned_on, automation.off_reason) == (is_on, "" if is_on else "faults")
    if is_on:
        assert count_faults(automation) == before + 1


@pytest.mark.parametrize("before", [1, 2, MOST_FAULTS - 1])
def test_a_run_without_a_fault_forgets_those_before_it(ann, make_lead, before):
    automation, other = make_automation("Brno", ann), make_automation("Cluj", ann, turned_on=False)
    for one in (automation, other):
        AutomationState.objects.create(automation=one, faults=before)
    make_lead()
    work()
    assert (count_faults(automation), count_faults(other)) == (0, before)


def test_of_a_fault_so_many_records_are_logged(ann, lead_of, monkeypatch):
    automation = make_automation("Brno", ann)
    with operation("test", by=None):
        leads = Lead.objects.bulk_create(lead_of() for _number in range(3))

    def fail(*told):
        raise ZeroDivisionError

    monkeypatch.setattr(waking_queue, "run_automation", fail)
    monkeypatch.setattr(waking_queue, "LOGGED_UNMET", 2)
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.FAULT) for lead in leads[:2]]


def test_while_another_worker_has_the_turn_nothing_runs_and_there_is_nothing_to_wait_for(ann, make_lead):
    automation, lead = make_automation("Brno", ann), make_lead()
    with held_turn("leadwell.automations"):
        assert run_next() is False
    assert outcomes_of(automation) == []
    assert run_next() is True
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    # The change that it made is looked at too.
    work()
    assert run_next() is False


def add_waking(ann) -> None:
    WakingOperation.objects.create(operation=0, waiting=[])


def add_clock(ann) -> None:
    automation = make_automation("Daily", ann, turned_on=False)
    AutomationClock.objects.create(automation=automation, looked_at=NOW - DAY, next_at=NOW)


def add_wait(ann) -> None:
    automation = make_automation("Later", ann, turned_on=False)
    WaitingRecord.objects.create(automation=automation, record=1, step=1, due_at=NOW, waking=0)


def add_response(ann) -> None:
    automation = make_automation("Opened", ann, turned_on=False)
    MailingResponse.objects.create(automation=automation, delivery=1)


ANYTHING = {
    "a change": add_waking,
    "a time to look": add_clock,
    "the end of a wait": add_wait,
    "a response to a mailing": add_response,
}


@pytest.mark.parametrize("add", ANYTHING.values(), ids=ANYTHING.keys())
def test_each_of_these_alone_needs_a_turn(ann, add):
    assert not is_anything_due(NOW)
    add(ann)
    assert is_anything_due(NOW)


@pytest.mark.parametrize("add", [add_clock, add_wait], ids=["a time to look", "the end of a wait"])
def test_what_isnt_due_yet_needs_no_turn(ann, add):
    add(ann)
    assert not is_anything_due(NOW - timedelta(seconds=1))


def test_a_look_that_turns_its_automation_off_has_done_something(ann):
    """Others may be due behind it."""
    values = {"field": "c999999", "side": "on", "days": 0, "time": "08:00"}
    automation = make_automation("Gone", ann, trigger="date", trigger_values=values)
    AutomationClock.objects.update(looked_at=NOW - DAY, next_at=NOW)
    assert run_due_clock(NOW) is True
    automation.refresh_from_db()
    assert not automation.turned_on
    assert run_due_clock(NOW) is False

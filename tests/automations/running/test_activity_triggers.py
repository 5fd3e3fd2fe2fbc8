"""Automations that a logged activity or a received email wakes."""

import pytest
from django.db import transaction

from automations.models import WakingOperation
from crm.models import Activity
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work

pytestmark = pytest.mark.django_db


def log(by, lead, type_of: str, *more) -> None:
    carry_out(AddActivity(by, type_of, "Spoke", *more), Lead.objects.filter(pk=lead.pk), by=by)


def receive(lead, outcome: str = "received", **values) -> None:
    with transaction.atomic(), operation("email", by=None, channel="system", table="lead"):
        Activity.objects.create(
            of="lead", record=lead.pk, type="email", outcome=outcome, subject="Hi", text="Yes", **values
        )


# The values of the trigger, the type that is logged; whether it wakes the automation.
CASES = {
    "any activity: a note": ({}, "note", True),
    "any activity: a call": ({}, "call", True),
    "a call, for calls": ({"type": "call"}, "call", True),
    "a note, for calls": ({"type": "call"}, "note", False),
}


@pytest.mark.parametrize(("values", "type_of", "wakes"), CASES.values(), ids=CASES)
def test_an_activity_wakes_an_automation_for_its_record(ann, make_lead, values, type_of, wakes):
    lead, _other = make_lead(), make_lead()
    automation = make_automation("Brno", ann, trigger="activity", trigger_values=values)
    log(ann, lead, type_of, *(["reached"] if type_of == "call" else []))
    work()
    assert outcomes_of(automation) == ([(lead.pk, Result.ACTED)] if wakes else [])


def test_an_activity_of_another_record_type_wakes_nothing(ann, make_lead, make_company):
    automation = make_automation("Brno", ann, trigger="activity", table_of="company")
    make_company()
    log(ann, make_lead(), "note")
    work()
    assert outcomes_of(automation) == []


def test_a_received_email_wakes_an_automation_and_no_other_email_does(ann, bob, make_lead):
    automation = make_automation("Brno", ann, trigger="email_received")
    activities = make_automation("Other", ann, trigger="activity")
    lead, others = make_lead(), [make_lead() for _number in range(3)]
    receive(lead)
    receive(others[0], outcome="automatic")
    receive(others[1], outcome="sent")
    receive(others[2], private_to=bob)
    log(ann, others[0], "note")
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    assert outcomes_of(activities) == [(others[0].pk, Result.ACTED)]


def test_notes_that_automations_add_to_each_other_end(ann, make_lead):
    first = make_automation("One", ann, ("add_note", {"text": "1"}), trigger="activity")
    second = make_automation("Two", ann, ("add_note", {"text": "2"}), trigger="activity")
    log(ann, make_lead(), "note")
    work()
    assert [outcome for _pk, outcome in outcomes_of(first)][-1] in (Result.ACTED, Result.DEPTH)
    assert Result.DEPTH in {outcome for one in (first, second) for _pk, outcome in outcomes_of(one)}
    assert not WakingOperation.objects.exists()

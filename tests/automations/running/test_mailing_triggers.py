"""Automations that what a recipient does with a mailing wakes: once for each mailing and recipient, and only from then on."""

import pytest
from django.utils import timezone

from automations.automation_uses import find_automations_using
from automations.models import Automation, AutomationRun, MailingResponse
from automations.running import automation_execution, mailing_responses, waking_queue
from automations.running.waking_queue import is_anything_due, run_next
from crm.models import Operation, Task
from crm.records.history.verb_execution import operation
from mailings.models import Click, Delivery, MailingLink
from mailings.responses.tracking import record_click, record_open
from sequences.models import Sequence
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by
from tests.automations.mailed import deliver, make_mailing, respond
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.killed import killed_at

pytestmark = pytest.mark.django_db

CALL = ("add_task", {"title": "Call", "days": "0"})
OPENED = {"trigger": "mailing_opened"}


def test_a_picture_that_is_loaded_ten_times_wakes_it_once(ann, make_lead):
    automation, lead = make_automation("Opened", ann, CALL, **OPENED), make_lead(owner=ann)
    delivery = deliver(make_mailing(ann), lead)
    for _time in range(10):
        record_open(delivery, timezone.now())
        work()
    assert (Task.objects.count(), outcomes_of(automation)) == (1, [(lead.pk, Result.ACTED)])
    assert not is_anything_due(timezone.now())


def test_clicks_on_two_links_of_a_mailing_wake_it_once(ann, make_lead):
    automation = make_automation("Clicked", ann, CALL, trigger="mailing_clicked")
    mailing, lead = make_mailing(ann), make_lead(owner=ann)
    delivery = deliver(mailing, lead)
    for name in ("a", "b"):
        link = MailingLink.objects.create(mailing=mailing, url=f"https://shop.example/{name}")
        record_click(delivery, link, timezone.now())
    work()
    assert (Click.objects.count(), outcomes_of(automation)) == (2, [(lead.pk, Result.ACTED)])


def test_what_was_before_it_was_turned_on_wakes_nothing(ann, make_lead):
    delivery = deliver(make_mailing(ann), make_lead())
    respond(delivery)
    automation = make_automation("Opened", ann, CALL, **OPENED)
    respond(delivery)
    assert (work(), outcomes_of(automation)) == (0, [])


@pytest.mark.parametrize(
    "change",
    [{"turned_on": False}, {"retired": True}, {"trigger_values": {"mailing": 1}}, {"trigger": "added"}],
)
def test_what_waits_for_it_is_forgotten_when_it_is_turned_off_or_gets_another_trigger(ann, make_lead, change):
    automation = make_automation("Opened", ann, CALL, **OPENED)
    respond(deliver(make_mailing(ann), make_lead()))
    with operation("test", by=None):
        Automation.objects.filter(pk=automation.pk).update(**change)
    assert not MailingResponse.objects.exists()


def test_each_mailing_that_a_record_opens_wakes_it_in_a_change_of_its_own(ann, make_lead):
    automation, lead = make_automation("Opened", ann, CALL, **OPENED), make_lead(owner=ann)
    other = make_lead(owner=ann)
    first, second = make_mailing(ann), make_mailing(ann, subject="Second")
    respond(deliver(first, lead), *deliver(second, lead, other))
    assert work() == 2
    assert len(written_by(automation)) == 2
    assert outcomes_of(automation) == [
        (lead.pk, Result.ACTED),
        (lead.pk, Result.ACTED),
        (other.pk, Result.ACTED),
    ]


def test_many_responses_are_one_change(ann, make_lead, monkeypatch):
    monkeypatch.setattr(mailing_responses, "MOST_AT_ONCE", 3)
    automation = make_automation("Opened", ann, CALL, **OPENED)
    respond(*deliver(make_mailing(ann), *(make_lead(owner=ann) for _number in range(5))))
    assert work() == 2
    assert [record.matched for record in written_by(automation)] == [3, 2]


def test_automations_act_in_the_order_of_their_list(ann, make_lead):
    last = make_automation("Last", ann, conditions="city.is=First", position=2, **OPENED)
    first = make_automation("First", ann, position=1, **OPENED)
    lead = make_lead(owner=ann)
    respond(deliver(make_mailing(ann), lead))
    work()
    lead.refresh_from_db()
    assert lead.city == "Last"
    assert written_by(first)[0].pk < written_by(last)[0].pk


def test_the_conditions_are_those_of_its_list(ann, make_lead):
    automation = make_automation("Opened", ann, CALL, conditions="vip=yes", **OPENED)
    lead = make_lead(owner=ann)
    respond(deliver(make_mailing(ann), lead))
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.UNMET)]


def test_a_contact_that_answers_wakes_one_for_contacts(ann, make_contact):
    automation = make_automation("Answered", ann, CALL, table_of="contact", trigger="mailing_answered")
    contact = make_contact(owner=ann)
    respond(deliver(make_mailing(ann, of="company"), contact), column="replied_at")
    work()
    assert outcomes_of(automation) == [(contact.pk, Result.ACTED)]


def test_a_record_that_was_merged_meanwhile_is_the_one_it_was_merged_into(ann, make_lead):
    automation, lead, kept = make_automation("Opened", ann, CALL, **OPENED), make_lead(), make_lead(owner=ann)
    delivery = deliver(make_mailing(ann), lead)
    respond(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(record=kept.pk)
    work()
    assert outcomes_of(automation) == [(kept.pk, Result.ACTED)]


def test_a_response_that_is_rolled_back_leaves_nothing(ann, make_lead):
    from django.db import transaction

    make_automation("Opened", ann, CALL, **OPENED)
    delivery = deliver(make_mailing(ann), make_lead())
    with transaction.atomic():
        respond(delivery)
        transaction.set_rollback(True)
    assert not MailingResponse.objects.exists()


def test_no_operation_waits_for_one_by_mailings(ann, make_lead):
    make_automation("Opened", ann, CALL, **OPENED)
    make_lead()
    assert work() == 0


def test_a_sequence_in_a_trigger_names_the_automation(ann):
    with operation("test", by=None):
        sequence = Sequence.objects.create(name="Welcome", table_of="lead")
    make_automation("Ended", ann, trigger="sequence_ended", trigger_values={"sequence": sequence.pk})
    [uses] = find_automations_using(sequence, ann)
    assert "1 automation names it" in str(uses)


POINTS = {
    "after the responses are taken": (waking_queue, "take_responses", "after"),
    "before the run": (waking_queue, "run_automation", "before"),
    "after the last step": (automation_execution, "carry_out_steps", "after"),
    "after the run": (waking_queue, "run_automation", "after"),
}
COMMITS = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@COMMITS
@pytest.mark.parametrize(("module", "name", "when"), POINTS.values(), ids=POINTS.keys())
def test_a_worker_that_ends_at_any_point_leaves_nothing_and_the_next_one_does_it_once(
    ann, make_lead, module, name, when
):
    automation, lead = make_automation("Opened", ann, CALL, **OPENED), make_lead(owner=ann)
    respond(deliver(make_mailing(ann), lead))
    with killed_at(module, name, when):
        run_next()
    assert (Task.objects.count(), AutomationRun.objects.count(), written_by(automation)) == (0, 0, [])
    work()
    assert (Task.objects.count(), outcomes_of(automation)) == (1, [(lead.pk, Result.ACTED)])


@COMMITS
def test_two_workers_at_once_act_once(ann, make_lead):
    automations = [make_automation(f"Opened {number}", ann, CALL, **OPENED) for number in range(3)]
    respond(*deliver(make_mailing(ann), make_lead(owner=ann), make_lead(owner=ann)))

    def run() -> None:
        while MailingResponse.objects.exists():
            run_next()

    assert in_threads(run, run) == [None, None]
    assert Task.objects.count() == 6
    assert [len(outcomes_of(one)) for one in automations] == [2, 2, 2]
    assert Operation.objects.filter(kind="run_automation").count() == 3

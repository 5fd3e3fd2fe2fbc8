"""Receivers that are away for a day or fail now and then, and sending again what one of them missed."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.api.webhooks import replay
from crm.api.webhooks.replay import is_replayed
from crm.models import Job, Operation, Webhook, WebhookDelivery
from crm.platform.jobs import run_job
from tests.api.v2.test_lists_and_changes import named
from tests.api.webhooks.listening import HOOKS, changed
from tests.api.webhooks.simulated_queue import SimulatedQueue

A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAGES = "/admin/api/webhooks"
State = WebhookDelivery.State
pytestmark = pytest.mark.django_db(databases=["default", "progress"], transaction=True)


@pytest.fixture
def queue(monkeypatch):
    return SimulatedQueue(monkeypatch)


@pytest.fixture
def change(make_lead, ann):
    """change() makes an operation that a webhook is notified of."""
    lead = make_lead(owner=ann)
    Operation.objects.update(at=timezone.now() - 2 * A_DAY)
    return lambda: changed(lead, ann).pk


@pytest.fixture
def hook(change, program, listener):
    """It is notified of the changes alone: the lead is there before."""
    return program.post(HOOKS, {"url": listener.url}, expect=201)


def get_received(listener) -> list[int]:
    """The operations of the calls that were answered with 200, in their order."""
    return [
        json.loads(body)["operation"]["id"]
        for status, (_headers, body) in zip(listener.answered, listener.heard, strict=True)
        if status == 200
    ]


def run_replay(program, hook, since, **values) -> None:
    sent = {"since": since.isoformat(), **values}
    run_job(job_id=program.post(f"{HOOKS}/{hook['id']}/replay", sent, expect=202)["job"])


@pytest.mark.parametrize(
    ("state", "missed", "everything"),
    [
        pytest.param("", True, True, id="never sent: the webhook was off"),
        pytest.param(State.FAILED, True, True, id="sent without success"),
        pytest.param(State.WAITING, False, False, id="on its way already"),
        pytest.param(State.DELIVERED, False, True, id="arrived"),
    ],
)
def test_a_replay_sends_what_did_not_arrive_or_everything_but_nothing_twice(state, missed, everything):
    assert is_replayed(state, everything=False) == missed
    assert is_replayed(state, everything=True) == everything


def test_a_receiver_that_was_down_for_a_day_gets_everything_that_it_missed_once_and_in_order(
    program, hook, listener, queue, change, ann
):
    since, listener.status = queue.now - A_MINUTE, 500
    operations = []
    while Webhook.objects.get().active:
        assert len(operations) < 30, "the webhook is never turned off"
        operations.append(change())
        queue.run_for(4 * AN_HOUR)
    assert len(operations) in (6, 7)
    assert ann.notifications.filter(kind="webhook_off").exists()
    # Nobody is told anything while it is off.
    calls = len(listener.heard)
    operations += [change(), change()]
    queue.run_for(A_DAY)
    assert len(listener.heard) == calls

    listener.status = 200
    program.put(f"{HOOKS}/{hook['id']}", {"active": True})
    run_replay(program, hook, since)
    queue.run_for(AN_HOUR)
    assert get_received(listener) == operations
    run_replay(program, hook, since)
    queue.run_for(A_DAY)
    assert get_received(listener) == operations


def test_a_receiver_that_fails_every_third_call_gets_every_change_once(hook, listener, queue, change):
    listener.fails_every = 3
    operations = [change() for _number in range(12)]
    queue.run_for(AN_HOUR)
    assert sorted(get_received(listener)) == operations
    # First tries are in order; a change that failed comes later, under the same number.
    numbers = [json.loads(body)["delivery"] for _headers, body in listener.heard]
    assert list(dict.fromkeys(numbers)) == sorted(set(numbers))
    assert numbers[2] in numbers[3:]
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {State.DELIVERED}


def test_changes_of_the_time_when_a_webhook_was_off_are_sent_by_a_replay(
    program, hook, listener, queue, change
):
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    since, missed = queue.now - A_MINUTE, [change(), change()]
    program.put(f"{HOOKS}/{hook['id']}", {"active": True})
    sent = {"since": since.isoformat(), "preview": True}
    counts = program.post(f"{HOOKS}/{hook['id']}/replay", sent)
    assert (counts["unsent"], counts["failed"], counts["delivered"], counts["sent"]) == (2, 0, 0, 2)
    queue.run_for(AN_HOUR)
    assert listener.heard == []
    run_replay(program, hook, since)
    queue.run_for(AN_HOUR)
    assert get_received(listener) == missed


def test_a_receiver_that_lost_its_data_gets_everything_again_under_the_same_numbers(
    program, hook, listener, queue, change
):
    since, operations = queue.now - A_MINUTE, [change(), change()]
    queue.run_for(AN_HOUR)
    run_replay(program, hook, since, everything=True)
    queue.run_for(AN_HOUR)
    assert get_received(listener) == operations * 2
    assert WebhookDelivery.objects.count() == 2


def test_a_replay_takes_the_place_of_the_next_try(program, hook, listener, queue, change):
    since, listener.status = queue.now - A_MINUTE, 500
    operation = change()
    queue.run_for(A_MINUTE)
    listener.status = 200
    run_replay(program, hook, since)
    queue.run_for(A_DAY)
    assert get_received(listener) == [operation]


def test_a_long_replay_is_sent_in_pieces_of_which_each_goes_on_where_the_last_one_ended(
    program, hook, listener, queue, change, monkeypatch
):
    monkeypatch.setattr(replay, "MOST_REPLAYED", 2)
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    since, operations = queue.now - A_MINUTE, [change() for _number in range(3)]
    program.put(f"{HOOKS}/{hook['id']}", {"active": True})
    for received in (operations[:2], operations):
        run_replay(program, hook, since)
        queue.run_for(AN_HOUR)
        assert get_received(listener) == received


def test_a_replay_sends_neither_other_kinds_nor_private_changes_nor_older_ones(
    program, hook, listener, queue, change
):
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    older, private, shared = change(), change(), change()
    Operation.objects.filter(pk=private).set_private(True)
    Operation.objects.filter(pk=older).update(at=timezone.now() - A_DAY)
    program.put(f"{HOOKS}/{hook['id']}", {"active": True})
    since = queue.now - AN_HOUR
    run_replay(program, hook, since)
    queue.run_for(AN_HOUR)
    assert get_received(listener) == [shared]
    Webhook.objects.update(kinds=["add"])
    run_replay(program, hook, since, everything=True)
    queue.run_for(AN_HOUR)
    assert get_received(listener) == [shared]


def test_a_replay_of_a_webhook_that_was_turned_off_meanwhile_fails_with_a_sentence(
    program, hook, listener, queue, change
):
    change()
    sent = {"since": (queue.now - A_MINUTE).isoformat()}
    job = program.post(f"{HOOKS}/{hook['id']}/replay", sent, expect=202)["job"]
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    run_job(job_id=job)
    assert Job.objects.get(pk=job).problem == "The webhook is off. Nothing was sent."
    assert program.post(f"{HOOKS}/{hook['id']}/replay", sent, expect=409)["code"] == "webhook_off"


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "yesterday", None])
def test_a_moment_that_is_too_old_or_ahead_or_no_moment_is_rejected_in_both_ways(
    program, hook, sign_in, ada, moment
):
    assert named(program.post(f"{HOOKS}/{hook['id']}/replay", {"since": moment}, expect=422)) == ["since"]
    page = sign_in(ada).post(f"{PAGES}/{hook['id']}/replay?what=missed&since={moment or ''}")
    assert page.status_code == 422
    assert not Job.objects.exists()


def test_the_page_counts_first_and_sends_the_same_as_the_call(hook, listener, queue, change, sign_in, ada):
    listener.status = 500
    operation = change()
    queue.run_for(A_MINUTE)
    browser = sign_in(ada)
    page = browser.get(f"{PAGES}/{hook['id']}/replay")
    start = page.context["form"].initial["since"]
    assert start == Operation.objects.get(pk=operation).at.replace(second=0, microsecond=0)
    asked = f"{PAGES}/{hook['id']}/replay?what=missed&since={start:%Y-%m-%dT%H:%M:%SZ}"
    counted = browser.get(asked)
    assert counted.context["counts"].failed == 1
    assert "Resend 1 change" in counted.text
    assert browser.post(asked)["Location"] == f"{PAGES}/{hook['id']}"
    listener.status = 200
    run_job(job_id=Job.objects.get().pk)
    queue.run_for(A_MINUTE)
    assert get_received(listener) == [operation]


def test_a_webhook_that_leadwell_turned_off_leads_to_what_it_missed_when_it_is_turned_on(
    make_hook, sign_in, ada
):
    for values, following in (({"failing_since": timezone.now()}, "/replay"), ({}, "")):
        webhook = make_hook(active=False, **values)
        answer = sign_in(ada).post(f"{PAGES}/{webhook.pk}/switch", {"active": "yes"})
        assert answer["Location"] == f"{PAGES}/{webhook.pk}{following}"


def test_a_test_and_a_resend_by_call_do_what_the_page_does(program, hook, listener, queue, change):
    path = f"{HOOKS}/{hook['id']}"
    test = program.post(f"{path}/test", expect=201)
    assert (test["state"], test["operation"]) == ("waiting", None)
    operation = change()
    queue.run_for(A_MINUTE)
    assert json.loads(listener.heard[0][1]) == {"delivery": test["id"], "event": "test"}
    delivery = WebhookDelivery.objects.get(operation=operation)
    assert program.post(f"{path}/resend", {"delivery": delivery.pk})["state"] == "waiting"
    queue.run_for(A_MINUTE)
    assert [json.loads(body)["delivery"] for _headers, body in listener.heard[1:]] == [delivery.pk] * 2
    assert named(program.post(f"{path}/resend", {"delivery": 999999}, expect=422)) == ["delivery"]
    program.put(path, {"active": False})
    for last, sent in (("test", {}), ("resend", {"delivery": delivery.pk})):
        assert program.post(f"{path}/{last}", sent, expect=409)["code"] == "webhook_off"

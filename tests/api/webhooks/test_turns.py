"""Webhooks with slow or failing receivers: deadlines, turns, retries, and the end after a day."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.api.webhooks import webhook_delivery
from crm.api.webhooks.webhook_delivery import (
    PAUSES,
    deliver,
    queue_deliveries_of_operation,
    queue_delivery,
    queue_redelivery,
    queue_scheduled_delivery,
)
from crm.models import Webhook, WebhookDelivery
from crm.platform.web import outgoing_calls
from crm.platform.web.notifications import get_notification_sentence
from crm.platform.web.outgoing_calls import NotCalled, post_following_redirects
from tests.api.webhooks.listening import HOOKS, changed, dripping
from tests.waiting import until_set


def jobs_of(delivery, task: str) -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=task, args__delivery_id=delivery.pk).order_by("id"))


def test_the_pauses_grow_over_seven_retries(hook, listener, make_lead, ann, stopped_clock):
    listener.status = 500
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    delivery = WebhookDelivery.objects.get()
    for tries in range(8):
        deliver(delivery.pk, patient=True, tries=tries)
    later = jobs_of(delivery, "deliver_later")
    assert [job.args["tries"] for job in later] == [1, 2, 3, 4, 5, 6, 7]
    pauses = [(job.scheduled_at - stopped_clock).total_seconds() for job in later]
    assert pauses == [4, 16, 64, 256, 1024, 4096, 16384]
    assert [job.lock for job in later] == [None] * len(PAUSES)


def test_a_scheduled_delivery_comes_back_with_its_number_of_tries(hook, listener, make_lead, ann):
    listener.status = 500
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    delivery = WebhookDelivery.objects.get()
    deliver(delivery.pk, patient=True, tries=2)
    queue_scheduled_delivery(delivery.pk, 3)
    job = jobs_of(delivery, "deliver")[-1]
    assert (job.queue_name, job.args["patient"], job.args["tries"]) == ("slow_webhooks", True, 3)


def test_webhooks_take_turns_and_each_gets_one_call_at_a_time(make_hook, make_lead, ann, ada):
    first, lead = make_hook(ada), make_lead(owner=ann)
    for _number in range(3):
        queue_deliveries_of_operation(changed(lead, ann).pk)
    second = make_hook(ada)
    queue_deliveries_of_operation(changed(lead, ann).pk)
    waiting = ProcrastinateJob.objects.filter(task_name="deliver").order_by("-priority", "id")
    hooks = dict(WebhookDelivery.objects.values_list("pk", "webhook"))
    turns = [hooks[job.args["delivery_id"]] for job in waiting]
    assert turns == [first.pk, second.pk, first.pk, first.pk, first.pk]
    assert {job.lock for job in waiting} == {f"webhook {first.pk}", f"webhook {second.pk}"}


def test_a_webhook_whose_last_call_failed_or_was_slow_waits_in_a_separate_queue(
    hook, listener, make_lead, ann, monkeypatch
):
    lead = make_lead(owner=ann)
    for _number in range(2):
        queue_deliveries_of_operation(changed(lead, ann).pk)
    first, second = WebhookDelivery.objects.order_by("pk")
    monkeypatch.setattr(webhook_delivery, "SLOW", -1)
    deliver(first.pk)
    deliver(second.pk)
    assert len(listener.heard) == 1
    job = jobs_of(second, "deliver")[-1]
    assert (job.queue_name, job.args["patient"]) == ("slow_webhooks", True)
    monkeypatch.undo()
    Webhook.objects.update(slow=False)
    queue_delivery(WebhookDelivery.objects.get(pk=second.pk))
    assert jobs_of(second, "deliver")[-1].queue_name == "webhooks"


def test_a_receiver_that_sends_a_byte_now_and_then_is_cut_off(monkeypatch):
    monkeypatch.setattr(outgoing_calls, "LONGEST", 0.5)
    really = outgoing_calls.is_public_address
    monkeypatch.setattr(outgoing_calls, "is_public_address", lambda a: str(a) == "127.0.0.1" or really(a))
    with dripping() as port, pytest.raises(NotCalled, match="respond in time"):
        post_following_redirects(f"http://127.0.0.1:{port}/", b"{}", {})


def test_a_slow_name_lookup_is_abandoned(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(outgoing_calls, "LONGEST", 0.2)
    monkeypatch.setattr(outgoing_calls.socket, "getaddrinfo", lambda *_all, **_named: until_set(over))
    with pytest.raises(NotCalled, match="respond in time"):
        post_following_redirects("https://example.com/", b"{}", {})
    over.set()


def fail_since(hook: dict, hours: int) -> Webhook:
    Webhook.objects.filter(pk=hook["id"]).update(failing_since=timezone.now() - timedelta(hours=hours))
    return Webhook.objects.get(pk=hook["id"])


@pytest.mark.parametrize(("hours", "active"), [(23, True), (25, False)])
def test_a_day_of_failures_turns_a_webhook_off_and_its_user_is_notified(
    hook, listener, make_lead, ann, hours, active
):
    listener.status = 500
    fail_since(hook, hours)
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    delivery = WebhookDelivery.objects.get()
    deliver(delivery.pk)
    assert Webhook.objects.get().active == active
    assert len(jobs_of(delivery, "deliver_later")) == (1 if active else 0)
    told = [get_notification_sentence(notice) for notice in ann.notifications.all()]
    words = f"The webhook {listener.url} has been turned off because every delivery failed for a day."
    assert told == ([] if active else [words])
    assert not ann.notifications.exclude(path="").exists(), "she may not open the webhook's page"


def test_one_successful_delivery_ends_the_failing(hook, listener, make_lead, ann, program):
    fail_since(hook, 30)
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    assert program.get(f"{HOOKS}/{hook['id']}")["failing_since"]
    deliver(WebhookDelivery.objects.get().pk)
    assert program.get(f"{HOOKS}/{hook['id']}")["failing_since"] is None


@pytest.mark.parametrize("values", [{"active": True}, {"url": "https://example.com/new"}])
def test_a_webhook_that_is_turned_on_or_gets_a_new_url_starts_with_a_clean_record(hook, program, values):
    fail_since(hook, 30)
    assert program.put(f"{HOOKS}/{hook['id']}", values)["failing_since"] is None


def test_a_resent_delivery_gets_all_its_tries_again(hook, listener, make_lead, ann):
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    delivery = WebhookDelivery.objects.get()
    deliver(delivery.pk, tries=6)
    delivery.refresh_from_db()
    queue_redelivery(delivery)
    assert [job.args["tries"] for job in jobs_of(delivery, "deliver")] == [0]

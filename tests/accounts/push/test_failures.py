"""Messages to devices that don't arrive: retries, refusals, ended subscriptions, and addresses that are never called."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import PushDevice, PushMessage
from accounts.push.push_delivery import PAUSES, delete_old_push_messages, send_push
from crm.models import Notification
from crm.platform.web import outgoing_calls
from crm.platform.web.notifications import build_notification_lines
from tests.accounts.push.pushing import a_device, state_of

State = PushMessage.State


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_whose_subscription_has_ended_is_removed_and_its_user_is_told(
    status, remind, device, service, bob
):
    service.status = status
    send_push(remind().pk)
    assert not PushDevice.objects.exists()
    line = build_notification_lines(list(Notification.objects.of_user(bob).filter(kind="push_ended")), bob)[0]
    assert line.words.startswith("Notifications on Firefox, Windows were turned off by the browser.")
    assert line.notification.path == "/profile"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_push_service_is_asked_again_after_growing_pauses(
    status, remind, device, service, stopped_clock
):
    service.status = status
    message, pauses = remind(), []
    for number in range(len(PAUSES) + 1):
        send_push(message.pk)
        assert len(service.heard) == number + 1
        jobs = ProcrastinateJob.objects.filter(task_name="send_push").exclude(scheduled_at=None)
        pauses = [(job.scheduled_at - stopped_clock).total_seconds() for job in jobs.order_by("id")]
    assert pauses == [30, 120, 480, 1920]
    assert {job.lock for job in jobs} == {None}
    assert state_of(message) == (State.DROPPED, status, len(PAUSES) + 1)
    assert PushDevice.objects.exists()


@pytest.mark.parametrize(
    ("asked", "pause"), [("300", 300), ("99999", 3600), ("-1", 30), ("soon", 30), ("9" * 30, 30)]
)
def test_a_push_service_says_how_long_to_wait(asked, pause, remind, device, service, stopped_clock):
    service.status, service.headers = 429, {"Retry-After": asked}
    send_push(remind().pk)
    job = ProcrastinateJob.objects.exclude(scheduled_at=None).get()
    assert (job.scheduled_at - stopped_clock).total_seconds() == pause


def test_a_message_that_would_come_too_late_is_not_tried_again(remind, device, service):
    service.status, service.headers = 503, {"Retry-After": "3600"}
    message = remind()
    Notification.objects.update(at=timezone.now() - timedelta(hours=3, minutes=30))
    send_push(message.pk)
    assert state_of(message) == (State.DROPPED, 503, 1)


def test_a_push_service_that_does_not_answer_is_asked_again(remind, device, service):
    message = remind()
    service.shutdown()
    service.server_close()
    send_push(message.pk)
    assert state_of(message) == (State.WAITING, None, 1)
    assert message.problem == "The connection was refused."


@pytest.mark.parametrize("status", [302, 400, 403, 413])
def test_another_refusal_is_recorded_and_shown_until_a_message_arrives(
    status, remind, device, service, sign_in, bob
):
    service.status, service.headers = status, {"Location": "http://127.0.0.1:1/elsewhere"}
    message = remind()
    send_push(message.pk)
    assert len(service.heard) == 1
    assert state_of(message) == (State.REFUSED, status, 1)
    assert f"(error {status})" in sign_in(bob).get("/profile").text
    service.status = 201
    send_push(remind().pk)
    device.refresh_from_db()
    assert device.refused_with is None


@pytest.mark.parametrize("endpoint", ["http://127.0.0.2/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/", "ftp://x.example/"])  # fmt: skip
def test_no_message_reaches_our_own_network(endpoint, remind, bob, subscriber, service, monkeypatch):
    called = []
    monkeypatch.setattr(
        outgoing_calls.socket, "create_connection", lambda *arguments, **_more: called.append(arguments)
    )
    a_device(bob, subscriber, endpoint)
    message = remind()
    send_push(message.pk)
    assert called == []
    assert state_of(message)[0] == State.WAITING
    assert message.problem


def test_a_message_is_sent_once_even_if_it_is_queued_twice(remind, device, service):
    message = remind()
    send_push(message.pk)
    send_push(message.pk)
    assert len(service.heard) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_sends_a_message(remind, device, service):
    message, service.pause, together = remind(), 0.2, threading.Barrier(2)

    def work() -> None:
        together.wait()
        send_push(message.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(service.heard) == 1
    assert state_of(message) == (State.DELIVERED, 201, 1)


def test_a_message_whose_worker_died_does_not_come_twice(remind, device, service):
    message = remind()
    assert PushMessage.objects.claim(message.pk)
    send_push(message.pk)
    assert service.heard == []


def test_a_device_that_is_removed_during_the_call_stays_removed(remind, device, service, monkeypatch):
    message = remind()
    monkeypatch.setattr(
        "accounts.push.push_delivery.post_once",
        lambda *_parts: device.delete() and outgoing_calls.OutgoingResponse(503, "", ""),
    )
    send_push(message.pk)
    assert not PushMessage.objects.exists()


def test_old_messages_are_removed(remind, device):
    remind()
    PushMessage.objects.update(at=timezone.now() - timedelta(days=8))
    remind()
    assert delete_old_push_messages() == 1

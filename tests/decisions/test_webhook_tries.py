"""When a delivery of a webhook is queued once more, and which scheduled tries there are."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from crm.api.webhooks import webhook_delivery
from crm.api.webhooks.webhook_delivery import (
    delete_expired_deliveries,
    deliver,
    get_next_tries,
    queue_redelivery,
    queue_scheduled_delivery,
    send_operation,
    send_test,
)
from crm.models import WebhookDelivery
from tests.decisions.test_webhook_deliveries import get_jobs, hook, make_operation

__all__ = ["hook"]

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
State = WebhookDelivery.State


@pytest.fixture
def jobs(hook, monkeypatch):
    """Which deliveries are queued, and which jobs are canceled."""
    queued: list[int] = []
    monkeypatch.setattr(
        webhook_delivery, "queue_delivery", lambda delivery, tries=0: queued.append(delivery.pk)
    )
    return queued


@pytest.mark.parametrize("state", ["waiting", "failed", "delivered"])
def test_an_operation_is_sent_once_more_whatever_became_of_it(state, hook, jobs):
    record = make_operation()
    delivery = WebhookDelivery.objects.create(webhook=hook, operation=record, state=state)
    again = send_operation(hook, record)
    delivery.refresh_from_db()
    assert (again, delivery.state, jobs) == (delivery, "waiting", [delivery.pk])


def test_an_operation_that_wasnt_sent_yet_and_a_test_are_queued_once(hook, jobs):
    first, test = send_operation(hook, make_operation()), send_test(hook)
    assert jobs == [first.pk, test.pk]
    assert (test.operation, test.state) == (None, "waiting")


def test_a_scheduled_delivery_is_queued_unless_it_is_gone(hook, monkeypatch):
    queued: list[tuple[int, int]] = []
    monkeypatch.setattr(webhook_delivery, "queue_delivery", lambda one, tries: queued.append((one.pk, tries)))
    WebhookDelivery.objects.create(webhook=hook)
    delivery = WebhookDelivery.objects.create(webhook=hook)
    queue_scheduled_delivery(delivery.pk, 3)
    queue_scheduled_delivery(delivery.pk + 1, 3)
    assert queued == [(delivery.pk, 3)]


def test_only_the_scheduled_tries_of_failed_deliveries_are_next(hook):
    def make(state: str) -> WebhookDelivery:
        return WebhookDelivery.objects.create(webhook=hook, state=state)

    failed, waiting, without, at_once = (make(one) for one in ("failed", "waiting", "failed", "failed"))
    for delivery in (failed, waiting):
        queue_scheduled_delivery.configure(schedule_in={"seconds": 60}).defer(
            delivery_id=delivery.pk, tries=1
        )
    deliver.defer(delivery_id=at_once.pk)
    found = get_next_tries([failed, waiting, without, at_once])
    assert [*found] == [failed.pk]
    assert found[failed.pk] == get_jobs("deliver_later")[0].scheduled_at
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name = 'deliver_later'")
    assert get_next_tries([failed]) == {}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE task_name = 'deliver_later'")
    # Sending it again cancels the scheduled try of this one alone.
    queue_redelivery(failed)
    assert [job.args["delivery_id"] for job in get_jobs("deliver_later")] == [waiting.pk]
    assert failed.state == State.WAITING


@pytest.mark.parametrize("inside", [True, False], ids=["in a transaction", "of a thread of the queue"])
def test_broken_connections_are_only_closed_outside_of_a_transaction(inside, monkeypatch):
    closed: list[bool] = []
    monkeypatch.setattr(webhook_delivery, "connection", SimpleNamespace(in_atomic_block=inside))
    monkeypatch.setattr(webhook_delivery, "close_old_connections", lambda: closed.append(True))
    webhook_delivery._close_broken_connections()
    assert closed == ([] if inside else [True])


def test_how_many_expired_deliveries_are_deleted(hook):
    for days in (1, 400, 500):
        delivery = WebhookDelivery.objects.create(webhook=hook)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(at=timezone.now() - days * DAY)
    assert delete_expired_deliveries() == 2
    assert WebhookDelivery.objects.count() == 1

"""Webhooks: an operation is told to the addresses that want it, signed, and again with longer pauses until it arrives.

That an operation is to be told is queued in its own transaction: rolled back, nobody hears of it. The queue is another
one than that of the jobs, so that a slow address holds nobody up.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.api.outgoing import NotCalled, post
from crm.jobs.housekeeping import every_hour
from crm.models import Operation, Webhook, WebhookDelivery
from crm.records.change import FOLLOWERS

QUEUE = "webhooks"
# Again after 4 s, 16 s, 1, 4 and 17 minutes, an hour, and four and a half.
RETRIES = RetryStrategy(max_attempts=7, exponential_wait=4)

# What is said of an operation to a user; None where they do not see it. The app that knows leads sets it.
Say = Callable[[Operation, Any], dict[str, Any] | None]
SAY: list[Say] = []


class NotDelivered(Exception):
    """It is tried again later."""


def follow(record: Operation) -> None:
    if Webhook.objects.active().exists():
        tell_of.defer(operation_id=record.pk)


FOLLOWERS.append(follow)


@app.task(queue=QUEUE, name="tell_of", retry=RETRIES)
def tell_of(operation_id: int) -> None:
    """Queue a delivery to each webhook that wants this operation. Done twice, it adds none."""
    _let_go_of_broken_connections()
    with transaction.atomic():
        record = Operation.objects.select_related("by", "undoes").filter(pk=operation_id).first()
        if record is None:
            return
        for webhook in Webhook.objects.active().order_by("pk"):
            if webhook.kinds and record.kind not in webhook.kinds:
                continue
            delivery, made = WebhookDelivery.objects.get_or_create(webhook=webhook, operation=record)
            if made:
                deliver.defer(delivery_id=delivery.pk)


@app.task(queue=QUEUE, name="deliver", retry=RETRIES)
def deliver(delivery_id: int) -> None:
    """Send it, and note what came of it. Raises NotDelivered for the queue to try again."""
    _let_go_of_broken_connections()
    delivery = (
        WebhookDelivery.objects.select_related("webhook", "operation__by").filter(pk=delivery_id).first()
    )
    if delivery is None or delivery.state == WebhookDelivery.State.DELIVERED:
        return
    webhook = delivery.webhook
    said = _said(delivery)
    if said is None:
        # Of what was tried before, the log stays.
        if not delivery.attempts:
            delivery.delete()
        return
    begun, delivery.status, delivery.problem = time.monotonic(), None, ""
    try:
        with translation.override("en"):
            delivery.status = post(*signed(webhook, delivery, said))
    except NotCalled as error:
        delivery.problem = str(error)
    delivery.milliseconds = round((time.monotonic() - begun) * 1000)
    delivery.attempts += 1
    arrived = delivery.status is not None and 200 <= delivery.status < 300
    delivery.state = WebhookDelivery.State.DELIVERED if arrived else WebhookDelivery.State.FAILED
    delivery.save()
    if not arrived:
        raise NotDelivered(delivery_id)


def _said(delivery: WebhookDelivery) -> dict[str, Any] | None:
    """What it says; None where its webhook is off or its user may not know."""
    webhook = delivery.webhook
    user = get_user_model()._default_manager.active().with_rights().filter(pk=webhook.user_id).first()
    if user is None or not webhook.active:
        return None
    return SAY[0](delivery.operation, user) if delivery.operation else {"event": "test"}


def send_test(webhook: Webhook) -> WebhookDelivery:
    """Queue a delivery that tells of nothing."""
    delivery = WebhookDelivery.objects.create(webhook=webhook)
    deliver.defer(delivery_id=delivery.pk)
    return delivery


def send_again(delivery: WebhookDelivery) -> None:
    """Queue it whatever became of it, with all its tries anew; one that waits for its time gives way."""
    for job in _waiting([delivery.pk]):
        app.job_manager.cancel_job_by_id(job.pk, delete_job=True)
    delivery.state = WebhookDelivery.State.WAITING
    delivery.save(update_fields=["state"])
    deliver.defer(delivery_id=delivery.pk)


def next_tries(deliveries: Iterable[WebhookDelivery]) -> dict[int, datetime]:
    """When those of them that failed are tried again, by their id; the others are not in it."""
    failed = [row.pk for row in deliveries if row.state == WebhookDelivery.State.FAILED]
    return {job.args["delivery_id"]: job.scheduled_at for job in _waiting(failed) if job.scheduled_at}


def _waiting(ids: list[int]) -> QuerySet[ProcrastinateJob]:
    jobs = ProcrastinateJob.objects.filter(queue_name=QUEUE, task_name="deliver", status="todo")
    return jobs.filter(args__delivery_id__in=ids)


def signed(
    webhook: Webhook, delivery: WebhookDelivery, said: dict[str, Any]
) -> tuple[str, bytes, dict[str, str]]:
    """Address, body and headers. The signature is the HMAC-SHA256 of moment, dot and body with the webhook's secret."""
    body = json.dumps({"delivery": delivery.pk, **said}, ensure_ascii=False).encode()
    moment = str(int(time.time()))
    signature = hmac.new(webhook.secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Leadwell",
        "Leadwell-Delivery": str(delivery.pk),
        "Leadwell-Signature": f"t={moment},v1={signature}",
    }
    return webhook.url, body, headers


def _let_go_of_broken_connections() -> None:
    """The threads of the queue live long; the database may have been started anew since."""
    if not connection.in_atomic_block:
        close_old_connections()


@every_hour
def deliveries_of_webhooks() -> int:
    return WebhookDelivery.objects.expired().delete()[0]

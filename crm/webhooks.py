"""Webhooks: an operation is told to the addresses that want it, signed, and again with longer pauses until it arrives.

That an operation is to be told is queued in its own transaction: rolled back, nobody hears of it. The queue is another
one than that of the jobs, so that a slow address holds nobody up.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import User
from crm.change import FOLLOWERS
from crm.housekeeping import every_hour
from crm.models import Operation, Webhook, WebhookDelivery
from crm.outgoing import NotCalled, post

QUEUE = "webhooks"
# Again after 4 s, 16 s, 1, 4 and 17 minutes, an hour, and four and a half.
RETRIES = RetryStrategy(max_attempts=8, exponential_wait=4)

# What is said of an operation to a user; None where they do not see it. The app that knows leads sets it.
Say = Callable[[Operation, User], dict[str, Any] | None]
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
    user = User.objects.active().with_rights().filter(pk=webhook.user_id).first()
    said = SAY[0](delivery.operation, user) if user and webhook.active else None
    if said is None:
        delivery.delete()
        return
    begun, delivery.status, delivery.problem = time.monotonic(), None, ""
    try:
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

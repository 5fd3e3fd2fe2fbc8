"""Webhooks: operations are sent to the URLs that subscribed to them, signed, and retried with growing pauses.

A delivery is queued in the operation's own transaction: if it is rolled back, nothing is sent. This queue is separate
from the job queue, so a slow receiver doesn't block other work. A webhook gets one call at a time, webhooks take turns,
and those whose last call failed or was slow have a separate queue.
"""

import json
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import close_old_connections, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Change, Operation, Webhook, WebhookDelivery
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.web.notifications import create_notification, register_notice_kind
from crm.platform.web.outgoing_calls import NotCalled, post_following_redirects
from crm.platform.web.signed_bodies import build_signature_headers

QUEUE, SLOW_QUEUE = "webhooks", "slow_webhooks"
# Seconds until the next try: 4 s, 16 s, 1, 4 and 17 minutes, an hour, and four and a half.
PAUSES = [4**number for number in range(1, 8)]
# Calls that take more milliseconds are slow.
SLOW = 2_000
OFF_AFTER = timedelta(days=1)
# A webhook with this many waiting deliveries or more comes last.
MOST_COUNTED = 1_000
# Only for errors on our side, such as a lost database connection: failed deliveries have their own pauses.
RETRIES = RetryStrategy(max_attempts=4, exponential_wait=4)

# The content for a user; None if they can't see the operation.
Say = Callable[[Operation, Any], dict[str, Any] | None]
SAY: list[Say] = []


def queue_operation(record: Operation) -> None:
    """A private operation is sent to no program, not even to those of its user."""
    if not record.is_private and _has_active_webhook():
        queue_deliveries_of_operation.defer(operation_id=record.pk)


def _has_active_webhook() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(*_get_active_webhook_sql())
        return cursor.fetchone() is not None


@cache
def _get_active_webhook_sql() -> tuple[str, tuple]:
    """The query for an active webhook. Every operation asks, and building it again takes longer than running it."""
    return Webhook.objects.active().values("pk")[:1].query.sql_with_params()


@app.task(queue=QUEUE, name="tell_of", retry=RETRIES)
def queue_deliveries_of_operation(operation_id: int) -> None:
    """Queue a delivery to each webhook that subscribed to this operation. Running this twice adds none."""
    _close_broken_connections()
    with transaction.atomic():
        record = Operation.objects.select_related("by", "undoes").filter(pk=operation_id).first()
        if record is None or not has_effect(record):
            return
        for webhook in Webhook.objects.active().order_by("pk"):
            if webhook.kinds and record.kind not in webhook.kinds:
                continue
            delivery, made = WebhookDelivery.objects.get_or_create(webhook=webhook, operation=record)
            if made:
                queue_delivery(delivery)


def has_effect(record: Operation) -> bool:
    """An operation without a record set, such as a new exchange rate, always changes something."""
    if record.changed or not (record.table or record.matched):
        return True
    return Change.objects.of_operation_in_any_table(record).exists()


def queue_delivery(delivery: WebhookDelivery, tries: int = 0) -> None:
    """The lock allows one call to a webhook at a time; its second delivery comes after the first ones of others."""
    webhook, lock = delivery.webhook, f"webhook {delivery.webhook_id}"
    waiting = ProcrastinateJob.objects.filter(lock=lock, status="todo")[:MOST_COUNTED].count()
    lane = SLOW_QUEUE if webhook.slow else QUEUE
    ready = deliver.configure(queue=lane, lock=lock, priority=-waiting)
    ready.defer(delivery_id=delivery.pk, patient=webhook.slow, tries=tries)


@app.task(queue=QUEUE, name="deliver", retry=RETRIES)
def deliver(delivery_id: int, patient: bool = False, tries: int = 0) -> None:
    """Send the delivery, record the result, and after `tries` tries schedule the next one.

    Only the slow queue is `patient` with a slow webhook.
    """
    _close_broken_connections()
    delivery = (
        WebhookDelivery.objects.select_related("webhook", "operation__by").filter(pk=delivery_id).first()
    )
    if delivery is None or delivery.state == WebhookDelivery.State.DELIVERED:
        return
    if delivery.webhook.slow and not patient:
        queue_delivery(delivery, tries)
        return
    said = build_content(delivery.webhook, delivery.operation)
    if said is None:
        # Deliveries that were already tried stay in the log.
        if not delivery.attempts:
            delivery.delete()
        return
    _call_webhook(delivery, said)
    with transaction.atomic():
        _save_result(delivery, tries)


@app.task(queue=QUEUE, name="deliver_later", retry=RETRIES)
def queue_scheduled_delivery(delivery_id: int, tries: int) -> None:
    """A scheduled job has no lock, or it would block all later deliveries of its webhook."""
    _close_broken_connections()
    with transaction.atomic():
        delivery = WebhookDelivery.objects.select_related("webhook").filter(pk=delivery_id).first()
        if delivery is not None:
            queue_delivery(delivery, tries)


def _call_webhook(delivery: WebhookDelivery, said: dict[str, Any]) -> None:
    begun, delivery.status, delivery.problem = time.monotonic(), None, ""
    try:
        with translation.override("en"):
            delivery.status = post_following_redirects(*build_signed_call(delivery.webhook, delivery, said))
    except NotCalled as error:
        delivery.problem = str(error)
    delivery.milliseconds = round((time.monotonic() - begun) * 1000)
    delivery.attempts += 1
    arrived = delivery.status is not None and 200 <= delivery.status < 300
    delivery.state = WebhookDelivery.State.DELIVERED if arrived else WebhookDelivery.State.FAILED


def _save_result(delivery: WebhookDelivery, tries: int) -> None:
    """Save the log, the next try, and the state of the webhook, which may have been changed or deleted during the call."""
    webhook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
    if webhook is None:
        return
    delivery.save()
    failed, now = delivery.state == WebhookDelivery.State.FAILED, timezone.now()
    webhook.slow = failed or (delivery.milliseconds or 0) > SLOW
    since = webhook.failing_since or now
    webhook.failing_since = since if failed else None
    if failed and webhook.active and now - since >= OFF_AFTER:
        webhook.active = False
        _notify_of_end(webhook)
    webhook.save(update_fields=["slow", "failing_since", "active"])
    if failed and webhook.active and tries < len(PAUSES):
        later = queue_scheduled_delivery.configure(schedule_in={"seconds": PAUSES[tries]})
        later.defer(delivery_id=delivery.pk, tries=tries + 1)


def _notify_of_end(webhook: Webhook) -> None:
    user = get_user_model()._default_manager.with_rights().get(pk=webhook.user_id)
    path = reverse("webhook", args=[webhook.pk]) if user.has_perm("crm.view_webhook") else ""
    create_notification(user, "webhook_off", url=webhook.url, path=path)


@register_notice_kind("webhook_off")
def _describe_webhook_off(values: dict) -> str:
    return _("The webhook %(url)s has been turned off because every delivery failed for a day.")


def build_content(webhook: Webhook, record: Operation | None) -> dict[str, Any] | None:
    """What the webhook is sent of an operation, or as a test; None if it is off or its user may not see the operation."""
    user = get_user_model()._default_manager.active().with_rights().filter(pk=webhook.user_id).first()
    if user is None or not webhook.active:
        return None
    return SAY[0](record, user) if record else {"event": "test"}


def send_test(webhook: Webhook) -> WebhookDelivery:
    """Queue a test delivery without an operation."""
    delivery = WebhookDelivery.objects.create(webhook=webhook)
    queue_delivery(delivery)
    return delivery


def send_operation(webhook: Webhook, record: Operation) -> WebhookDelivery:
    """Queue the delivery of an operation, whatever became of it before. It keeps its number, so a receiver that had it
    knows that."""
    delivery, made = WebhookDelivery.objects.get_or_create(webhook=webhook, operation=record)
    if made:
        queue_delivery(delivery)
    else:
        queue_redelivery(delivery)
    return delivery


def queue_redelivery(delivery: WebhookDelivery) -> None:
    """Queue the delivery whatever its result was, with all its tries; a scheduled try is canceled."""
    for job in _get_waiting_jobs([delivery.pk]):
        app.job_manager.cancel_job_by_id(job.pk, delete_job=True)
    delivery.state = WebhookDelivery.State.WAITING
    delivery.save(update_fields=["state"])
    queue_delivery(delivery)


def get_next_tries(deliveries: Iterable[WebhookDelivery]) -> dict[int, datetime]:
    """The time of the next try of failed deliveries, by ID; others aren't included."""
    failed = [row.pk for row in deliveries if row.state == WebhookDelivery.State.FAILED]
    return {
        job.args["delivery_id"]: job.scheduled_at for job in _get_waiting_jobs(failed) if job.scheduled_at
    }


def _get_waiting_jobs(ids: list[int]) -> QuerySet[ProcrastinateJob]:
    jobs = ProcrastinateJob.objects.filter(task_name__in=["deliver", "deliver_later"], status="todo")
    return jobs.filter(args__delivery_id__in=ids)


def build_signed_call(
    webhook: Webhook, delivery: WebhookDelivery, said: dict[str, Any]
) -> tuple[str, bytes, dict[str, str]]:
    """URL, body, and headers. The signature is the HMAC-SHA256 of timestamp, dot, and body with the webhook's secret."""
    body = json.dumps({"delivery": delivery.pk, **said}, ensure_ascii=False).encode()
    return webhook.url, body, build_signature_headers(webhook.secret, str(delivery.pk), body)


def _close_broken_connections() -> None:
    """The queue's threads live long; the database may have been restarted since."""
    if not connection.in_atomic_block:
        close_old_connections()


@every_hour
def delete_expired_deliveries() -> int:
    return WebhookDelivery.objects.expired().delete()[0]

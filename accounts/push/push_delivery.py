"""Notifications on the devices of users: what is queued for which device, and how the worker sends it.

A notification that was made in a transaction queues one message per device in it. The worker writes the text when it
sends it, so it is in the language of the user and says nothing that they no longer see.
"""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import Absence, PushDevice, PushMessage, User
from crm.api.webhooks.webhook_delivery import QUEUE
from crm.models import Notification
from crm.platform.configuration.company import get_company_language
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.push.push_encryption import decode_base64url, encrypt_message
from crm.platform.push.vapid_signature import build_authorization_header, is_ours
from crm.platform.web.notifications import (
    NOTICE_KINDS,
    PushDelivery,
    build_notification_lines,
    create_notification,
)
from crm.platform.web.outgoing_calls import NotCalled, OutgoingResponse, post_once

# Seconds until the next try, if a push service is busy or doesn't answer: half a minute, 2, 8, and 32 minutes.
PAUSES = [30 * 4**number for number in range(4)]
LONGEST_PAUSE = 60 * 60
# A notification shows no more of a sentence.
LONGEST_TEXT = 500
GONE, BUSY = (404, 410), 429
# Only for errors on our side, such as a lost database connection.
RETRIES = RetryStrategy(max_attempts=4, exponential_wait=4)


def queue_push_messages(notification: Notification) -> None:
    """Queue the messages for the devices on which its user wants to see such a notification."""
    push = _get_push(notification)
    if push is None or not settings.PUSH:
        return
    devices = PushDevice.objects.wanting(notification.user, push.of).order_by("pk")
    for device in devices:
        message = PushMessage.objects.create(device=device, notification=notification)
        # One call at a time for each user, so slow devices of one don't delay those of others.
        queue = send_push.configure(queue=QUEUE, lock=f"push {device.user_id}")
        queue.defer(message_id=message.pk)


@app.task(queue=QUEUE, name="send_push", retry=RETRIES)
def send_push(message_id: int) -> None:
    """Send a message that is still waiting; after a failure, schedule the next try."""
    if not connection.in_atomic_block:
        close_old_connections()
    if not PushMessage.objects.claim(message_id):
        return
    message = PushMessage.objects.select_related("device", "notification").filter(pk=message_id).first()
    if message is None:
        # The device was removed in this moment.
        return
    user = User.objects.with_rights().get(pk=message.device.user_id)
    push = _get_push(message.notification)
    # How long the notification is still worth showing.
    left = message.notification.at + push.lasts - timezone.now() if push else timedelta()
    if push is None or left <= timedelta() or not _is_wanted(message, push, user):
        _save_state(message, state=PushMessage.State.DROPPED)
        return
    response = None
    try:
        response = post_once(*build_push_request(message, push, user, left))
    except NotCalled as error:
        message.problem = str(error)[:200]
    with transaction.atomic():
        _save_answer(message, response, left)


def _get_push(notification: Notification) -> PushDelivery | None:
    kind = NOTICE_KINDS.get(notification.kind)
    return kind.push if kind else None


def _is_wanted(message: PushMessage, push: PushDelivery, user: User) -> bool:
    """Not if its user has read it, turned it off or left since; and no reminders while they are away, as with emails."""
    notification = message.notification
    if not settings.PUSH or notification.read_at or notification.user_id != user.pk:
        return False
    # A secret key of the installation has been replaced, so the push service wouldn't take the message from us.
    if not is_ours(message.device.server_key):
        return False
    if not PushDevice.objects.wanting(user, push.of).filter(pk=message.device_id).exists():
        return False
    if push.still and not push.still(notification, user):
        return False
    today = timezone.localdate(timezone=user.zone)
    return push.of != "reminders" or not Absence.objects.of_user(user).on(today).exists()


def build_push_request(
    message: PushMessage, push: PushDelivery, user: User, left: timedelta
) -> tuple[str, bytes, dict[str, str]]:
    """URL, body and headers of the call (RFC 8030)."""
    device = message.device
    text = json.dumps(build_push_content(message.notification, push, user), ensure_ascii=False).encode()
    headers = {
        "Authorization": build_authorization_header(device.endpoint, device.server_key),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(left.total_seconds())),
        "Topic": push.topic or f"notification-{message.notification_id}",
        "Urgency": push.urgency,
        "User-Agent": "Leadwell",
    }
    return (
        device.endpoint,
        encrypt_message(text, decode_base64url(device.browser_key), decode_base64url(device.secret)),
        headers,
    )


def build_push_content(notification: Notification, push: PushDelivery, user: User) -> dict[str, Any]:
    """What the service worker shows: a title, the sentence of the notification, and the page that a click opens."""
    language = user.language or get_company_language()
    with translation.override(language), timezone.override(user.zone):
        (line,) = build_notification_lines([notification], user)
        return {
            "title": _("Mention") if push.of == "mentions" else _("Reminder"),
            "body": line.words[:LONGEST_TEXT],
            "path": notification.path or "/notifications",
            "tag": f"notification-{notification.pk}",
            "lang": language,
        }


def _save_answer(message: PushMessage, response: OutgoingResponse | None, left: timedelta) -> None:
    """Save the answer: the device is removed if its browser ended the subscription, and a busy service is asked again."""
    # The user may have removed the device during the call.
    device = PushDevice.objects.select_for_update().filter(pk=message.device_id).first()
    if device is None:
        return
    message.attempts += 1
    message.status = response.status if response else None
    if response is None or response.status == BUSY or response.status >= 500:
        _schedule_retry(message, response, left)
    elif response.status in GONE:
        device.delete()
        create_notification(message.notification.user, "push_ended", device=device.name, path="/profile")
    elif 200 <= response.status < 300:
        device.last_used_at, device.refused_with = timezone.now(), None
        device.save(update_fields=["last_used_at", "refused_with"])
        _save_state(message, state=PushMessage.State.DELIVERED)
    else:
        device.refused_with = response.status
        device.save(update_fields=["refused_with"])
        _save_state(message, state=PushMessage.State.REFUSED)


def _schedule_retry(message: PushMessage, response: OutgoingResponse | None, left: timedelta) -> None:
    """After a pause, if the notification is still of use then. A service may ask for a longer one (RFC 9110, 10.2.3)."""
    wished = response.wait_seconds if response else 0
    tries = message.attempts - 1
    pause = max(PAUSES[tries], min(wished, LONGEST_PAUSE)) if tries < len(PAUSES) else None
    if pause is None or timedelta(seconds=pause) >= left:
        _save_state(message, state=PushMessage.State.DROPPED)
        return
    _save_state(message, state=PushMessage.State.WAITING)
    # Without a lock: a scheduled job with one would block later messages.
    send_push.configure(queue=QUEUE, schedule_in={"seconds": pause}).defer(message_id=message.pk)


def _save_state(message: PushMessage, *, state: str) -> None:
    values = {"attempts": message.attempts, "status": message.status, "problem": message.problem}
    PushMessage.objects.filter(pk=message.pk).update(state=state, **values)


@every_hour
def delete_old_push_messages() -> int:
    return PushMessage.objects.old().delete()[0]

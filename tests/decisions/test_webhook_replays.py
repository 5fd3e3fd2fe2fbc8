"""Which operations are sent to webhooks, and from which moment on a replay is proposed and allowed."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.api.webhooks import replay, webhook_delivery
from crm.api.webhooks.replay import ReplayCounts, check_start, get_proposed_start
from crm.api.webhooks.webhook_delivery import queue_operation
from crm.models import Operation, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, 30, 40, 5, tzinfo=timezone.get_default_timezone())
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# The log of deliveries goes back so long.
KEPT = 30 * DAY


@pytest.fixture
def webhook(ann, monkeypatch) -> Webhook:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr(replay, "get_retention_period", lambda name: {"deliveries": KEPT}[name])
    return Webhook.objects.create(user=ann, url="https://a.example")


# When the webhook was made, and its deliveries: how long ago each operation was, and its state; and how long ago the proposal is.
PROPOSED: dict[str, tuple[timedelta, list[tuple[timedelta, str]], timedelta]] = {
    "nothing was sent": (9 * DAY, [], DAY),
    "a new webhook": (3 * HOUR, [], 3 * HOUR),
    "everything arrived": (9 * DAY, [(5 * DAY, "delivered")], DAY),
    "one that failed": (9 * DAY, [(5 * DAY, "failed")], 5 * DAY),
    "the first of several": (9 * DAY, [(6 * DAY, "failed"), (5 * DAY, "failed"), (HOUR, "failed")], 6 * DAY),
    "one that waits": (9 * DAY, [(5 * DAY, "waiting")], DAY),
    "one that failed before the log begins": (90 * DAY, [(31 * DAY, "failed")], KEPT - MINUTE),
}


@pytest.mark.parametrize(("age", "deliveries", "ago"), PROPOSED.values(), ids=PROPOSED)
def test_from_when_on_a_replay_is_proposed(age, deliveries, ago, webhook):
    webhook.created_at = NOW - age
    for since, state in deliveries:
        record = Operation.objects.create(kind="test", at=NOW - since)
        WebhookDelivery.objects.create(webhook=webhook, operation=record, state=state)
    found = get_proposed_start(webhook)
    # The rest of a minute is left out, but for the beginning of the log.
    expected = NOW - ago
    assert found == (expected if ago == KEPT - MINUTE else expected.replace(second=0, microsecond=0))
    check_start(found)


# How long ago a replay begins, and the beginning of the sentence that refuses it.
STARTS = {
    "now": (timedelta(), ""),
    "in a moment": (-timedelta.resolution, "Enter a time in the past"),
    "as far as the log goes back": (KEPT, ""),
    "a moment earlier": (KEPT + timedelta.resolution, "The log of deliveries goes back to"),
}


@pytest.mark.parametrize(("ago", "refusal"), STARTS.values(), ids=STARTS)
def test_from_when_on_a_replay_is_allowed(ago, refusal, webhook):
    if refusal:
        with pytest.raises(ValidationError, match=refusal):
            check_start(NOW - ago)
    else:
        check_start(NOW - ago)


@pytest.mark.parametrize(("everything", "count"), [(False, 30), (True, 70)])
def test_how_many_changes_a_replay_sends_at_most(everything, count, monkeypatch):
    counts = ReplayCounts(unsent=10, failed=20, waiting=30, delivered=40)
    assert counts.count_sent(everything=everything) == count
    monkeypatch.setattr(replay, "MOST_REPLAYED", 25)
    assert counts.count_sent(everything=everything) == 25


# Whether an operation is private, whether there is an active webhook, and whether deliveries are queued.
QUEUED = {
    "an active webhook": (False, True, True),
    "a private operation": (True, True, False),
    "no active webhook": (False, False, False),
    "neither": (True, False, False),
}


@pytest.mark.parametrize(("is_private", "is_active", "is_queued"), QUEUED.values(), ids=QUEUED)
def test_which_operations_are_sent(is_private, is_active, is_queued, webhook, monkeypatch):
    Webhook.objects.filter(pk=webhook.pk).update(active=is_active)
    queued: list[dict[str, Any]] = []
    task = SimpleNamespace(defer=lambda **values: queued.append(values))
    monkeypatch.setattr(webhook_delivery, "queue_deliveries_of_operation", task)
    record: Any = SimpleNamespace(pk=5, is_private=is_private)
    queue_operation(record)
    assert queued == ([{"operation_id": 5}] if is_queued else [])

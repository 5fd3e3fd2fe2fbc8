"""What webhooks are sent, when a delivery is tried again and in which queue, and when a webhook is turned off."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.api.webhooks import webhook_delivery
from crm.api.webhooks.webhook_delivery import (
    build_content,
    build_signed_call,
    deliver,
    has_effect,
    queue_deliveries_of_operation,
    queue_delivery,
    queue_scheduled_delivery,
)
from crm.models import Notification, Operation, Webhook, WebhookDelivery
from crm.platform.web.outgoing_calls import NotCalled
from crm.records.history.verb_execution import operation
from leads.models import Lead

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 12, 30, tzinfo=timezone.get_default_timezone())
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
State = WebhookDelivery.State


@pytest.fixture
def hook(ada) -> Webhook:
    """Ada’s webhook, and one of Ada’s before it, which gets nothing of it."""
    Webhook.objects.create(user=ada, url="https://first.example", active=False)
    return Webhook.objects.create(user=ada, url="https://a.example", secret="s")


def make_operation(**values: Any) -> Operation:
    return Operation.objects.create(**{"kind": "move", "table": "lead", "matched": 1, "changed": 1, **values})


def get_jobs(task: str = "deliver") -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=task).order_by("id"))


def test_the_pauses_between_tries_and_the_tries_of_the_queue_itself():
    assert webhook_delivery.PAUSES == [4, 16, 64, 256, 1_024, 4_096, 16_384]
    assert webhook_delivery.OFF_AFTER == DAY
    retries = webhook_delivery.RETRIES
    assert (retries.max_attempts, retries.exponential_wait) == (4, 4)


# Whether an operation has an effect: its values, and whether it has changed a row.
EFFECTS: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "records that were changed": ({"table": "lead", "matched": 2, "changed": 1}, False, True),
    "records of which none was changed": ({"table": "lead", "matched": 2, "changed": 0}, False, False),
    "other rows that were changed beside them": ({"table": "lead", "matched": 2, "changed": 0}, True, True),
    "a type without records": ({"table": "lead", "matched": 0, "changed": 0}, False, False),
    "records of no one type": ({"table": "", "matched": 1, "changed": 0}, False, False),
    "a setting": ({"table": "", "matched": 0, "changed": 0}, False, True),
}


@pytest.mark.parametrize(("values", "row", "effect"), EFFECTS.values(), ids=EFFECTS)
def test_which_operations_have_an_effect(values, row, effect, make_lead):
    lead, record = make_lead(), make_operation(**values)
    with operation("test", by=None) as done:
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")
    if row:
        record = done
        for name, value in values.items():
            setattr(record, name, value)
    assert has_effect(record) is effect


# What is so of the webhook, the operation, and whether it is sent.
WANTED: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "every kind": ({}, {}, True),
    "its kind": ({"kinds": ["merge", "move"]}, {}, True),
    "other kinds": ({"kinds": ["merge"]}, {}, False),
    "a webhook that is off": ({"active": False}, {}, False),
    "an operation without an effect": ({}, {"changed": 0}, False),
    "an operation without an effect, of its kind": ({"kinds": ["move"]}, {"changed": 0}, False),
}


@pytest.mark.parametrize(("values", "of", "sent"), WANTED.values(), ids=WANTED)
def test_which_webhook_gets_an_operation_once(values, of, sent, hook):
    Webhook.objects.filter(pk=hook.pk).update(**values)
    make_operation(kind="first")
    record = make_operation(**of)
    for _twice in range(2):
        queue_deliveries_of_operation(record.pk)
        found = WebhookDelivery.objects.values_list("webhook", "operation", "state")
        assert list(found) == ([(hook.pk, record.pk, "waiting")] if sent else [])
        ids = [WebhookDelivery.objects.get().pk] if sent else []
        assert [job.args["delivery_id"] for job in get_jobs()] == ids


def test_an_operation_that_is_gone_is_sent_to_no_one_and_the_oldest_webhook_is_first(hook, ann):
    queue_deliveries_of_operation(make_operation().pk + 1)
    assert not WebhookDelivery.objects.exists()
    second = Webhook.objects.create(user=ann, url="https://b.example")
    queue_deliveries_of_operation(make_operation().pk)
    found = WebhookDelivery.objects.order_by("pk").values_list("webhook", flat=True)
    assert list(found) == [hook.pk, second.pk]


# Whether the webhook is slow, the jobs that there are, and how many of them count.
WAITING: dict[str, tuple[bool, list[tuple[str, str]], int]] = {
    "none": (False, [], 0),
    "some of its own": (False, [("own", "todo"), ("own", "todo")], 2),
    "some of another one": (False, [("other", "todo"), ("own", "todo")], 1),
    "some that are done": (False, [("own", "succeeded"), ("own", "failed")], 0),
    "of a slow webhook": (True, [("own", "todo")], 1),
}


@pytest.mark.parametrize(("slow", "jobs", "counted"), WAITING.values(), ids=WAITING)
def test_the_turn_of_a_delivery(slow, jobs, counted, hook, monkeypatch):
    made: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def configure(**values: Any) -> Any:
        return SimpleNamespace(defer=lambda **told: made.append((values, told)))

    monkeypatch.setattr(webhook_delivery, "ProcrastinateJob", _FakeJobs(jobs, hook))
    monkeypatch.setattr(deliver, "configure", configure)
    hook.slow = slow
    delivery = WebhookDelivery.objects.create(webhook=hook)
    queue_delivery(delivery)
    queue_delivery(delivery, 3)
    queue = "slow_webhooks" if slow else "webhooks"
    ready = {"queue": queue, "lock": f"webhook {hook.pk}", "priority": -counted}
    told = {"delivery_id": delivery.pk, "patient": slow}
    assert made == [(ready, told | {"tries": 0}), (ready, told | {"tries": 3})]


class _FakeJobs:
    """The jobs of the queue, whose table only the queue writes."""

    def __init__(self, jobs: list[tuple[str, str]], hook: Webhook) -> None:
        self.objects = self
        self.rows = [(f"webhook {hook.pk if whose == 'own' else 0}", status) for whose, status in jobs]

    def filter(self, **wanted: str) -> "_FakeJobs":
        found = _FakeJobs([], Webhook())
        places = {"lock": 0, "status": 1}
        found.rows = [
            row for row in self.rows if all(row[places[name]] == one for name, one in wanted.items())
        ]
        return found

    def __getitem__(self, part: slice) -> "_FakeJobs":
        assert part == slice(None, 1_000)
        return self

    def count(self) -> int:
        return len(self.rows)


class Call(NamedTuple):
    """What is so of the delivery, its webhook and how it is called; the answer, whether it is called; how many tries it has then, its state, or "" if
    it is gone."""

    state: str = "waiting"
    attempts: int = 0
    answer: Any = 200
    seen: bool = True
    slow: bool = False
    patient: bool = False
    called: bool = True
    after: int = 1
    becomes: str = "delivered"


CALLS = {
    "it arrives": Call(),
    "it arrives without content": Call(answer=204),
    "the last status that is good": Call(answer=299),
    "a redirect": Call(answer=300, becomes="failed"),
    "a status below": Call(answer=199, becomes="failed"),
    "an error": Call(answer=500, becomes="failed"),
    "no answer": Call(answer=NotCalled("No answer"), becomes="failed"),
    "it failed before": Call(state="failed", attempts=2, after=3),
    "it was delivered": Call(state="delivered", attempts=1, called=False),
    "its webhook is slow": Call(slow=True, called=False, after=0, becomes="waiting"),
    "its webhook is slow, in the queue of such": Call(slow=True, patient=True),
    "in the queue of slow ones": Call(patient=True),
    "its user doesn't see the operation": Call(seen=False, called=False, becomes=""),
    "its user doesn't see the operation any more": Call(
        "failed", 2, seen=False, called=False, after=2, becomes="failed"
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_becomes_of_a_delivery(call, hook, monkeypatch):
    calls: list[tuple[str, str]] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        calls.append((url, translation.get_language()))
        if isinstance(call.answer, Exception):
            raise call.answer
        return call.answer

    moments = iter([100.0, 100.25])
    monkeypatch.setattr(webhook_delivery, "post_following_redirects", post)
    monkeypatch.setattr(
        webhook_delivery, "build_content", lambda webhook, record: {"a": 1} if call.seen else None
    )
    Webhook.objects.filter(pk=hook.pk).update(slow=call.slow)
    WebhookDelivery.objects.create(webhook=hook, state="failed")
    delivery = WebhookDelivery.objects.create(
        webhook=hook, operation=make_operation(), state=call.state, attempts=call.attempts
    )
    monkeypatch.setattr(webhook_delivery, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    with translation.override("ro"):
        deliver(delivery.pk, **({"patient": True} if call.patient else {}))
    assert calls == ([("https://a.example", "en")] if call.called else [])
    found = WebhookDelivery.objects.filter(pk=delivery.pk).first()
    assert (found.state if found else "") == call.becomes
    if found is None:
        return
    assert found.attempts == call.after
    if call.called:
        assert found.milliseconds == 250
        assert found.status == (call.answer if isinstance(call.answer, int) else None)
        assert found.problem == ("No answer" if found.status is None else "")
    again = [(job.queue_name, job.args["tries"]) for job in get_jobs()]
    assert again == ([("slow_webhooks", 0)] if call.slow and not call.patient else [])


class Result(NamedTuple):
    """The state of the delivery, how long its call took, how long the webhook has failed and whether it is on, the number of tries; whether it is
    slow, failing and on then, and the next try."""

    state: str = "failed"
    took: int | None = 10
    failing: timedelta | None = None
    active: bool = True
    tries: int = 0
    slow: bool = True
    since: timedelta | None = timedelta()
    on: bool = True
    later: tuple[int, int] | None = (4, 1)


GOOD = {"state": "delivered", "slow": False, "since": None, "later": None}
RESULTS = {
    "it arrived": Result(**GOOD),
    "it arrived after failures": Result(**GOOD | {"failing": 2 * DAY}),
    "it arrived late": Result(**GOOD | {"took": 2_001, "slow": True}),
    "it arrived just in time": Result(**GOOD | {"took": 2_000}),
    "its time isn't known": Result(**GOOD | {"took": None}),
    "it arrived at a webhook that is off": Result(**GOOD | {"active": False, "on": False}),
    "it failed": Result(),
    "it failed again": Result(tries=3, later=(256, 4), failing=SECOND, since=SECOND),
    "it failed in the last try": Result(tries=6, later=(16_384, 7)),
    "it failed after the last try": Result(tries=7, later=None),
    "it failed for a day but a second": Result(failing=DAY - SECOND, since=DAY - SECOND),
    "it failed for a day": Result(failing=DAY, since=DAY, on=False, later=None),
    "it failed for longer": Result(failing=2 * DAY, since=2 * DAY, on=False, later=None),
    "it failed for a day and is off": Result(failing=DAY, since=DAY, active=False, on=False, later=None),
    "it failed at a webhook that is off": Result(active=False, on=False, later=None),
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_what_follows_from_the_result(result, hook, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    deferred: list[tuple[int, dict[str, int]]] = []

    def configure(schedule_in: dict[str, int]) -> Any:
        return SimpleNamespace(defer=lambda **told: deferred.append((schedule_in["seconds"], told)))

    monkeypatch.setattr(queue_scheduled_delivery, "configure", configure)
    since = NOW - result.failing if result.failing else None
    Webhook.objects.filter(pk=hook.pk).update(active=result.active, failing_since=since)
    delivery = WebhookDelivery.objects.create(webhook=hook)
    delivery.state, delivery.milliseconds = result.state, result.took
    webhook_delivery._save_result(delivery, result.tries)
    delivery.refresh_from_db()
    hook.refresh_from_db()
    assert delivery.state == result.state
    expected = None if result.since is None else NOW - result.since
    assert (hook.slow, hook.active, hook.failing_since) == (result.slow, result.on, expected)
    later = (
        []
        if result.later is None
        else [(result.later[0], {"delivery_id": delivery.pk, "tries": result.later[1]})]
    )
    assert deferred == later
    ended = result.active and not result.on
    assert Notification.objects.filter(kind="webhook_off").count() == ended
    if ended:
        note = Notification.objects.get(kind="webhook_off")
        assert (note.user, note.parameters["url"]) == (hook.user, hook.url)
        assert note.path == f"/admin/api/webhooks/{hook.pk}"
    # The other webhook is as it was.
    assert Webhook.objects.exclude(pk=hook.pk).values_list("slow", "failing_since").get() == (False, None)


def test_who_may_not_view_webhooks_is_told_without_a_link(hook, someone_with):
    hook.user = someone_with("view_lead")
    webhook_delivery._notify_of_end(hook)
    assert Notification.objects.get(kind="webhook_off").path == ""


def test_the_result_of_a_webhook_that_was_deleted_during_the_call_is_none(hook):
    delivery = WebhookDelivery.objects.create(webhook=hook)
    Webhook.objects.filter(pk=hook.pk).delete()
    webhook_delivery._save_result(delivery, 0)
    assert not WebhookDelivery.objects.exists()


# What is so of the webhook and its user, whether there is an operation, and what is sent.
CONTENTS: dict[str, tuple[dict[str, Any], bool, bool, Any]] = {
    "an operation": ({}, True, True, {"seen by": "Ada"}),
    "a test": ({}, True, False, {"event": "test"}),
    "a webhook that is off": ({"active": False}, True, True, None),
    "a test of one that is off": ({"active": False}, True, False, None),
    "a user who was deactivated": ({}, False, True, None),
}


@pytest.mark.parametrize(("values", "active", "is_operation", "content"), CONTENTS.values(), ids=CONTENTS)
def test_what_is_sent(values, active, is_operation, content, hook, monkeypatch):
    monkeypatch.setattr(webhook_delivery, "SAY", [lambda record, user: {"seen by": user.name}, None])
    for name, value in values.items():
        setattr(hook, name, value)
    with operation("test", by=None):
        type(hook.user).objects.filter(pk=hook.user_id).update(is_active=active)
    assert build_content(hook, make_operation() if is_operation else None) == content


def test_a_call_is_signed_and_names_its_delivery(hook):
    delivery = WebhookDelivery.objects.create(webhook=hook)
    url, body, headers = build_signed_call(hook, delivery, {"words": "Șterge"})
    assert (url, json.loads(body)) == ("https://a.example", {"delivery": delivery.pk, "words": "Șterge"})
    assert "Șterge".encode() in body
    assert headers["Leadwell-Signature"]

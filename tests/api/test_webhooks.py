"""Webhooks: who is told what, the signature, trying again, the log, and the addresses that are never called."""

import hashlib
import hmac
import json

import pytest
from django.utils import timezone

from accounts.deactivation import Heirs, deactivate, reactivate
from crm.api import outgoing
from crm.api.outgoing import NotCalled, address_of, check, post
from crm.api.webhooks import NotDelivered, deliver, tell_of
from crm.models import Operation, Webhook, WebhookDelivery
from crm.records.change import carry_out
from leads.models import Lead
from leads.verbs import SetVip
from tests.api.test_v2 import named

HOOKS = "/api/v2/webhooks"


@pytest.fixture
def program(umbra, ann):
    return umbra(ann)


@pytest.fixture
def hook(program, listener):
    return program.post(HOOKS, {"url": listener.url})


def changed(lead, by) -> Operation:
    verb = SetVip(not Lead.objects.get(pk=lead.pk).vip)
    return carry_out(verb, Lead.objects.changeable_by(by).filter(pk=lead.pk), by=by).operation


def test_an_operation_is_told_with_a_signature(hook, listener, make_lead, ann, program):
    lead = make_lead(owner=ann)
    record = changed(lead, ann)
    tell_of(record.pk)
    delivery = WebhookDelivery.objects.get()
    deliver(delivery.pk)
    headers, body = listener.heard[0]
    told = json.loads(body)
    assert (told["event"], told["leads"], told["operation"]["words"]) == (
        "operation",
        [lead.pk],
        "Mark as VIP",
    )
    moment, signature = (part.partition("=")[2] for part in headers["Leadwell-Signature"].split(","))
    wanted = hmac.new(hook["secret"].encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signature, wanted)
    log = program.get(f"{HOOKS}/{hook['id']}/deliveries")["deliveries"]
    assert [(row["state"], row["status"], row["attempts"]) for row in log] == [("delivered", 200, 1)]


def test_what_is_told_twice_is_delivered_once(hook, listener, make_lead, ann):
    record = changed(make_lead(owner=ann), ann)
    tell_of(record.pk)
    tell_of(record.pk)
    pk = WebhookDelivery.objects.get().pk
    deliver(pk)
    deliver(pk)
    assert len(listener.heard) == 1


def test_an_operation_is_queued_in_its_own_transaction_and_only_if_somebody_listens(
    make_lead, ann, listener, program
):
    from procrastinate.contrib.django.models import ProcrastinateJob

    def waiting():
        return ProcrastinateJob.objects.filter(task_name="tell_of").count()

    lead = make_lead(owner=ann)
    changed(lead, ann)
    assert waiting() == 0
    program.post(HOOKS, {"url": listener.url})
    changed(lead, ann)
    assert waiting() == 1


@pytest.mark.parametrize(
    ("status", "state"), [(204, "delivered"), (404, "failed"), (500, "failed"), (302, "failed")]
)
def test_what_is_not_taken_is_tried_again(hook, listener, make_lead, ann, status, state):
    listener.status = status
    tell_of(changed(make_lead(owner=ann), ann).pk)
    delivery = WebhookDelivery.objects.get()
    for attempt in (1, 2):
        if state == "failed":
            with pytest.raises(NotDelivered):
                deliver(delivery.pk)
        else:
            deliver(delivery.pk)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.status) == (state, status)
        assert delivery.attempts == (attempt if state == "failed" else 1)


def test_the_pauses_grow_over_seven_more_tries():
    from procrastinate.jobs import Job

    from crm.api.webhooks import RETRIES

    job = Job(id=1, queue="webhooks", lock=None, queueing_lock=None, task_name="deliver")
    again = [
        RETRIES.get_retry_decision(exception=NotDelivered(), job=job.evolve(attempts=n)) for n in range(8)
    ]
    now = timezone.now()
    pauses = [round((one.retry_at - now).total_seconds()) for one in again[:7]]
    assert pauses == [4, 16, 64, 256, 1024, 4096, 16384]
    assert again[7] is None


def test_only_the_kinds_that_it_wants_are_told(program, listener, make_lead, ann):
    program.post(HOOKS, {"url": listener.url, "kinds": ["move"]})
    tell_of(changed(make_lead(owner=ann), ann).pk)
    assert not WebhookDelivery.objects.exists()


def test_nobody_is_told_of_what_they_do_not_see(umbra, carla, listener, make_lead, ann):
    umbra(carla).post(HOOKS, {"url": listener.url})
    tell_of(changed(make_lead(owner=ann), ann).pk)
    deliver(WebhookDelivery.objects.get().pk)
    assert listener.heard == []
    assert not WebhookDelivery.objects.exists()


def test_a_webhook_of_somebody_who_has_left_or_that_is_off_is_silent(
    program, hook, listener, make_lead, ann, ada
):
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    tell_of(changed(make_lead(owner=ann), ann).pk)
    program.put(f"{HOOKS}/{hook['id']}", {"active": True})
    ann.is_active = False
    ann.save()
    tell_of(changed(make_lead(), ada).pk)
    assert not WebhookDelivery.objects.exists()


def test_of_what_was_tried_the_log_stays_when_the_webhook_is_switched_off(
    program, hook, listener, make_lead, ann
):
    listener.status = 500
    tell_of(changed(make_lead(owner=ann), ann).pk)
    pk = WebhookDelivery.objects.get().pk
    with pytest.raises(NotDelivered):
        deliver(pk)
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    deliver(pk)
    assert [(row.state, row.attempts) for row in WebhookDelivery.objects.all()] == [("failed", 1)]
    assert len(listener.heard) == 1


def test_a_webhook_ends_with_its_user_and_does_not_come_back_with_them(hook, ann, ada):
    deactivate(ann, Heirs(), by=ada)
    reactivate(ann)
    assert not Webhook.objects.active().exists()


def test_a_redirect_is_followed_if_each_hop_is_open_to_the_world(listener):
    listener.status, listener.location = 307, "/again"
    with pytest.raises(NotCalled, match="Too many redirects"):
        post(listener.url, b"{}", {})
    assert len(listener.heard) == 4
    for inside in (
        "http://127.0.0.2/",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://[::1]/",
    ):
        listener.heard.clear()
        listener.location = inside
        with pytest.raises(NotCalled):
            post(listener.url, b"{}", {})
        assert len(listener.heard) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::a00:1]",
        "[2002:7f00:1::]",
        "localhost",
        "2130706433",
        "0x7f.1",
        "127.1",
    ],
)
def test_no_address_of_our_own_network_is_called(address):
    with pytest.raises(NotCalled, match="The host isn’t publicly accessible"):
        check(f"https://{address}/")
    with pytest.raises(NotCalled):
        address_of(address.strip("[]"), 443)


def test_a_host_is_called_only_if_all_its_addresses_are_open(monkeypatch):
    found = [(2, 1, 6, "", (text, 443)) for text in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *arguments, **keywords: found)
    with pytest.raises(NotCalled, match="The host isn’t publicly accessible"):
        address_of("example.com", 443)
    found.pop()
    assert address_of("example.com", 443) == "93.184.216.34"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://example.com",
        "https://",
        "https://a:b@example.com/",
        "http://[x/",
        "https://x:99999/",
        "http://127.0.0.1:5432/",
        "https://[::1]/",
        "https://localhost/",
    ],
)
def test_an_address_that_is_none_is_refused_at_its_field(program, url):
    assert named(program.post(HOOKS, {"url": url}, expect=422)) == ["url"]
    assert not Webhook.objects.exists()


def test_a_webhook_is_changed_and_deleted_by_its_user_alone(program, umbra, bob, hook):
    path = f"{HOOKS}/{hook['id']}"
    assert "secret" not in program.get(path)
    assert program.put(path, {"kinds": ["add"]})["kinds"] == ["add"]
    assert named(program.put(path, {"kinds": ["explode"]}, expect=422)) == ["kinds"]
    for method in ("GET", "PUT", "DELETE"):
        umbra(bob).call(method, path, {}, expect=404)
    program.delete(path)
    assert program.get(HOOKS) == {"webhooks": []}


def test_a_user_has_at_most_twenty(program, listener, ann):
    Webhook.objects.bulk_create(Webhook(user=ann, url=listener.url, secret="x") for _number in range(20))
    program.post(HOOKS, {"url": listener.url}, expect=409)

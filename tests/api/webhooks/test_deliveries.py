"""Webhooks: who receives what, the signature, retries, the log, and the URLs that are never called."""

import hashlib
import hmac
import json

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.users.deactivation import Heirs, deactivate, reactivate
from crm.api.v2.webhook_calls.operation_content import build_visible_operation_json
from crm.api.webhooks.webhook_delivery import deliver, queue_deliveries_of_operation
from crm.models import Webhook, WebhookDelivery
from crm.platform.web import outgoing_calls
from crm.platform.web.outgoing_calls import (
    NotCalled,
    check_url,
    post_following_redirects,
    resolve_public_address,
)
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import SetVip
from tests.api.v2.test_lists_and_changes import named
from tests.api.webhooks.listening import HOOKS, changed


def test_an_operation_is_sent_with_a_signature(hook, listener, make_lead, ann, program):
    lead = make_lead(owner=ann)
    record = changed(lead, ann)
    queue_deliveries_of_operation(record.pk)
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


def test_an_operation_queued_twice_is_delivered_once(hook, listener, make_lead, ann):
    record = changed(make_lead(owner=ann), ann)
    queue_deliveries_of_operation(record.pk)
    queue_deliveries_of_operation(record.pk)
    pk = WebhookDelivery.objects.get().pk
    deliver(pk)
    deliver(pk)
    assert len(listener.heard) == 1


def test_an_operation_is_queued_in_its_own_transaction_and_only_if_a_webhook_wants_it(
    make_lead, ann, listener, program
):
    def waiting():
        return ProcrastinateJob.objects.filter(task_name="tell_of").count()

    lead = make_lead(owner=ann)
    changed(lead, ann)
    assert waiting() == 0
    program.post(HOOKS, {"url": listener.url}, expect=201)
    changed(lead, ann)
    assert waiting() == 1


@pytest.mark.parametrize(
    ("status", "state"), [(204, "delivered"), (404, "failed"), (500, "failed"), (302, "failed")]
)
def test_a_failed_delivery_is_tried_again(hook, listener, make_lead, ann, status, state):
    listener.status = status
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    delivery = WebhookDelivery.objects.get()
    for attempt in (1, 2):
        deliver(delivery.pk, patient=True)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.status) == (state, status)
        assert delivery.attempts == (attempt if state == "failed" else 1)


def test_only_the_chosen_kinds_are_sent(program, listener, make_lead, ann):
    program.post(HOOKS, {"url": listener.url, "kinds": ["move"]}, expect=201)
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    assert not WebhookDelivery.objects.exists()


def test_operations_are_not_sent_to_users_who_cannot_see_them(umbra, carla, listener, make_lead, ann):
    umbra(carla).post(HOOKS, {"url": listener.url}, expect=201)
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    deliver(WebhookDelivery.objects.get().pk)
    assert listener.heard == []
    assert not WebhookDelivery.objects.exists()


def test_a_rep_receives_changes_to_their_own_leads_and_nothing_about_other_leads(
    someone_with, umbra, listener, make_lead, ann, ada
):
    rep = someone_with("view_lead", "see_own", name="rep")
    umbra(rep).post(HOOKS, {"url": listener.url}, expect=201)
    mine, others = make_lead(owner=rep), make_lead(owner=ann)
    both = Lead.objects.filter(pk__in=[mine.pk, others.pk])
    queue_deliveries_of_operation(carry_out(SetVip(True), both, by=ada).operation.pk)
    deliver(WebhookDelivery.objects.get().pk)
    told = json.loads(listener.heard[0][1])
    assert told["leads"] == [mine.pk]
    assert (told["operation"]["by"], told["operation"]["changed"]) == ("Ada", 1)
    queue_deliveries_of_operation(changed(others, ada).pk)
    deliver(WebhookDelivery.objects.latest("pk").pk)
    assert len(listener.heard) == 1


def test_a_webhook_names_no_leads_once_its_user_may_not_view_them(someone_with, make_lead, ann):
    told = build_visible_operation_json(
        changed(make_lead(owner=ann), ann), someone_with("view_company", "see_departments")
    )
    assert told["operation"]["by"] == "Ann"
    assert "leads" not in told


def test_an_operation_that_changed_nothing_is_not_sent(hook, make_lead, ann):
    lead = make_lead(owner=ann, vip=True)
    record = carry_out(SetVip(True), Lead.objects.all(), by=ann, wanted=[lead.pk]).operation
    assert (record.changed, record.unchanged) == (0, 1)
    queue_deliveries_of_operation(record.pk)
    assert not WebhookDelivery.objects.exists()


def test_an_operation_that_is_about_no_records_is_sent(hook, ann):
    with operation("exchange_rate", by=ann, parameters={"currency": "USD"}) as record:
        pass
    queue_deliveries_of_operation(record.pk)
    assert WebhookDelivery.objects.exists()


def test_a_webhook_of_a_deactivated_user_or_one_that_is_off_sends_nothing(
    program, hook, listener, make_lead, ann, ada
):
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    program.put(f"{HOOKS}/{hook['id']}", {"active": True})
    ann.is_active = False
    ann.save()
    queue_deliveries_of_operation(changed(make_lead(), ada).pk)
    assert not WebhookDelivery.objects.exists()


def test_tried_deliveries_stay_in_the_log_when_the_webhook_is_turned_off(
    program, hook, listener, make_lead, ann
):
    listener.status = 500
    queue_deliveries_of_operation(changed(make_lead(owner=ann), ann).pk)
    pk = WebhookDelivery.objects.get().pk
    deliver(pk)
    program.put(f"{HOOKS}/{hook['id']}", {"active": False})
    deliver(pk, patient=True)
    assert [(row.state, row.attempts) for row in WebhookDelivery.objects.all()] == [("failed", 1)]
    assert len(listener.heard) == 1


def test_a_webhook_ends_with_its_users_deactivation_and_stays_off(hook, ann, ada):
    deactivate(ann, Heirs(), by=ada)
    reactivate(ann)
    assert not Webhook.objects.active().exists()


def test_a_redirect_is_followed_if_every_hop_is_public(listener):
    listener.status, listener.location = 307, "/again"
    with pytest.raises(NotCalled, match="Too many redirects"):
        post_following_redirects(listener.url, b"{}", {})
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
            post_following_redirects(listener.url, b"{}", {})
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
        "[fec0::1]",
        "[64:ff9b:1::a00:1]",
        "[64:ff9b:1:0:7f00:0:100::]",
        "[::7f00:1]",
        "[::a00:1]",
        "[::ffff:0:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[ff02::1]",
        "localhost",
        "2130706433",
        "0x7f.1",
        "127.1",
    ],
)
def test_no_address_in_our_own_network_is_called(address):
    with pytest.raises(NotCalled, match="publicly accessible"):
        check_url(f"https://{address}/")
    with pytest.raises(NotCalled):
        resolve_public_address(address.strip("[]"), 443)


@pytest.mark.parametrize("address", ["93.184.216.34", "[2606:4700::1111]", "[64:ff9b::5db8:d822]"])
def test_a_public_address_is_called(address):
    assert check_url(f"https://{address}/").hostname == address.strip("[]")


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\t", " ", "\0", "\x7f", "\u2028", "\u200b"])
def test_a_url_with_a_line_break_or_a_space_is_rejected_in_the_form_and_before_the_call(program, sign):
    for url in (f"https://example.com/{sign}x", f"https://exam{sign}ple.com/"):
        assert set(named(program.post(HOOKS, {"url": url}, expect=422))) == {"url"}
        with pytest.raises(NotCalled):
            check_url(url)
    assert not Webhook.objects.exists()


def test_a_redirect_to_a_url_with_a_line_break_is_not_followed(listener):
    listener.status, listener.location = 307, "/again\x0bX-Other: 1"
    with pytest.raises(NotCalled, match="line breaks"):
        post_following_redirects(listener.url, b"{}", {})
    assert len(listener.heard) == 1


def test_a_host_is_called_only_if_all_its_addresses_are_public(monkeypatch):
    found = [(2, 1, 6, "", (text, 443)) for text in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(outgoing_calls.socket, "getaddrinfo", lambda *arguments, **keywords: found)
    with pytest.raises(NotCalled, match="publicly accessible"):
        resolve_public_address("example.com", 443)
    found.pop()
    assert resolve_public_address("example.com", 443) == "93.184.216.34"


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
def test_an_invalid_url_is_rejected_at_its_field(program, url):
    assert named(program.post(HOOKS, {"url": url}, expect=422)) == ["url"]
    assert not Webhook.objects.exists()


def test_a_webhook_can_be_changed_and_deleted_only_by_its_user(program, umbra, bob, hook):
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

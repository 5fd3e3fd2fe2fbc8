"""What proves a call of an incoming webhook, its limits, and what no log keeps."""

import hmac
import json
import logging
from hashlib import sha256

import pytest
from django.test import Client
from django.utils import timezone

from crm.models import Operation
from crm.records.history.verb_execution import operation
from intake.models import IncomingCall, IncomingUse, IncomingWebhook
from intake.webhooks.call_rate import delete_expired_incoming_calls
from leads.models import Lead
from tests.intake.webhooks.test_calls import BODY, MAPPING, only_call

# Proof


def signed(webhook, body: bytes) -> str:
    return hmac.new(webhook.plain.encode(), body, sha256).hexdigest()


@pytest.mark.parametrize("secret", ["", "wrong", "pâté", "x" * 500])
def test_a_wrong_secret_in_the_address_is_an_unknown_address(make_webhook, deliver, secret):
    webhook = make_webhook(mapping=MAPPING)
    answer = deliver(webhook, BODY, secret=secret)
    assert (answer.status_code, answer.json()) == (401, {"status": "unknown_address"})
    assert not IncomingCall.objects.exists()


def test_wrong_secrets_are_counted_but_not_kept(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, BODY, secret="wrong")
    assert IncomingUse.objects.get().refused == 1


@pytest.mark.parametrize("header", ["X-Hub-Signature-256", "X-Cal-Signature-256"])
def test_a_signed_body_is_accepted_and_a_changed_one_is_not(make_webhook, deliver, header):
    webhook = make_webhook(mapping=MAPPING, proof="signature", signature_header=header)
    body = json.dumps(BODY).encode()
    start = "sha256=" if "Hub" in header else ""
    assert deliver(webhook, body, **{header: start + signed(webhook, body)}).json() == {"status": "added"}
    answer = deliver(webhook, body + b" ", **{header: start + signed(webhook, body)})
    assert (answer.status_code, answer.json()) == (401, {"status": "wrong_signature"})
    assert deliver(webhook, body).status_code == 401
    assert deliver(webhook, body, **{header: "pâté"}).status_code == 401
    assert Lead.objects.count() == 1


def test_a_signature_with_a_moment_is_accepted_for_ten_minutes(make_webhook, deliver):
    header = "Calendly-Webhook-Signature"
    webhook = make_webhook(mapping=MAPPING, proof="signature", signature_header=header)
    body, now = json.dumps(BODY).encode(), int(timezone.now().timestamp())
    for moment, status in ((now, 200), (now - 601, 401)):
        signature = f"t={moment},v1={signed(webhook, f'{moment}.'.encode() + body)}"
        assert deliver(webhook, body, **{header: signature}).status_code == status


def test_a_webhook_without_a_secret_accepts_nothing(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING, proof="signature")
    body = json.dumps(BODY).encode()
    signature = hmac.new(b"", body, sha256).hexdigest()
    with operation("edit_incoming_webhook", by=None):
        IncomingWebhook.objects.update(secret="")
    assert deliver(webhook, body, **{"X-Signature": signature}).status_code == 401


def test_a_webhook_that_is_turned_off_refuses_calls(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING, retired=True)
    assert deliver(webhook, BODY).status_code == 401


def test_the_key_of_google_ads_must_match_and_is_not_kept(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING, key="the google key")
    assert deliver(webhook, {**BODY, "google_key": "another"}).status_code == 401
    assert deliver(webhook, {**BODY, "google_key": "the google key"}).json() == {"status": "added"}
    assert "the google key" not in only_call().body


def test_metas_challenge_is_answered_if_its_token_matches(make_webhook):
    webhook = make_webhook(key="verify me")
    address = f"/hooks/{webhook.public_id}/{webhook.plain}"
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "verify me"}
    answer = Client().get(address, asked)
    assert (answer.status_code, answer.text, answer["Content-Type"]) == (
        200,
        "1158201444",
        "text/plain; charset=utf-8",
    )
    assert Client().get(address, {**asked, "hub.verify_token": "wrong"}).status_code == 401
    assert Client().get(address).status_code == 401


def test_a_webhook_without_a_key_answers_no_challenge(make_webhook):
    webhook = make_webhook()
    asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}
    assert Client().get(f"/hooks/{webhook.public_id}/{webhook.plain}", asked).status_code == 401


@pytest.mark.parametrize("path", ["%00", "%F0%9F%98%80", "a/b/c", "..", "wrong/", "", "%ED%A0%80/x"])
def test_an_address_of_any_form_is_answered_without_an_error(db, path):
    assert Client().post(f"/hooks/{path}", "{}", content_type="application/json").status_code in (401, 404)


# Limits


@pytest.mark.usefixtures("stopped_clock")
def test_calls_beyond_the_limit_of_a_minute_are_asked_to_wait(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING, calls_a_minute=1)
    assert deliver(webhook, BODY).status_code == 200
    answer = deliver(webhook, BODY)
    assert (answer.status_code, answer.json()) == (429, {"status": "too_many_calls"})
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert Lead.objects.count() == 1


def test_a_body_that_is_too_large_is_refused(make_webhook, deliver):
    answer = deliver(make_webhook(mapping=MAPPING), {"a": "x" * 300_000})
    assert answer.status_code == 413
    assert not IncomingCall.objects.exists()


def test_a_long_body_is_cut_in_the_log_and_read_whole(make_webhook, deliver):
    deliver(make_webhook(mapping=MAPPING), {"long": "x" * 100_000, **BODY})
    call = only_call()
    assert (call.state, call.cut, len(call.body)) == ("added", True, 65_536)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(make_webhook, method):
    webhook = make_webhook()
    assert getattr(Client(), method)(f"/hooks/{webhook.public_id}/{webhook.plain}").status_code == 405


def test_a_call_reads_and_sets_no_cookies(make_webhook, deliver, sign_in, ada):
    webhook = make_webhook(mapping=MAPPING)
    assert not deliver(webhook, BODY).cookies
    browser = sign_in(ada)
    answer = browser.post(
        f"/hooks/{webhook.public_id}/{webhook.plain}", json.dumps(BODY), content_type="application/json"
    )
    assert (answer.status_code, bool(answer.cookies)) == (200, False)
    assert set(Operation.objects.filter(kind="add").values_list("by", flat=True)) == {None}


def test_the_secret_of_an_address_is_in_no_log(make_webhook, deliver, caplog, settings):
    webhook = make_webhook(mapping=MAPPING, calls_a_minute=1)
    with caplog.at_level(logging.DEBUG):
        deliver(webhook, BODY)
        deliver(webhook, BODY)
        deliver(webhook, {"a": "x" * 300_000})
        Client().delete(f"/hooks/{webhook.public_id}/{webhook.plain}")
        settings.SECURE_SSL_REDIRECT = True
        assert deliver(webhook, BODY).status_code == 403
    assert webhook.plain not in caplog.text
    assert f"/hooks/{webhook.public_id}" in caplog.text
    assert webhook.plain not in json.dumps(list(IncomingCall.objects.values("headers", "body", "address")))


def test_the_log_keeps_a_hash_of_the_address_and_no_authorization(make_webhook, deliver):
    deliver(make_webhook(mapping=MAPPING), BODY, **{"Authorization": "Bearer secret", "User-Agent": "Ads"})
    call = only_call()
    assert call.headers == {"content-type": "application/json", "user-agent": "Ads"}
    assert "127.0.0.1" not in call.address
    assert len(call.address) == 16


def test_calls_are_deleted_from_the_log_after_their_days(make_webhook, deliver):
    short, long = make_webhook(name="Short", days_kept=1), make_webhook(name="Long", days_kept=3)
    for webhook in (short, long):
        deliver(webhook, BODY)
    IncomingCall.objects.update(at=timezone.now() - timezone.timedelta(days=2))
    assert delete_expired_incoming_calls() == 1
    assert IncomingCall.objects.get().webhook == long

"""Calls of incoming webhooks: what they make, what proves them, and what the log keeps."""

import hmac
import json
import logging
from hashlib import sha256

import pytest
from django.test import Client
from django.utils import timezone

from crm.models import Operation
from crm.records.change import operation
from customers.models import Request
from intake.models import IncomingCall, IncomingUse, IncomingWebhook
from intake.webhooks.counting import calls_of_incoming_webhooks
from leads.models import Lead, Source

BODY = {"lead": {"first": "Ana", "last": "Popescu", "email": "ana@example.com", "phone": "0722 123 456"}}
MAPPING = {
    "lead.first": "first_name",
    "lead.last": "last_name",
    "lead.email": "email",
    "lead.phone": "phone",
    "lead.company": "company",
}


def only_call():
    return IncomingCall.objects.get()


# What a call makes


def test_a_call_adds_a_lead_of_the_webhooks_department_without_a_user(make_webhook, deliver, departments):
    webhook = make_webhook(mapping=MAPPING, source=Source.objects.shipped("paid_ads"))
    answer = deliver(webhook, BODY)
    assert (answer.status_code, answer.json()) == (200, {"status": "added"})
    lead = Lead.objects.get()
    assert (lead.first_name, lead.last_name, lead.email) == ("Ana", "Popescu", "ana@example.com")
    assert (lead.phone_normal, lead.department, lead.owner) == ("+40722123456", departments.sales, None)
    assert (lead.source.key, lead.created_by) == ("paid_ads", None)
    record = Operation.objects.get(kind="add")
    assert (record.by, record.changed, record.table) == (None, 1, "lead")
    call = only_call()
    assert (call.state, call.of, call.record) == ("added", "lead", lead.pk)


def test_the_owner_and_the_status_of_the_webhook_are_those_of_the_lead(make_webhook, deliver, bob, statuses):
    webhook = make_webhook(mapping=MAPPING, owner=bob, status=statuses.contacted)
    deliver(webhook, BODY)
    lead = Lead.objects.get()
    assert (lead.owner, lead.status) == (bob, statuses.contacted)


def test_the_lead_of_an_inactive_owner_is_unassigned(make_webhook, deliver, bob):
    webhook = make_webhook(mapping=MAPPING, owner=bob)
    bob.is_active = False
    bob.save()
    deliver(webhook, BODY)
    assert Lead.objects.get().owner is None


def test_a_form_encoded_body_is_read_too(make_webhook, deliver):
    webhook = make_webhook(mapping={"email": "email", "colors": "description"})
    form = "email=ana%40example.com&colors=red&colors=blue&empty="
    answer = deliver(webhook, form, content_type="application/x-www-form-urlencoded; charset=utf-8")
    assert answer.json() == {"status": "added"}
    lead = Lead.objects.get()
    assert (lead.email, lead.description) == ("ana@example.com", "red, blue")


def test_a_call_makes_a_request_with_the_first_line_of_its_message_as_subject(make_webhook, deliver):
    webhook = make_webhook(makes="request", mapping={"message": "text", "email": "email"})
    deliver(webhook, {"message": "A stair lift\nfor two floors", "email": "ana@example.com"})
    row = Request.objects.get()
    assert (row.subject, row.text) == ("A stair lift", "A stair lift\nfor two floors")
    assert (row.channel, row.email, row.owner) == ("other", "ana@example.com", None)


def test_custom_fields_get_values_and_their_defaults(make_webhook, deliver, make_field):
    budget, color = make_field("Budgetqq", type="number"), make_field("Colorqq", first_value="blue")
    webhook = make_webhook(mapping={**MAPPING, "lead.budget": budget.key})
    deliver(webhook, {"lead": {**BODY["lead"], "budget": 1200}})
    values = Lead.objects.get().custom_values.values
    assert float(values[budget.key]) == 1200
    assert values[color.key] == "blue"


def test_a_bad_value_leaves_its_field_empty_and_the_log_names_it(make_webhook, deliver):
    webhook = make_webhook(mapping={**MAPPING, "lead.value": "value"})
    body = {"lead": {**BODY["lead"], "email": "not an address", "value": "plenty"}}
    assert deliver(webhook, body).json() == {"status": "added"}
    lead = Lead.objects.get()
    assert (lead.email, lead.value) == ("", None)
    problems = {problem["field"]: problem for problem in only_call().problems}
    assert problems["email"]["path"] == "lead.email"
    assert problems["email"]["value"] == "not an address"
    assert problems["value"]["code"] == "bad_value"


def test_a_text_that_is_too_long_for_its_field_is_left_out(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, {"lead": {**BODY["lead"], "company": "x" * 5_000}})
    assert Lead.objects.get().company == ""
    assert only_call().problems[0]["field"] == "company"


def test_without_a_name_or_contact_the_call_waits_for_attention(make_webhook, deliver):
    webhook = make_webhook(mapping={"lead.city": "city"})
    answer = deliver(webhook, {"lead": {"city": "Cluj"}})
    assert (answer.status_code, answer.json()) == (200, {"status": "needs_attention"})
    assert not Lead.objects.exists()
    assert only_call().state == "attention"


def test_a_field_that_the_status_requires_keeps_the_call_waiting(make_webhook, deliver, statuses):
    with operation("edit_status", by=None):
        statuses.new.required_fields = ["company"]
        statuses.new.save()
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, BODY)
    call = only_call()
    assert (call.state, call.problems[0]["field"]) == ("attention", "company")
    assert not Lead.objects.exists()


def test_a_value_of_a_unique_field_that_another_lead_has_is_left_out(make_webhook, deliver, make_field):
    number = make_field("Numberqq", is_unique=True)
    webhook = make_webhook(mapping={**MAPPING, "lead.number": number.key})
    body = {"lead": {**BODY["lead"], "number": "7"}}
    deliver(webhook, body)
    deliver(webhook, body)
    assert Lead.objects.count() == 2
    second = IncomingCall.objects.newest_first()[0]
    assert [problem["code"] for problem in second.problems] == ["value_taken"]


@pytest.mark.parametrize("body", ["", "[", '"text"', "12", "[" * 100_000, '{"a": ' + "1" * 5_000 + "}"])
def test_a_body_that_cannot_be_read_is_logged_and_answered(make_webhook, deliver, body):
    answer = deliver(make_webhook(mapping=MAPPING), body)
    assert (answer.status_code, answer.json()) == (200, {"status": "needs_attention"})


def test_a_fault_of_ours_is_logged_as_a_call_that_needs_attention(make_webhook, deliver, monkeypatch, caplog):
    def broken(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("intake.webhooks.processing.make", broken)
    webhook = make_webhook(mapping=MAPPING)
    with caplog.at_level(logging.ERROR):
        answer = deliver(webhook, BODY)
    assert (answer.status_code, answer.json()) == (200, {"status": "needs_attention"})
    assert only_call().problems == [{"code": "fault"}]
    assert webhook.plain not in caplog.text


# Duplicates


def test_a_second_call_about_the_same_person_adds_another_lead_by_default(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, BODY)
    deliver(webhook, BODY)
    assert Lead.objects.count() == 2


@pytest.mark.parametrize("kept", ["email", "phone"])
def test_an_existing_lead_with_the_same_email_or_phone_is_skipped(make_webhook, deliver, kept):
    webhook = make_webhook(mapping=MAPPING, duplicates="skip")
    deliver(webhook, BODY)
    body = {"lead": {"first": "Anna", kept: BODY["lead"][kept]}}
    assert deliver(webhook, body).json() == {"status": "skipped"}
    call = IncomingCall.objects.newest_first()[0]
    assert call.record == Lead.objects.get().pk


def test_an_existing_lead_only_gets_values_in_its_empty_fields(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING, duplicates="fill")
    deliver(webhook, BODY)
    answer = deliver(webhook, {"lead": {**BODY["lead"], "first": "Anna", "company": "Acme"}})
    assert answer.json() == {"status": "updated"}
    lead = Lead.objects.get()
    assert (lead.first_name, lead.company) == ("Ana", "Acme")
    record = Operation.objects.get(kind="edit")
    assert (record.by, record.changed) == (None, 1)
    assert deliver(webhook, BODY).json() == {"status": "skipped"}


def test_two_people_with_one_phone_and_different_emails_are_two_leads(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING, duplicates="skip")
    deliver(webhook, BODY)
    deliver(webhook, {"lead": {**BODY["lead"], "email": "ion@example.com"}})
    assert Lead.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({**BODY, "lead_id": "L-1", "user_column_data": [{"column_id": "EMAIL", "string_value": "a@example.com"}]}, {}),
        (BODY, {"webhook-id": "msg_1"}),
        ({**BODY, "number": 17}, {}),
    ],
)
def test_a_delivery_that_is_sent_again_is_not_added_twice(make_webhook, deliver, body, headers):
    webhook = make_webhook(mapping={**MAPPING, "number": "delivery"})
    assert deliver(webhook, body, **headers).json() == {"status": "added"}
    assert deliver(webhook, body, **headers).json() == {"status": "repeated"}
    assert (Lead.objects.count(), IncomingCall.objects.count()) == (1, 1)


def test_the_same_delivery_id_at_two_webhooks_is_two_deliveries(make_webhook, deliver):
    for name in ("One", "Two"):
        answer = deliver(make_webhook(name=name, mapping=MAPPING), BODY, **{"webhook-id": "msg_1"})
        assert answer.json() == {"status": "added"}


def test_a_test_call_of_google_ads_adds_nothing(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    assert deliver(webhook, {**BODY, "is_test": True}).json() == {"status": "skipped"}
    assert not Lead.objects.exists()


# Proof


def signed(webhook, body: bytes) -> str:
    return hmac.new(webhook.plain.encode(), body, sha256).hexdigest()


@pytest.mark.parametrize("secret", ["", "wrong", "pâté", "x" * 500])
def test_a_wrong_secret_in_the_address_is_an_unknown_address(make_webhook, deliver, secret):
    webhook = make_webhook(mapping=MAPPING)
    answer = deliver(webhook, BODY, secret=secret)
    assert (answer.status_code, answer.json()) == (404, {"status": "unknown_address"})
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
    assert deliver(webhook, BODY).status_code == 404


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
    assert (answer.status_code, answer.text, answer["Content-Type"]) == (200, "1158201444", "text/plain; charset=utf-8")
    assert Client().get(address, {**asked, "hub.verify_token": "wrong"}).status_code == 404
    assert Client().get(address).status_code == 404


def test_a_webhook_without_a_key_answers_no_challenge(make_webhook):
    webhook = make_webhook()
    asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}
    assert Client().get(f"/hooks/{webhook.public_id}/{webhook.plain}", asked).status_code == 404


# Limits


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
    assert calls_of_incoming_webhooks() == 1
    assert IncomingCall.objects.get().webhook == long

"""Calls of incoming webhooks: what they make, and which of them are duplicates."""

import logging

import pytest

from crm.models import Notification, Operation
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.verb_execution import operation
from crm.work.models.activity import Activity
from customers.models import Request
from intake.models import IncomingCall, IncomingWebhook, WebForm
from leads.models import Lead, LeadValues, Source

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
    webhook = make_webhook(mapping=MAPPING, source=Source.objects.get_shipped("paid_ads"))
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
    webhook = make_webhook(mapping={**MAPPING, "lead.budget": budget.name})
    deliver(webhook, {"lead": {**BODY["lead"], "budget": 1200}})
    values = Lead.objects.get().custom_values.values
    assert float(values[budget.name]) == 1200
    assert values[color.name] == "blue"


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


def test_those_who_may_change_the_webhook_are_notified_once_a_day(make_webhook, deliver, statuses, ada, ann):
    with operation("edit_status", by=None):
        statuses.new.required_fields = ["company"]
        statuses.new.save()
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, BODY)
    deliver(webhook, BODY)
    (notice,) = Notification.objects.filter(kind="incoming_webhook_attention")
    assert notice.user == ada
    assert "no record could be added" in get_notification_sentence(notice)


def test_a_value_of_a_unique_field_that_another_lead_has_is_left_out(make_webhook, deliver, make_field):
    number = make_field("Numberqq", is_unique=True)
    webhook = make_webhook(mapping={**MAPPING, "lead.number": number.name})
    body = {"lead": {**BODY["lead"], "number": "7"}}
    deliver(webhook, body)
    deliver(webhook, body | {"try": 2})
    assert Lead.objects.count() == 2
    second = IncomingCall.objects.newest_first()[0]
    assert [problem["code"] for problem in second.problems] == ["value_taken"]


@pytest.mark.parametrize("body", ["", "[", '"text"', "12", "[" * 100_000, '{"a": ' + "1" * 5_000 + "}"])
def test_a_body_that_cannot_be_read_is_logged_and_answered(make_webhook, deliver, body):
    answer = deliver(make_webhook(mapping=MAPPING), body)
    assert (answer.status_code, answer.json()) == (200, {"status": "needs_attention"})


@pytest.mark.parametrize("odd", ["\\ud800", "\\u0000", "\\ud83d\\ude00"])
def test_letters_that_the_database_cannot_store_do_no_harm(make_webhook, deliver, odd):
    webhook = make_webhook(mapping={**MAPPING, "number": "delivery", "lead.odd": "value"})
    body = f'{{"number": "7{odd}", "lead": {{"first": "Ana{odd}", "odd": "{odd}x", "a{odd}": 1}}}}'
    assert deliver(webhook, body).json() == {"status": "added"}
    assert Lead.objects.get().first_name.startswith("Ana")
    assert deliver(webhook, body).json() == {"status": "repeated"}


def test_a_fault_of_ours_is_logged_as_a_call_that_needs_attention(make_webhook, deliver, monkeypatch, caplog):
    def broken(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("intake.webhooks.call_processing.add_or_update_record", broken)
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
    deliver(webhook, BODY | {"sent": "once more"})
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
    assert deliver(webhook, BODY | {"sent": "again"}).json() == {"status": "skipped"}


def test_a_note_with_what_came_is_added_to_the_lead_of_a_known_person(make_webhook, deliver, bob):
    webhook = make_webhook(
        name="Lead-ads", public_id="publicads", mapping=MAPPING, duplicates="note", owner=bob
    )
    deliver(webhook, BODY)
    lead = Lead.objects.get()
    answer = deliver(webhook, {"lead": {**BODY["lead"], "first": "@bob <b>Anna</b>", "company": "Acme"}})
    assert answer.json() == {"status": "updated"}
    assert Lead.objects.get().company == lead.company
    (note,) = Activity.objects.filter(of="lead", record=lead.pk, type=Activity.Type.NOTE)
    assert note.text.startswith("Came in again through the incoming webhook “Lead\\-ads”.")
    assert "\\@bob \\<b\\>Anna\\<\\/b\\>" in note.text
    call = IncomingCall.objects.newest_first()[0]
    assert (call.record, [one["code"] for one in call.problems]) == (lead.pk, ["noted"])
    notice = Notification.objects.get(kind="incoming_webhook_again")
    assert notice.user == bob
    assert get_notification_sentence(notice, str(lead)).endswith("through the incoming webhook “Lead-ads”.")


def test_web_forms_and_incoming_webhooks_ask_the_same_with_the_same_words():
    for name in ("owner", "status", "duplicates"):
        one, other = WebForm._meta.get_field(name), IncomingWebhook._meta.get_field(name)
        assert one.verbose_name == other.verbose_name
        assert one.help_text == other.help_text or name == "duplicates"
    of_webhooks = IncomingWebhook._meta.get_field("duplicates").choices
    assert set(WebForm._meta.get_field("duplicates").choices) < set(of_webhooks)


def test_two_people_with_one_phone_and_different_emails_are_two_leads(make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING, duplicates="skip")
    deliver(webhook, BODY)
    deliver(webhook, {"lead": {**BODY["lead"], "email": "ion@example.com"}})
    assert Lead.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (
            {
                **BODY,
                "lead_id": "L-1",
                "user_column_data": [{"column_id": "EMAIL", "string_value": "a@example.com"}],
            },
            {},
        ),
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


def test_a_link_is_found_by_name_and_one_that_names_nothing_is_left_out(
    make_webhook, deliver, make_field, make_company
):
    field, omnia = make_field("Partnerqq", "link"), make_company("Omnia SRL")
    webhook = make_webhook(mapping={**MAPPING, "lead.partner": field.name})
    for name in ("omnia srl", "Nowhere"):
        deliver(webhook, {"lead": {**BODY["lead"], "partner": name}})
    linked, other = Lead.objects.order_by("pk")
    assert linked.custom_values.values == {field.name: omnia.pk}
    assert not LeadValues.objects.filter(record=other).exists()
    assert [problem["field"] for problem in IncomingCall.objects.newest_first()[0].problems] == [field.name]

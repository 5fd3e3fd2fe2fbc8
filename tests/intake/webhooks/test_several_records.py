"""Calls with several records, and how each of them is taken exactly once."""

import pytest
from django.db import OperationalError

from crm.records.history.verb_execution import operation
from customers.models import Request
from intake.models import IncomingCall
from intake.webhooks import call_processing
from leads.models import Lead


def person(number: int, **more) -> dict:
    return {"name": f"Ana Popqq {number}", "email": f"ana{number}@example.com", **more}


def meta_change(number: int) -> dict:
    data = [
        {"name": "full_name", "values": [f"Ana Popqq {number}"]},
        {"name": "email", "values": [f"ana{number}@example.com"]},
        {"name": "budget?", "values": ["1000", "2000"]},
    ]
    value = {"leadgen_id": f"L-{number}", "form_id": "F-1", "field_data": data}
    return {"field": "leadgen", "value": value}


META = {
    "object": "page",
    "entry": [
        {"id": "P-1", "time": 1, "changes": [meta_change(1), meta_change(2)]},
        {"id": "P-2", "time": 2, "changes": [meta_change(3)]},
    ],
}
OF_META = {
    "entry[0].changes[0].value.field_data[full_name]": "name",
    "entry[0].changes[0].value.field_data[email]": "email",
    "entry[0].changes[0].value.field_data[budget?]": "notes",
}


def emails() -> list[str]:
    return sorted(Lead.objects.values_list("email", flat=True))


def three() -> list[str]:
    return [f"ana{number}@example.com" for number in (1, 2, 3)]


def calls() -> list[IncomingCall]:
    return list(IncomingCall.objects.order_by("pk"))


# What each record becomes


@pytest.mark.parametrize(
    ("body", "mapping"),
    [
        (META, OF_META),
        ([person(1), person(2), person(3)], {"[0].name": "name", "[0].email": "email"}),
        ([person(1, value=5), person(2, value=6), person(3, value=7)], {"[0].email": "email"}),
        (
            {"campaign": "Springqq", "leads": [person(1), None, person(2), person(3)]},
            {"leads[0].name": "name", "leads[0].email": "email", "campaign": "notes"},
        ),
        (
            {"data": {"rows": [{"person": person(number)} for number in (1, 2, 3)]}},
            {"data.rows[0].person.email": "email"},
        ),
    ],
)
def test_each_record_of_a_call_becomes_a_lead_with_its_line_in_the_log(make_webhook, deliver, body, mapping):
    webhook = make_webhook(mapping=mapping)
    answer = deliver(webhook, body)
    assert answer.status_code == 200
    assert answer.json() == {"status": "processed", "records": ["added"] * 3}
    assert emails() == three()
    assert [(call.place, call.places, call.state) for call in calls()] == [
        (1, 3, "added"),
        (2, 3, "added"),
        (3, 3, "added"),
    ]
    assert {call.record for call in calls()} == set(Lead.objects.values_list("pk", flat=True))
    for call, email in zip(calls(), three(), strict=True):
        assert email in call.body
        assert not any(other in call.body for other in three() if other != email)


def test_the_records_of_a_call_become_requests(make_webhook, deliver):
    webhook = make_webhook(makes="request", mapping={"[0].message": "text", "[0].email": "email"})
    deliver(webhook, [{"message": f"A lift {n}", "email": f"ana{n}@example.com"} for n in (1, 2)])
    assert sorted(Request.objects.values_list("text", flat=True)) == ["A lift 1", "A lift 2"]


def test_what_is_outside_of_the_list_belongs_to_each_record(make_webhook, deliver):
    mapping = {"leads[0].email": "email", "city": "city"}
    deliver(make_webhook(mapping=mapping), {"city": "Clujqq", "leads": [person(1), person(2)]})
    assert [*Lead.objects.values_list("city", flat=True)] == ["Clujqq"] * 2


@pytest.mark.parametrize(
    ("body", "mapping"),
    [
        (
            {"email": "ana@example.com", "items": [{"name": "Chair"}, {"name": "Desk"}]},
            {"email": "email", "items[0].name": "company"},
        ),
        (
            {"person": {"emails": [{"value": "a@example.com", "main": 1}, {"value": "b@example.com"}]}},
            {"person.emails[0].value": "email"},
        ),
        (
            [{"name": "email", "value": "a@example.com"}, {"name": "city", "value": "Cluj"}],
            {"[email]": "email"},
        ),
        (
            {
                "triggerEvent": "BOOKING_CREATED",
                "payload": {"uid": "u", "attendees": [person(1), person(2)]},
            },
            {"payload.attendees[0].email": "email"},
        ),
        ({"leads": [person(1)]}, {"leads[0].email": "email"}),
    ],
)
def test_lists_that_are_part_of_one_record_add_one_lead(make_webhook, deliver, body, mapping):
    answer = deliver(make_webhook(mapping=mapping), body)
    assert answer.json() == {"status": "added"}
    assert Lead.objects.count() == 1
    assert (calls()[0].place, calls()[0].places) == (1, 1)


def test_a_record_with_problems_keeps_no_other_record_out(make_webhook, deliver):
    webhook = make_webhook(mapping={"[0].name": "name", "[0].email": "email"})
    answer = deliver(webhook, [person(1), {"city": "Cluj"}, 5, person(2)])
    assert answer.json()["records"] == ["added", "needs_attention", "needs_attention", "added"]
    assert emails() == ["ana1@example.com", "ana2@example.com"]


def test_a_person_twice_in_a_call_is_one_lead_if_known_leads_are_skipped(make_webhook, deliver):
    webhook = make_webhook(mapping={"[0].email": "email"}, duplicates="skip")
    assert deliver(webhook, [person(1), person(1)]).json()["records"] == ["added", "skipped"]
    assert Lead.objects.count() == 1


# Exactly once


def test_records_of_meta_that_are_sent_again_are_not_added_twice(make_webhook, deliver):
    webhook = make_webhook(mapping=OF_META)
    deliver(webhook, {"object": "page", "entry": [{"id": "P-1", "changes": [meta_change(2)]}]})
    assert deliver(webhook, META).json()["records"] == ["added", "repeated", "added"]
    assert deliver(webhook, META).json()["records"] == ["repeated"] * 3
    assert emails() == three()
    assert [call.delivery for call in calls()] == ["L-2", "L-1", "L-3"]


@pytest.mark.parametrize(("mapping", "headers"), [({}, {"webhook-id": "msg_1"}), ({"batch": "delivery"}, {})])
def test_the_id_of_a_call_counts_for_each_of_its_records(make_webhook, deliver, mapping, headers):
    webhook = make_webhook(mapping={"leads[0].email": "email", **mapping})
    body = {"batch": "B-1", "leads": [person(1), person(2), person(3)]}
    assert deliver(webhook, body, **headers).json()["records"] == ["added"] * 3
    assert deliver(webhook, body, **headers).json()["records"] == ["repeated"] * 3
    assert emails() == three()


def test_a_mapped_id_of_each_record_goes_before_that_of_the_call(make_webhook, deliver):
    webhook = make_webhook(mapping={"[0].email": "email", "[0].code": "delivery"})
    body = [person(1, code=7), person(2, code=7), person(3, code=8)]
    assert deliver(webhook, body, **{"webhook-id": "msg_1"}).json()["records"] == [
        "added",
        "repeated",
        "added",
    ]


def test_a_call_whose_rows_are_locked_adds_no_record_and_comes_again(make_webhook, deliver, monkeypatch):
    make, made = call_processing.add_or_update_record, []

    def locked_at_the_second(webhook, texts):
        made.append(texts)
        if len(made) == 2:
            raise OperationalError("locked")
        return make(webhook, texts)

    monkeypatch.setattr(call_processing, "add_or_update_record", locked_at_the_second)
    webhook = make_webhook(mapping={"[0].email": "email"})
    answer = deliver(webhook, [person(1), person(2), person(3)])
    assert (answer.status_code, answer.json()) == (503, {"status": "busy"})
    assert (Lead.objects.count(), len(calls())) == (0, 0)
    assert deliver(webhook, [person(1), person(2), person(3)]).json()["records"] == ["added"] * 3


def test_the_fields_of_a_first_call_are_suggested_for_one_record(make_webhook, deliver, ada, sign_in):
    webhook = make_webhook()
    deliver(webhook, META)
    page = sign_in(ada).get(f"/admin/api/incoming/{webhook.pk}/mapping")
    assert "entry[0].changes[0].value.field_data[email]" in page.text
    assert "changes[1]" not in page.text
    assert "entry[1]" not in page.text


def test_a_call_that_proves_to_have_several_records_is_processed_again_as_several(
    make_webhook, deliver, ada, sign_in
):
    webhook = make_webhook()
    body = {"kind": "x", "folk": [{"xqx": f"ana{number}@example.com"} for number in (1, 2, 3)]}
    assert deliver(webhook, body).json() == {"status": "needs_attention"}
    with operation("edit_incoming_webhook", by=None):
        webhook.mapping = {"folk[0].xqx": "email"}
        webhook.save()
    browser = sign_in(ada)
    page = browser.post(f"/admin/api/incoming/{webhook.pk}/repeat", follow=True)
    assert "Processed 3 calls." in page.text
    assert "Record 2 of 3" in page.text
    assert emails() == three()
    page = browser.get(f"/admin/api/incoming/{webhook.pk}/calls/{calls()[1].pk}")
    assert "Record 2 of 3" in page.text

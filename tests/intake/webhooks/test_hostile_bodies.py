"""Bodies in other formats and hostile ones: forms in both encodings, large, deep and broken bodies."""

import json
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from crm.records.history.verb_execution import operation
from intake.webhooks.call_splitting import MOST
from leads.models import Lead
from tests.examples import one_in
from tests.intake.webhooks.test_several_records import calls, person

# Forms


def test_a_multipart_form_is_read_without_its_files(make_webhook, deliver):
    webhook = make_webhook(mapping={"email": "email", "colors": "description", "offer": "city"})
    file = SimpleUploadedFile("offerqq.pdf", b"%PDF-1.4")
    form = {"email": "ana@example.com", "colors": ["red", "blue"], "offer": file}
    answer = deliver(webhook, encode_multipart(BOUNDARY, form), content_type=MULTIPART_CONTENT)
    assert answer.json() == {"status": "added"}
    lead = Lead.objects.get()
    assert (lead.email, lead.description, lead.city) == ("ana@example.com", "red, blue", "offerqq.pdf")
    assert "%PDF" not in calls()[0].body


def test_a_multipart_form_can_be_processed_again(make_webhook, deliver, ada, sign_in):
    webhook = make_webhook()
    body = encode_multipart(BOUNDARY, {"correo": "ștefan@example.com", "nota": "două & trei"})
    deliver(webhook, body, content_type=MULTIPART_CONTENT)
    with operation("edit_incoming_webhook", by=None):
        webhook.mapping = {"correo": "description", "nota": "company"}
        webhook.save()
    sign_in(ada).post(f"/admin/api/incoming/{webhook.pk}/repeat")
    assert Lead.objects.get().company == "două & trei"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"nonsense", "multipart/form-data"),
        (b"nonsense", "multipart/form-data; boundary="),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a\0b"\r\n\r\n\0\xff\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"&".join(b"a=1" for _number in range(5_000)), "application/x-www-form-urlencoded"),
        (b"%00=%00&%ff=%ff&=", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"--x\r\n" * 10_000, "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_that_cannot_be_read_is_logged_and_answered(make_webhook, deliver, body, content_type):
    webhook = make_webhook(mapping={"email": "email"})
    answer = deliver(webhook, body, content_type=content_type)
    assert (answer.status_code, answer.json()) == (200, {"status": "needs_attention"})
    assert not Lead.objects.exists()


def test_a_multipart_form_with_thousands_of_fields_is_answered(make_webhook, deliver):
    form = encode_multipart(BOUNDARY, {f"f{number}": "x" for number in range(2_500)})
    answer = deliver(make_webhook(mapping={"f1": "city"}), form, content_type=MULTIPART_CONTENT)
    assert (answer.status_code, answer.json()) == (200, {"status": "needs_attention"})


# Hostile bodies


@pytest.mark.parametrize(
    "content_type", ["application/json", MULTIPART_CONTENT, "application/x-www-form-urlencoded"]
)
def test_a_body_of_ten_megabytes_is_refused_and_not_logged(make_webhook, deliver, content_type):
    answer = deliver(make_webhook(), "[" + "1" * 10_000_000 + "]", content_type=content_type)
    assert (answer.status_code, answer.json()) == (413, {"status": "too_large"})
    assert calls() == []


@pytest.mark.parametrize(
    "body",
    [
        [{"email": "a@example.com"}] * (MOST + 1),
        "[" + ",".join(['{"a":1}'] * 30_000) + "]",
        {"entry": [{"changes": [{"a": 1}] * 20_000}]},
    ],
)
def test_a_call_with_too_many_records_adds_none_and_says_so(make_webhook, deliver, body):
    webhook = make_webhook(mapping={"[0].email": "email"})
    for _time in range(2):
        answer = deliver(webhook, body, **{"webhook-id": "msg_1"})
        assert (answer.status_code, answer.json()) == (413, {"status": "too_many_records"})
    assert not Lead.objects.exists()
    assert [call.problems for call in calls()] == [[{"code": "too_many_records"}]] * 2


def test_as_many_records_as_allowed_are_added(make_webhook, deliver):
    webhook = make_webhook(mapping={"[0].email": "email"})
    answer = deliver(webhook, [person(number) for number in range(MOST)])
    assert answer.json()["records"] == ["added"] * MOST
    assert Lead.objects.count() == MOST


DEEP = "[" * 900 + "]" * 900


BODIES = [
    f'[{{"email": "a@example.com", "x": {DEEP}}}, {{"email": "b@example.com"}}]',
    f"[{DEEP}, {DEEP}]",
    '{"a":' * 30_000 + "1" + "}" * 30_000,
    json.dumps({"leads": [{"email": "\ud800a", "x\0": "\0"}] * 3}),
    '[{"email": "\\ud800\\u0000"}, {"\\u0000": "\\udfff"}]',
    b'[{"email": "\xff\xfe\x00"}, {"\x80": "\xc0\xaf"}]',
    b"\xff" * 5_000,
    "[" + ",".join(["0"] * 100_000) + "]",
    "[" + ",".join(["{}"] * 80_000) + "]",
    '[{"leads[0].email": 1, "": {"": [[], {}]}}, {"": ""}]',
    '[{"email": NaN}, {"email": 1e999}, {"email": -Infinity}]',
    json.dumps([person(1), person(2)]).encode("utf-16"),
    '{"leads": {"0": [[[{"email": "a@example.com"}]]]}, "entry": [[{"changes": [[1], [2]]}]]}',
]
PATHS = ["[0].email", "leads[0].email", "entry[0].changes[0].email", "a"]


@pytest.mark.parametrize(("body", "path"), one_in(5, product(BODIES, PATHS)))
@pytest.mark.hard
def test_hostile_bodies_get_an_answer(make_webhook, deliver, body, path, ada, sign_in):
    webhook = make_webhook(mapping={path: "email", "id": "delivery"})
    answer = deliver(webhook, body)
    assert answer.status_code in (200, 413)
    assert answer.json()["status"] in ("added", "needs_attention", "processed", "too_many_records")
    browser = sign_in(ada)
    assert browser.get(f"/admin/api/incoming/{webhook.pk}").status_code == 200
    assert browser.get(f"/admin/api/incoming/{webhook.pk}/mapping?suggest=1").status_code == 200
    assert browser.get(f"/admin/api/incoming/{webhook.pk}/calls/{calls()[-1].pk}").status_code == 200
    assert browser.post(f"/admin/api/incoming/{webhook.pk}/repeat").status_code == 302


def test_a_key_is_in_no_line_of_the_log_and_a_wrong_one_adds_nothing(make_webhook, deliver):
    webhook = make_webhook(mapping={"leads[0].email": "email"}, key="the-keyqq")
    body = {"google_key": "the-keyqq", "leads": [person(1), person(2)]}
    assert deliver(webhook, body).json()["records"] == ["added"] * 2
    assert not any("the-keyqq" in call.body for call in calls())
    for wrong in ("another", "…"):
        assert deliver(webhook, {**body, "google_key": wrong}).status_code == 401
    assert Lead.objects.count() == 2

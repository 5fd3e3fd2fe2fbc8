"""How a call is authorized: token, expiry, address, rights, limit; what is logged; and what must not affect it."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.models import ApiCall, Operation, Token
from leads.models import Lead
from tests.api.conftest import Program, make_token

NECESSARY = "Your API token does not have the necessay permissions for the requested operation"


def test_a_call_without_a_token_gets_a_message(cast):
    assert Program("").get("/api/leads", expect=401) == {"status": False, "message": "Token is not defined."}


def test_a_wrong_token_is_rejected_without_repeating_it(cast):
    program = Program("lw_wrongwrongwrong")
    assert program.get("/api/leads", expect=401) == {"status": False, "message": "Invalid API token."}
    assert b"wrongwrong" not in program.text


@pytest.mark.parametrize("secret", ["\udc80", "x" * 5000, "é", "' OR 1=1 --"])
def test_an_unknown_token_is_rejected_whatever_it_contains(cast, secret):
    client = Client()
    assert (
        client.get("/api/leads", {"authtoken": secret.encode("utf-8", "replace").decode()}).status_code == 401
    )


def test_the_header_is_case_insensitive_and_the_token_can_be_in_the_url(ann, make_lead):
    make_lead()
    secret = make_token(ann)
    assert Client().get("/api/leads?page=1", headers={"AuthToken": secret}).status_code == 200
    assert Client().get(f"/api/leads?page=1&authtoken={secret}").status_code == 200


def test_an_expired_token_says_so(connect, ann):
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = connect(ann, expires_on=yesterday).get("/api/leads", expect=401)
    assert answer == {"status": False, "message": "Token Time Expire."}
    connect(ann, expires_on=timezone.localdate()).get("/api/leads", expect=404)


def test_a_token_works_only_from_its_addresses(connect, ann):
    connect(ann, addresses=["127.0.0.0/8"]).get("/api/leads", expect=404)
    connect(ann, addresses=["203.0.113.7", "2001:db8::/32"]).get("/api/leads", expect=403)


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("GET", "/api/leads", "leads.get"),
        ("GET", "/api/leads/1", "leads.get"),
        ("GET", "/api/leads/search/x", "leads.search"),
        ("POST", "/api/leads", "leads.post"),
        ("PUT", "/api/leads/1", "leads.put"),
        ("DELETE", "/api/leads/1", "leads.delete"),
        ("DELETE", "/api/delete/leads/1", "leads.delete"),
    ],
)
def test_a_token_without_the_right_is_rejected(connect, ann, method, path, right):
    every = ["leads.get", "leads.search", "leads.post", "leads.put", "leads.delete"]
    others = [name for name in every if name != right]
    assert connect(ann, others).call(method, path, {"name": "x"}, expect=403) == {
        "status": False,
        "message": NECESSARY,
    }
    connect(ann, [right]).call(method, path, {"name": "x"})
    assert not Lead.objects.exists()


def test_an_unknown_method_has_its_own_response(connect, ann):
    program = connect(ann)
    for method in ("PATCH", "PUT", "OPTIONS", "TRACE", "FROBNICATE"):
        assert program.call(method, "/api/leads", expect=405) == {"status": False, "error": "Unknown method"}
    assert "GET" in program.last["Allow"]


@pytest.mark.usefixtures("stopped_clock")
def test_too_many_calls_are_rejected_until_the_minute_is_over(connect, ann):
    program = connect(ann, calls_a_minute=2)
    program.get("/api/leads", expect=404)
    assert program.last["X-RateLimit-Limit"] == "2"
    assert program.last["X-RateLimit-Remaining"] == "1"
    program.get("/api/leads", expect=404)
    assert program.last["X-RateLimit-Remaining"] == "0"
    assert program.get("/api/leads", expect=429)["status"] is False
    assert 0 < int(program.last["Retry-After"]) <= 60
    assert int(program.last["X-RateLimit-Reset"]) > timezone.now().timestamp()
    use = Token.objects.get().use
    use.minute -= timedelta(minutes=1)
    use.save()
    program.get("/api/leads", expect=404)


def test_every_call_is_logged_even_if_it_is_rejected(connect, ann, new_lead):
    program = connect(ann)
    program.post("/api/leads?authtoken=secret", new_lead)
    program.put("/api/leads/999", {"name": "x"}, expect=404)
    program.get("/api/leads/search/secret%20word", expect=404)
    found = list(ApiCall.objects.order_by("id").values_list("method", "path", "status"))
    assert found == [
        ("POST", "/api/leads", 200),
        ("PUT", "/api/leads/999", 404),
        ("GET", "/api/leads/search/…", 404),
    ]
    assert "Lead name" not in str(list(ApiCall.objects.values()))
    assert Token.objects.get().use.address == "127.0.0.1"


def test_a_stream_is_logged_when_it_ends(connect, ann, make_lead):
    make_lead()
    connect(ann).get("/api/leads")
    assert ApiCall.objects.get().status == 200


def test_head_queries_no_leads(connect, ann, make_lead, django_assert_max_num_queries):
    make_lead()
    program = connect(ann)
    # What a process reads once and keeps doesn't count.
    program.get("/api/leads")
    # The last one is its entry in the audit log.
    with django_assert_max_num_queries(7):
        answer = program.client.head("/api/leads", headers=program.headers)
        assert b"".join(answer.streaming_content) == b""
    assert (answer.status_code, ApiCall.objects.latest("id").method) == (200, "HEAD")


def test_each_call_that_writes_is_one_api_operation(connect, ann, new_lead):
    pk = connect(ann).post("/api/leads", new_lead)["record_id"]
    connect(ann).put(f"/api/leads/{pk}", {"company": "Acme", "city": "Cluj"})
    connect(ann).delete(f"/api/leads/{pk}")
    found = Operation.objects.filter(by=ann).order_by("id").values_list("kind", "channel")
    assert list(found) == [("add", "api"), ("edit", "api"), ("bin", "api")]


def test_cookies_are_ignored(sign_in, ann, connect, new_lead):
    browser = sign_in(ann)
    assert browser.get("/api/leads").status_code == 401
    program = connect(ann)
    program.client.cookies["sessionid"] = "stray"
    program.client.cookies["csrf_cookie_name"] = "stray"
    program.client.handler.enforce_csrf_checks = True
    program.post("/api/leads", new_lead)


def test_a_json_content_type_without_a_body_is_harmless(connect, ann, make_lead):
    lead = make_lead(owner=ann)
    program = connect(ann)
    program.call("GET", "/api/leads", kind="application/json", expect=200)
    program.call("GET", f"/api/leads/{lead.pk}", b"not json", kind="application/json", expect=200)
    program.call("DELETE", f"/api/leads/{lead.pk}", kind="application/json", expect=200)


def test_responses_are_in_english_and_server_time_whatever_the_users_settings(connect, ann, make_lead):
    ann.language, ann.time_zone = "ro", "Asia/Tokyo"
    ann.save()
    lead = make_lead()
    shown = connect(ann).get(f"/api/leads/{lead.pk}", **{"Accept-Language": "ro"})
    assert shown["status_name"] == "New"
    assert shown["dateadded"] == timezone.localtime(lead.created_at).strftime("%Y-%m-%d %H:%M:%S")


def test_reading_takes_few_queries_whatever_the_length_of_the_list(
    connect, ann, make_lead, django_assert_max_num_queries
):
    program = connect(ann)
    for number in range(3):
        make_lead(f"Lead {number}")
    # Token with its user, the limits of the transaction and its savepoint, the departments, the IDs of the page from
    # its indexes, rows, state and count, and the log. Statistics decide whether the IDs take one query or two.
    with django_assert_max_num_queries(10):
        assert len(program.get("/api/leads?page=1")["data"]) == 3


def test_a_locked_lead_returns_409(connect, ann, make_lead, monkeypatch):
    from crm.platform.web.transactions import Busy
    from leads.api.connect import connect_leads as module

    def busy(*arguments):
        raise Busy

    monkeypatch.setattr(module, "change_lead", busy)
    answer = connect(ann).put(f"/api/leads/{make_lead().pk}", {"name": "x"}, expect=409)
    assert answer["status"] is False
    assert "Try again" in json.dumps(answer)


def test_an_unknown_url_returns_json(cast):
    shapes = {
        "/api/invoices": {"status": False, "error": "Unknown method"},
        "/api/": {"status": False, "error": "Unknown method"},
        "/v1/crm/deals": {"result": "error", "message": "There is no such address."},
    }
    for path, shape in shapes.items():
        answer = Client().get(path)
        assert (answer.status_code, answer.json()) == (404, shape)
    assert Client().get("/api/v2/invoices").json()["code"] == "not_found"

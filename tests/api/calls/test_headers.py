"""The headers that the dialects share: the token, the rate limit, ignored fields; and the times of API v2."""

import re

import pytest

from crm.api.views.api_docs import get_schema
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import SetVip

LISTS = ["/api/leads", "/v1/crm/leads", "/api/v2/leads", "/api/v2/operations"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.mark.parametrize("path", LISTS)
def test_one_header_with_the_token_works_in_every_dialect(umbra, ann, make_lead, path):
    make_lead(owner=ann)
    program = umbra(ann)
    assert list(program.headers) == ["Authorization"]
    program.get(path)


def test_the_documentation_names_that_header_for_every_call():
    calls = [call for path in get_schema()["paths"].values() for call in path.values()]
    assert calls
    assert all({"bearer": []} in call["security"] for call in calls)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.usefixtures("stopped_clock")
def test_every_dialect_says_how_many_calls_are_left(umbra, ann, make_lead, path):
    make_lead(owner=ann)
    program = umbra(ann, calls_a_minute=2)
    left = []
    for status in (200, 200, 429):
        program.get(path, expect=status)
        left.append((program.last["X-RateLimit-Limit"], program.last["X-RateLimit-Remaining"]))
        assert program.last["X-RateLimit-Reset"].isdecimal()
    assert left == [("2", "1"), ("2", "0"), ("2", "0")]
    assert 1 <= int(program.last["Retry-After"]) <= 60


def test_every_response_of_api_v2_documents_the_limits():
    for path, calls in get_schema()["paths"].items():
        if path.startswith("/api/v2/"):
            for call in calls.values():
                for status, answer in call["responses"].items():
                    assert "X-RateLimit-Remaining" in answer["headers"], (path, status)


def test_every_time_of_api_v2_has_the_same_format(umbra, ann, make_lead, make_hook):
    lead = make_lead(owner=ann)
    carry_out(SetVip(True), Lead.objects.filter(pk=lead.pk), by=ann)
    hook = make_hook(ann)
    hook.deliveries.create()
    program = umbra(ann)
    paths = [
        f"/api/v2/leads/{lead.pk}",
        *LISTS[2:],
        f"/api/v2/webhooks/{hook.pk}/deliveries",
        "/api/v2/companies",
    ]
    found = [
        text
        for path in paths
        for text in texts_in(program.get(path))
        if re.match(r"\d{4}-\d\d-\d\d[T ]", text)
    ]
    assert len(found) > 5
    assert [text for text in found if not TIME.fullmatch(text)] == []


def texts_in(body) -> list[str]:
    if isinstance(body, dict | list):
        inner = body.values() if isinstance(body, dict) else body
        return [text for part in inner for text in texts_in(part)]
    return [body] if isinstance(body, str) else []


def test_crm_connect_names_the_fields_that_had_no_effect(connect, ann, new_lead):
    program = connect(ann)
    sent = {**new_lead, "phone": "1", "contact": "x", "größe": "1", "line\r\nbreak": "1"}
    answer = program.post("/api/leads", sent)
    assert set(answer) == {"status", "message", "record_id"}
    assert program.last["X-Ignored-Fields"] == "phone, contact, gr%C3%B6%C3%9Fe, line%0D%0Abreak"
    path = f"/api/leads/{answer['record_id']}"
    program.put(path, {"city": "Cluj", "contacted_today": "on"})
    assert program.last["X-Ignored-Fields"] == "contacted_today"
    program.put(path, {"city": "Sibiu"})
    assert "X-Ignored-Fields" not in program.last
    program.put(path, {"lead_value": "x", "phone": "1"}, expect=422)
    assert "X-Ignored-Fields" not in program.last


@pytest.mark.parametrize("path", ["/api/lead_statuses", "/api/lead_sources"])
def test_crm_connect_names_ignored_fields_of_statuses_and_sources(connect, ada, path):
    program = connect(ada)
    pk = program.post(path, {"name": "Fair", "colour": "red"})["record_id"]
    assert program.last["X-Ignored-Fields"] == "colour"
    program.put(f"{path}/{pk}", {"name": "Fairs", "place": "1"})
    assert program.last["X-Ignored-Fields"] == "place"


def test_umbra_names_the_fields_that_had_no_effect_even_in_a_repeated_response(umbra, ann):
    program = umbra(ann)
    sent = {"first_name": "John", "last_name": "Doe", "email": "john@example.com", "shoe_size": 42}
    for _time in range(2):
        answer = program.post("/v1/crm/leads", sent, **{"Idempotency-Key": "one"})
        assert program.last["X-Ignored-Fields"] == "shoe_size"
    program.put(f"/v1/crm/leads/{answer['lead_id']}", {"first_name": "Joe", "phonenumber": "1"})
    assert program.last["X-Ignored-Fields"] == "phonenumber"


def test_api_v2_rejects_unknown_fields_instead(umbra, ann, make_lead):
    lead = make_lead(owner=ann)
    program = umbra(ann)
    answer = program.patch(f"/api/v2/leads/{lead.pk}", {"city": "Cluj", "shoe_size": 42}, expect=422)
    assert [error["parameter"] for error in answer["errors"]] == ["shoe_size"]

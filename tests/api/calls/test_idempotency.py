"""Idempotency-Key: repeating a call returns the same response and does nothing, even from ten threads at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from crm.api.call_log import delete_expired_replies
from crm.models import ApiReply, Token
from leads.models import Lead
from tests.api.conftest import Program, make_token


@pytest.fixture
def program(connect, ann):
    return connect(ann)


def test_a_repeated_call_gets_the_same_response(program, new_lead):
    key = {"Idempotency-Key": "abc"}
    first = program.post("/api/leads", new_lead, **key)
    again = program.post("/api/leads", new_lead, **key)
    assert again == first
    assert program.last["Idempotent-Replayed"] == "true"
    assert Lead.objects.count() == 1
    assert program.post("/api/leads", new_lead)["record_id"] != first["record_id"]


def test_a_repeated_call_says_again_what_it_created(umbra, ann):
    program, key = umbra(ann), {"Idempotency-Key": "abc"}
    found = []
    for _time in range(2):
        program.post("/api/v2/leads", {"company": "Acme"}, expect=201, **key)
        found.append([program.last[name] for name in ("Location", "ETag")])
    pk = Lead.objects.get().pk
    assert found == [[f"/api/v2/leads/{pk}", '"1"']] * 2
    assert program.last["Idempotent-Replayed"] == "true"


@pytest.mark.usefixtures("stopped_clock")
def test_headers_about_one_call_alone_are_not_repeated(program, new_lead):
    Token.objects.update(calls_a_minute=9)
    for left in ("8", "7"):
        program.post("/api/leads", new_lead, **{"Idempotency-Key": "abc"})
        assert program.last["X-RateLimit-Remaining"] == left
    assert ApiReply.objects.get().headers == {}


def test_a_key_belongs_to_one_call_and_one_token(program, connect, ann, new_lead):
    key = {"Idempotency-Key": "abc"}
    program.post("/api/leads", new_lead, **key)
    answer = program.post("/api/leads", {**new_lead, "name": "Other"}, expect=422, **key)
    assert answer["message"] == "This Idempotency-Key belongs to another call."
    connect(ann).post("/api/leads", new_lead, **key)
    assert Lead.objects.count() == 2


def test_a_failed_call_can_be_sent_again(program, new_lead):
    key = {"Idempotency-Key": "abc"}
    program.post("/api/leads", {}, expect=422, **key)
    program.post("/api/leads", new_lead, **key)
    assert Lead.objects.count() == 1


def test_an_invalid_key_is_rejected(program, new_lead):
    program.post("/api/leads", new_lead, expect=422, **{"Idempotency-Key": "x" * 256})
    assert not Lead.objects.exists()


def test_responses_are_kept_for_a_day(program, new_lead):
    program.post("/api/leads", new_lead, **{"Idempotency-Key": "abc"})
    assert delete_expired_replies() == 0
    reply = ApiReply.objects.get()
    ApiReply.objects.update(at=reply.at - timedelta(days=1, minutes=1))
    assert delete_expired_replies() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_ten_threads_with_one_key_create_one_lead_and_get_equal_responses(ann, new_lead):
    secret, answers = make_token(ann), []
    barrier = threading.Barrier(10)

    def call():
        try:
            program = Program(secret)
            barrier.wait()
            program.post("/api/leads", new_lead, expect=None, **{"Idempotency-Key": "one"})
            answers.append((program.last.status_code, program.text))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 10
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    assert Lead.objects.count() == 1

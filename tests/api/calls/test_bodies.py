"""How bodies arrive: chunked, slowly, with a byte order mark, without a content type, as multipart."""

import json
import time
from io import BytesIO

import pytest
from django.test.client import ClientHandler

from crm.api import call_body
from leads.models import Lead
from tests.api.conftest import make_token


@pytest.fixture
def secret(ann):
    return make_token(ann)


def call(method: str, path: str, body, secret: str, **environ) -> tuple[int, dict]:
    """A call as the web server passes it on."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "wsgi.input": BytesIO(body) if isinstance(body, bytes) else body,
        "wsgi.url_scheme": "http",
        "wsgi.errors": BytesIO(),
        "wsgi.version": (1, 0),
        **environ,
    }
    response = ClientHandler()(environ)
    return response.status_code, json.loads(response.content)


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": "application/json"}


def test_a_chunked_body_without_a_length_is_read(secret, make_lead):
    lead = make_lead(city="Cluj")
    status, answer = call("PUT", f"/api/leads/{lead.pk}", b'{"city": "Sibiu"}', secret, **CHUNKED)
    assert (status, answer["status"]) == (200, True)
    assert Lead.objects.get().city == "Sibiu"


def test_chunks_over_the_size_limit_are_rejected(secret, make_lead, monkeypatch):
    monkeypatch.setattr(call_body, "LARGEST_BODY", 1_000)
    lead = make_lead()
    body = json.dumps({"city": "x" * 2_000}).encode()
    assert call("PUT", f"/api/leads/{lead.pk}", body, secret, **CHUNKED)[0] == 413


def test_without_a_token_the_body_is_not_read(db):
    class Untouched:
        def read(self, *_size):
            raise AssertionError("read")

        readline = read

    assert call("POST", "/api/leads", Untouched(), "", **CHUNKED)[0] == 401


def test_a_body_that_arrives_too_slowly_is_cut_off(secret, monkeypatch):
    monkeypatch.setattr(call_body, "LONGEST", 0.2)

    class Connection:
        closed = False

        def shutdown(self, _how):
            self.closed = True

    class Slow:
        def read(self, _size):
            time.sleep(0.02)
            return b"" if connection.closed else b" "

        readline = read

    connection = Connection()
    status, _answer = call("POST", "/api/leads", Slow(), secret, **CHUNKED, **{"gunicorn.socket": connection})
    assert status == 408
    assert not Lead.objects.exists()


@pytest.mark.parametrize("kind", ["", "text/plain", "application/octet-stream", "application/json"])
def test_json_is_read_without_its_type_and_with_a_byte_order_mark(secret, make_lead, kind):
    lead = make_lead(city="Cluj")
    body = b"\xef\xbb\xbf" + b'{"city": "Sibiu"}'
    environ = {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": kind}
    assert call("PUT", f"/api/leads/{lead.pk}", body, secret, **environ)[0] == 200
    assert Lead.objects.get().city == "Sibiu"


def parts(boundary: str, **values: str) -> bytes:
    fields = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    )
    return ("".join(fields) + f"--{boundary}--\r\n").encode()


def test_multipart_bodies_with_the_same_idempotency_key_are_compared(connect, ann, new_lead):
    program = connect(ann)
    key = {"Idempotency-Key": "abc"}

    def send(boundary, expect=200, path="/api/leads", **values):
        kind = f"multipart/form-data; boundary={boundary}"
        body = parts(boundary, **{**new_lead, **values})
        return program.call("POST", path, body, kind=kind, expect=expect, **key)

    first = send("one")
    assert send("two") == first
    assert send("three", path="/api/leads/") == first
    assert "another call" in send("four", expect=422, name="Another")["message"]
    assert Lead.objects.count() == 1


def test_crm_connect_also_accepts_bearer_tokens(umbra, ann, make_lead):
    make_lead()
    assert len(umbra(ann).get("/api/leads")) == 1


def test_page_sizes_over_the_limit_get_the_maximum(connect, ann, make_lead):
    make_lead()
    program = connect(ann)
    assert program.get("/api/leads?page=1&per_page=200")["meta"]["per_page"] == 100
    assert program.last["X-Per-Page"] == "100"


def test_an_unusual_stored_email_sent_back_unchanged_is_not_validated(umbra, ann, make_lead):
    lead = make_lead(email="ana@localhost", city="Cluj")
    program = umbra(ann)
    path = f"/v1/crm/leads/{lead.public_id}"
    program.call("PUT", path, {"email": "ana@localhost", "first_name": "Anna"}, expect=200)
    program.call("PUT", path, {"email": "not an address"}, expect=422)
    lead.refresh_from_db()
    assert (lead.first_name, lead.email) == ("Anna", "ana@localhost")


def test_umbra_reports_an_empty_body(umbra, ann, make_lead):
    lead = make_lead()
    for body in ({}, {"shoe_size": 42}):
        answer = umbra(ann).call("PUT", f"/v1/crm/leads/{lead.public_id}", body, expect=400)
        assert "first_name" in answer["message"]

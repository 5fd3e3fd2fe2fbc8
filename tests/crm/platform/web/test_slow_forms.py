"""Forms that come slowly or are too large hold no thread of the web server."""

import re
import time
from io import BytesIO
from pathlib import Path

import pytest
from django.test.client import ClientHandler
from django.urls import reverse

from crm.platform.web.middleware import request_body

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


class Connection:
    """What gunicorn hands on as the socket of a request."""

    closed = False

    def shutdown(self, _how) -> None:
        self.closed = True


class Slow:
    """A body of which a byte comes every fiftieth of a second."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.read_bytes = connection, 0

    def read(self, size: int) -> bytes:
        """Waits for all of it, as gunicorn does."""
        found = b""
        while len(found) < size and not self.connection.closed:
            time.sleep(0.02)
            self.read_bytes += 1
            found += b"x"
        return found

    readline = read


def post(path: str, body, length: int, *, cookie: str = "", connection=None, kind: str = FORM):
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(length),
        "HTTP_COOKIE": cookie,
        "wsgi.input": body,
        "wsgi.url_scheme": "http",
        "wsgi.errors": BytesIO(),
        "wsgi.version": (1, 0),
        "gunicorn.socket": connection,
    }
    return ClientHandler()(environ)


@pytest.mark.parametrize("kind", [FORM, PARTS])
@pytest.mark.parametrize("path", ["/login", "/admin/leads/new", "/no/such/page"])
def test_a_slow_form_of_a_stranger_is_cut_off(db, monkeypatch, path, kind):
    monkeypatch.setattr(request_body, "STRANGERS_SECONDS", 0.2)
    connection = Connection()
    body = Slow(connection)
    answer = post(path, body, 20_000, connection=connection, kind=kind)
    assert answer.status_code == 408
    assert "The form took too long to arrive" in answer.text
    assert connection.closed
    assert body.read_bytes < 20_000


def test_a_large_form_of_a_stranger_is_refused_before_it_is_read(db):
    body = Slow(Connection())
    answer = post("/login", body, 200_000)
    assert (answer.status_code, body.read_bytes) == (413, 0)
    assert "The form is too large" in answer.text


def test_a_slow_form_of_a_user_has_more_time_and_is_cut_off_too(sign_in, ann, monkeypatch):
    session = sign_in(ann).cookies["sessionid"].value
    monkeypatch.setattr(request_body, "STRANGERS_SECONDS", 0)
    monkeypatch.setattr(request_body, "SECONDS", 0.3)
    connection = Connection()
    answer = post(
        "/admin/leads/new", Slow(connection), 3_000, cookie=f"sessionid={session}", connection=connection
    )
    assert answer.status_code == 408


def test_a_form_that_arrives_in_time_is_read_as_before(db):
    body = b"username=nobody%40example.com&password=wrong"
    connection = Connection()
    answer = post("/login", BytesIO(body), len(body), connection=connection)
    assert answer.status_code == 403
    assert not connection.closed


def test_the_nginx_example_buffers_everything_but_uploads():
    example = Path("docs/run.md").read_text()
    assert "proxy_buffering off" not in example
    before, _off, after = example.partition("proxy_request_buffering off")
    assert "proxy_request_buffering off" not in after
    (pattern,) = re.findall(r"location ~ (\S+) \{", before[before.rindex("location") :])
    assert re.fullmatch(pattern, reverse("leads:import"))
    assert not re.match(pattern, "/login")

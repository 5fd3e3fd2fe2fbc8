"""Which connections get a thread of the web server."""

import socket

import pytest
from gunicorn.config import Config
from gunicorn.workers import gthread

from crm.platform.server.web_worker import WebWorker

SERVED = "a thread answers it"
WAITED = "a thread waits for it"


@pytest.fixture
def worker(monkeypatch):
    """A worker whose threads don't answer, but say what they do."""

    def handle(self, conn):
        known = conn.initialized or conn.data_ready
        return SERVED if known else WAITED

    monkeypatch.setattr(gthread.ThreadWorker, "handle", handle)
    worker = WebWorker.__new__(WebWorker)
    worker.alive = True
    return worker


@pytest.fixture
def connection():
    """The server's end as gunicorn has it, and the browser's."""
    ours, browsers = socket.socketpair()
    yield gthread.TConn(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2)), browsers
    ours.close()
    browsers.close()


@pytest.mark.parametrize(
    ("happens", "outcome"),
    [
        pytest.param(
            "nothing", gthread._DEFER, id="a browser that has only connected keeps no thread waiting"
        ),
        pytest.param("it sends", SERVED, id="a request is answered at once"),
        pytest.param("it leaves", SERVED, id="a browser that leaves again is seen to be gone"),
        pytest.param("it was heard", SERVED, id="one that was silent and then sent something is answered"),
        pytest.param("it was answered", SERVED, id="the next request of a connection is answered"),
        pytest.param("the server stops", WAITED, id="while the server stops, a late request is waited for"),
    ],
)
def test_a_connection_gets_a_thread_when_something_has_arrived(worker, connection, happens, outcome):
    conn, browser = connection
    if happens == "it sends":
        browser.sendall(b"GET / HTTP/1.1\r\n")
    elif happens == "it leaves":
        browser.close()
    conn.data_ready = happens == "it was heard"
    conn.initialized = happens == "it was answered"
    worker.alive = happens != "the server stops"
    assert worker.handle(conn) is outcome

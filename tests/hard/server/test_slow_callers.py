"""Callers who send a byte a second, at the real web server: others are answered within seconds."""

import contextlib
import socket
import threading
import time

import pytest

from tests.hard.running import a_started_leadwell

pytestmark = pytest.mark.nightly

HEAD = "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SLOW = {
    "a form": HEAD.format(path="/login") + "Content-Length: 900\r\n\r\n",
    "a large form": HEAD.format(path="/login") + "Content-Length: 90000\r\n\r\n",
    "a call without a token": HEAD.format(path="/api/leads") + "Content-Length: 90000\r\n\r\n",
    "a head": HEAD.format(path="/login"),
}


@pytest.fixture(scope="module")
def leadwell():
    with a_started_leadwell(LEADWELL_WEB_PROCESSES="1", LEADWELL_WEB_THREADS="2") as leadwell:
        leadwell.start()
        yield leadwell


def drip(port: int, head: str, ended: threading.Event) -> None:
    """Send the head and then a byte a second, on one connection after the other."""
    while not ended.is_set():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
            caller.sendall(head.encode())
            while not ended.wait(1):
                caller.sendall(b"x")


@pytest.mark.parametrize("what", SLOW)
def test_slow_callers_leave_threads_to_others(leadwell, what):
    ended = threading.Event()
    callers = [
        threading.Thread(target=drip, args=[leadwell.port, SLOW[what], ended], daemon=True)
        for _one in range(10)
    ]
    for caller in callers:
        caller.start()
    time.sleep(2)
    took = []
    for _time in range(8):
        begun = time.monotonic()
        status, _body = leadwell.health()
        took.append(time.monotonic() - begun)
        assert status == 200, took
        time.sleep(0.5)
    ended.set()
    for caller in callers:
        caller.join()
    assert max(took) < 4

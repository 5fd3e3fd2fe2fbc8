"""A program that receives webhooks, and one that responds one byte at a time."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

from crm.models import Operation
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from leads.verbs import SetVip

HOOKS = "/api/v2/webhooks"


class Listener(HTTPServer):
    """A webhook receiver; it responds with `status`, with 500 to every n-th call if it `fails_every` n, and redirects to
    `location` if given. It keeps what it `heard`, and the status with which it `answered`."""

    status, location, fails_every = 200, "", 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), FailingHandler)
        self.heard: list[tuple[dict, bytes]] = []
        self.answered: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/told?x=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.choose_status())
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    def choose_status(self) -> int:
        return self.server.status

    def log_message(self, *arguments) -> None:
        pass


class FailingHandler(Handler):
    """Answers as its Listener is told to, and keeps how it answered."""

    def choose_status(self) -> int:
        server = self.server
        fails = server.fails_every and len(server.heard) % server.fails_every == 0
        server.answered.append(500 if fails else server.status)
        return server.answered[-1]


@contextlib.contextmanager
def dripping() -> Iterator[int]:
    """The port of a program that sends one byte of its response every tenth of a second."""
    ended = threading.Event()

    def drip(listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _address = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not ended.is_set():
                    connection.sendall(b"x")
                    time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=drip, args=[listening], daemon=True).start()
        yield listening.getsockname()[1]
        ended.set()


def changed(lead, by) -> Operation:
    """An operation of `by` for a webhook to receive."""
    verb = SetVip(not Lead.objects.get(pk=lead.pk).vip)
    return carry_out(verb, Lead.objects.changeable_by(by).filter(pk=lead.pk), by=by).operation

"""A proxy in front of Leadwell and the other CRM, which counts the calls and at some of them lets something go wrong."""

import http.client
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PASSED_ON = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Accept")
# How long a program has to wait after a 429, in seconds.
WAIT = 1


class Fault(Enum):
    """What goes wrong with one call. The last two end the program, as a power cut would."""

    NO_CONNECTION = "the call doesn't arrive"
    LOST_REPLY = "the call is carried out, its reply is lost"
    TOO_MANY = "429 with Retry-After"
    UNAVAILABLE = "503 with Retry-After"
    KILLED_BEFORE = "the program is killed before its call arrives"
    KILLED_AFTER = "the program is killed after its call, before the reply"


ENDS = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)


@dataclass(frozen=True)
class Call:
    at: float
    method: str
    path: str
    status: int
    fault: Fault | None


class BadNetwork(ThreadingHTTPServer):
    """Passes calls on to `targets` by the first word of the path, such as /leadwell/api/v2/leads. `faults` and `events` are by the number
    of the call, from 1: an event is carried out before the call is passed on, so what a program has read is an older version by
    then. `before_change` gets the path and body of each PATCH before it is passed on. `kill` ends the program that is running."""

    daemon_threads = True

    def __init__(self, targets: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.targets = targets
        self.faults: dict[int, Fault] = {}
        self.events: dict[int, Callable[[], Any]] = {}
        self.calls: list[Call] = []
        # What has gone wrong without being planned.
        self.errors: list[BaseException | None] = []
        self.count = 0
        self.before_change: Callable[[str, dict[str, Any]], None] = lambda path, body: None
        self.kill: Callable[[], None] = lambda: None
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.method != "GET"]

    @property
    def kills(self) -> int:
        return len([call for call in self.calls if call.fault in ENDS])

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.errors.append(sys.exc_info()[1])

    def get_fault(self) -> Fault | None:
        """What happens to the next call, after its event."""
        with self.lock:
            self.count += 1
            fault, event = self.faults.pop(self.count, None), self.events.pop(self.count, None)
        if event:
            event()
        return fault


class _Answer(BaseHTTPRequestHandler):
    server: BadNetwork
    protocol_version = "HTTP/1.1"
    # Head and body go out together. In two packets, the second one would wait for the acknowledgment of the first, 40 ms each time.
    wbufsize = -1

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.get_fault()
        status, headers, content = 0, {}, b""
        if fault in (Fault.TOO_MANY, Fault.UNAVAILABLE):
            status, headers = (429 if fault is Fault.TOO_MANY else 503), {"Retry-After": str(WAIT)}
        elif fault not in (Fault.NO_CONNECTION, Fault.KILLED_BEFORE):
            if self.command == "PATCH":
                self.server.before_change(self.path, json.loads(body))
            status, headers, content = self._pass_on(body)
        self.server.calls.append(Call(time.monotonic(), self.command, self.path, status, fault))
        if fault in ENDS:
            self.server.kill()
        if fault in (Fault.NO_CONNECTION, Fault.LOST_REPLY, *ENDS):
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PATCH(self) -> None:
        self.answer()

    def do_DELETE(self) -> None:
        self.answer()

    def _pass_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        name, _, path = self.path[1:].partition("/")
        target = urlsplit(self.server.targets[name])
        connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=120)
        headers = {key: self.headers[key] for key in PASSED_ON if key in self.headers}
        connection.request(self.command, f"/{path}", body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kept = ("Content-Type", "ETag", "Retry-After", "Location")
        return answer.status, {key: answer.headers[key] for key in kept if key in answer.headers}, content

    def log_message(self, *told) -> None:
        pass

"""The command line against the product's own code: its calls reach the views within the transaction of the test."""

import io
import json
import sys
from dataclasses import dataclass, field

import httpx
import pytest
from django.test import Client
from leadwell.application import main
from leadwell.connection import calls

from tests.api.conftest import make_token, umbra

__all__ = ["umbra"]

ADDRESS = "http://127.0.0.1:8000"
VARIABLES = ("LEADWELL_URL", "LEADWELL_TOKEN", "LEADWELL_PROFILE", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


@dataclass
class Answered:
    """What one command wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Server:
    """Answers calls as the product does. `faults` are answers or errors that come instead, one for each call; `lost` are the numbers
    of calls that are carried out and whose answer doesn't arrive."""

    faults: list = field(default_factory=list)
    lost: set = field(default_factory=set)
    called: list = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.called.append(request)
        number = len(self.called)
        if self.faults and (fault := self.faults.pop(0)) is not None:
            if isinstance(fault, BaseException):
                raise fault
            return fault
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        path = request.url.raw_path.decode()
        answer = Client().generic(
            request.method,
            path,
            request.read(),
            content_type=request.headers.get("content-type", ""),
            headers=headers,
        )
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if number in self.lost:
            raise httpx.ReadError("The connection was closed.")
        return httpx.Response(
            answer.status_code, headers=dict(answer.items()), content=content, request=request
        )

    def count(self, method: str, ending: str) -> int:
        return sum(one.method == method and one.url.path.endswith(ending) for one in self.called)


class Terminal(io.StringIO):
    """A standard input at which someone sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def pauses(monkeypatch):
    """The seconds that the program would have waited."""
    found: list[float] = []
    monkeypatch.setattr(calls, "pause", found.append)
    return found


@pytest.fixture
def server(monkeypatch, pauses):
    server = Server()
    monkeypatch.setattr(
        httpx.HTTPTransport, "handle_request", lambda _transport, request: server.handle(request)
    )
    return server


@pytest.fixture
def leadwell(server, monkeypatch, tmp_path, capsys):
    """leadwell("leads", "list", code=0) runs a command; `typed` is its standard input, and `at_terminal` says whether a person sits
    there. Nobody is signed in yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*words, typed: str = "", at_terminal: bool = False, code: int | None = 0) -> Answered:
        monkeypatch.setattr(sys, "stdin", Terminal(typed) if at_terminal else io.StringIO(typed))
        capsys.readouterr()
        ended = int(main([str(word) for word in words]))
        written = capsys.readouterr()
        answered = Answered(ended, written.out, written.err)
        assert code is None or ended == code, answered
        return answered

    return run


@pytest.fixture
def signed_in(leadwell, cast):
    """signed_in(ann) runs commands with a token of Ann's; `secret` is that token."""

    def sign_in(user, rights=None, **values):
        secret = make_token(user, rights, **values)
        leadwell("login", ADDRESS, "--token-stdin", typed=secret)
        leadwell.secret = secret
        return leadwell

    leadwell.sign_in = sign_in
    return sign_in


@pytest.fixture
def ann_types(signed_in, ann):
    return signed_in(ann)


def build_problem(status: int, code: str, detail: str = "No.", **headers: str) -> httpx.Response:
    """An answer of API v2 that refuses."""
    sent = {"content-type": "application/problem+json", **headers}
    body = {"type": "", "title": "Refused", "status": status, "code": code, "detail": detail, "errors": []}
    return httpx.Response(status, headers=sent, json=body)

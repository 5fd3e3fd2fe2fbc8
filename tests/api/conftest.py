"""Programs that call the APIs: a token for each cast member, and calls in each dialect."""

import json
import threading

import pytest
from django.test import Client

from crm.api.token_scopes import get_all_rights
from crm.models import Token, Webhook
from crm.platform.web import outgoing_calls
from tests.api.documentation.agreement import disagreement
from tests.api.webhooks.listening import HOOKS, Listener


def make_token(user, rights=None, **values) -> str:
    """The secret of a new token; with all rights unless some are named."""
    token = Token(
        user=user,
        name=f"{user.name}'s program",
        rights=get_all_rights() if rights is None else rights,
        **values,
    )
    secret = token.set_new_secret()
    token.save()
    return secret


class Program:
    """Calls with one token. Every response is JSON as documented, or a file; `last` keeps the whole response."""

    def __init__(self, secret: str, header: str = "authtoken", mark: str = "") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {header: mark + secret} if secret else {}
        self.last, self.text = None, b""

    def call(self, method: str, path: str, data=None, kind: str = "application/json", expect=None, **headers):
        body = data
        if kind == "application/json" and data is not None and not isinstance(data, bytes | str):
            body = json.dumps(data)
        self.last = self.client.generic(
            method,
            path,
            b"" if body is None else body,
            content_type=kind,
            headers={**self.headers, **headers},
        )
        self.text = b"".join(self.last.streaming_content) if self.last.streaming else self.last.content
        if expect is not None:
            assert self.last.status_code == expect, (self.last.status_code, self.text[:500])
        if self.last.get("Content-Disposition", "").startswith("attachment"):
            # The bytes of a file.
            return self.text
        body = json.loads(self.text)
        assert disagreement(method, path, self.last.status_code, body) == ""
        return body

    def get(self, path, expect=200, **headers):
        return self.call("GET", path, expect=expect, **headers)

    def post(self, path, data=None, expect=200, **values):
        return self.call("POST", path, data, expect=expect, **values)

    def put(self, path, data=None, expect=200, **values):
        return self.call("PUT", path, data, expect=expect, **values)

    def patch(self, path, data=None, expect=200, **headers):
        return self.call("PATCH", path, data, expect=expect, **headers)

    def delete(self, path, expect=200, **headers):
        return self.call("DELETE", path, expect=expect, **headers)


@pytest.fixture
def connect(cast):
    """connect(ann) is a CRM Connect program with a token of ann."""
    return lambda user, rights=None, **values: Program(make_token(user, rights, **values))


@pytest.fixture
def umbra(cast):
    """umbra(ann) is an Umbra ERP program with a token of ann."""
    return lambda user, rights=None, **values: Program(
        make_token(user, rights, **values), "Authorization", "Bearer "
    )


@pytest.fixture
def new_lead(statuses, sources, ann):
    """The four required fields of a new lead in the CRM Connect dialect."""
    return {"name": "Lead name", "source": sources.website.pk, "status": statuses.new.pk, "assigned": ann.pk}


@pytest.fixture
def listener(monkeypatch):
    """It listens on this machine, which counts as public in this test; the rest of 127/8 doesn't."""
    really = outgoing_calls.is_public_address
    monkeypatch.setattr(outgoing_calls, "is_public_address", lambda a: str(a) == "127.0.0.1" or really(a))
    with Listener() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def make_hook(ada):
    def make(user=ada, **values) -> Webhook:
        given = {"url": "https://example.com/leadwell", "secret": "s" * 40, **values}
        return Webhook.objects.create(user=user, **given)

    return make


@pytest.fixture
def program(umbra, ann):
    return umbra(ann)


@pytest.fixture
def three(make_lead, ann):
    return [make_lead(name, owner=ann) for name in ("Zoe Stone", "Adam Novák", "Eva Berg")]


@pytest.fixture
def hook(program, listener):
    return program.post(HOOKS, {"url": listener.url}, expect=201)

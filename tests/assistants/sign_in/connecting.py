"""A program that is connected by its address: it registers, sends a user to the page, and fetches its access."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.test import Client

from assistants.models import AssistantConnection
from tests.assistants.conftest import Assistant

BACK = "https://example.com/back"
VERIFIER = "a-verifier-that-only-the-program-knows-0123456789"
RESOURCE = "http://127.0.0.1:8000/mcp"
# What the form of the page sends if a user changes nothing.
ANSWER = {
    "name": "Claude",
    "access": "change",
    "preview_above": 1,
    "records_per_call": 100,
    "records_per_hour": 500,
    "decision": "connect",
}


@dataclass
class ConnectedProgram:
    """`access` and `renewal` are the last ones it got."""

    id: str = ""
    code: str = ""
    access: str = ""
    renewal: str = ""
    client: Client = field(default_factory=Client)

    def register(self, **values: Any) -> Any:
        sent = {"redirect_uris": [BACK], "client_name": "Claude", **values}
        answer = self.client.post("/oauth/register", json.dumps(sent), "application/json")
        self.id = answer.json().get("client_id", "")
        return answer

    def build_address(self, **changed: str | None) -> str:
        sent = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": BACK,
            "code_challenge": create_s256_code_challenge(VERIFIER),
            "code_challenge_method": "S256",
            "state": "some state",
            "resource": RESOURCE,
            **changed,
        }
        return f"/oauth/authorize?{urlencode({name: value for name, value in sent.items() if value is not None})}"

    def ask(self, browser: Client, **answer: Any) -> dict[str, str]:
        """What the program is told after the user has answered."""
        response = browser.post(self.build_address(), ANSWER | answer)
        assert response.status_code == 303, response.content
        told = read_back(response)
        self.code = told.get("code", "")
        return told

    def call_token(self, **changed: str | None) -> Any:
        sent = {"client_id": self.id, "resource": RESOURCE, **changed}
        return self.client.post(
            "/oauth/token", {name: value for name, value in sent.items() if value is not None}
        )

    def exchange(self, **changed: str | None) -> Any:
        sent = {"grant_type": "authorization_code", "code": self.code, "redirect_uri": BACK}
        return self.keep(self.call_token(**{**sent, "code_verifier": VERIFIER, **changed}))

    def renew(self, **changed: str | None) -> Any:
        sent = {"grant_type": "refresh_token", "refresh_token": self.renewal}
        return self.keep(self.call_token(**{**sent, **changed}))

    def keep(self, answer: Any) -> Any:
        if answer.status_code == 200:
            self.access, self.renewal = answer.json()["access_token"], answer.json()["refresh_token"]
        return answer

    def connect(self, browser: Client, **answer: Any) -> "ConnectedProgram":
        self.register()
        self.ask(browser, **answer)
        assert self.exchange().status_code == 200
        return self

    @property
    def connection(self) -> AssistantConnection:
        return AssistantConnection.objects.select_related("token__user").get(program__public_id=self.id)

    def as_assistant(self) -> Assistant:
        """It calls tools with the access that it has now."""
        found: Any = Assistant.__new__(Assistant)
        found.token, found.secret, found.client, found.last = (
            self.connection.token,
            self.access,
            Client(),
            None,
        )
        return found

    def call_status(self) -> int:
        """Of the simplest call with its access."""
        me = self.as_assistant()
        me.send("server/discover")
        return me.last.status_code


def read_back(response: Any) -> dict[str, str]:
    location = urlsplit(response["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == BACK
    return {name: values[0] for name, values in parse_qs(location.query).items()}

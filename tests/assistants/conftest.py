"""Assistants of the cast: programs that call the tools by the protocol."""

import json
from typing import Any

import pytest
from django.test import Client

from assistants.models import AssistantLimits
from assistants.protocol.revisions import STATELESS
from crm.api.token_scopes import get_all_rights
from crm.models import Token

META = {
    "io.modelcontextprotocol/protocolVersion": STATELESS,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def make_assistant_token(
    user, rights=None, limits: dict[str, Any] | None = None, **values
) -> tuple[Token, str]:
    """A token with all rights unless some are named, and its secret."""
    token = Token(
        user=user,
        name=values.pop("name", f"{user.name}'s assistant"),
        rights=get_all_rights() if rights is None else rights,
        purpose=Token.Purpose.ASSISTANT,
        **values,
    )
    secret = token.set_new_secret()
    token.save()
    AssistantLimits.objects.create(token=token, **(limits or {}))
    return token, secret


class Assistant:
    """Sends messages with one token. `last` is the last response."""

    def __init__(self, user, rights=None, limits=None, **values) -> None:
        self.token, self.secret = make_assistant_token(user, rights, limits, **values)
        self.client = Client(raise_request_exception=True)
        self.last: Any = None

    def post(self, body: Any, **headers) -> Any:
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        self.last = self.client.post(
            "/mcp",
            text,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}", **headers},
        )
        return json.loads(self.last.content) if self.last.content else None

    def send(self, method: str, params: dict[str, Any] | None = None, **headers) -> Any:
        """A message of the revision without sessions, with the headers that belong to it."""
        params = {**(params or {}), "_meta": META}
        own = {"Mcp-Protocol-Version": STATELESS, "Mcp-Method": method}
        own |= {"Mcp-Name": params["name"]} if "name" in params else {}
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return self.post(body, **{**own, **headers})

    def call(self, tool: str, **arguments) -> Any:
        """The result of a tool."""
        answer = self.send("tools/call", {"name": tool, "arguments": arguments})
        assert "result" in answer, answer
        return answer["result"]

    def use(self, tool: str, **arguments) -> Any:
        """The structured content of a tool that has to succeed."""
        result = self.call(tool, **arguments)
        assert not result["isError"], result["content"]
        return result["structuredContent"]

    def refuse(self, tool: str, **arguments) -> str:
        """The sentence of a tool that has to refuse."""
        result = self.call(tool, **arguments)
        assert result["isError"], result
        return result["content"][0]["text"]


@pytest.fixture
def assistant(cast):
    """assistant(ann) is an assistant with a token of ann."""
    return Assistant

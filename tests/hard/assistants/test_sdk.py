"""The protocol's own Python client against a running server: over HTTP in both kinds of revisions, and over standard input."""

import asyncio
import sys
from contextlib import asynccontextmanager

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from assistants.protocol.revisions import STATELESS, WITH_HANDSHAKE
from crm.platform.configuration.environment import ROOT
from tests.waiting import PATIENCE

pytestmark = pytest.mark.hard

SESSIONS = ["http", "http with a handshake", "standard input"]


@asynccontextmanager
async def connect(leadwell, way: str):
    """A connected client."""
    if way == "standard input":
        program = StdioServerParameters(
            command=sys.executable,
            args=[str(ROOT / "assistants" / "leadwell_mcp.py")],
            env={"LEADWELL_URL": leadwell.site, "LEADWELL_TOKEN": leadwell.secret},
        )
        async with Client(program) as client:
            yield client
        return
    headers = {"Authorization": f"Bearer {leadwell.secret}"}
    async with httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http:
        transport = streamable_http_client(f"{leadwell.site}/mcp", http_client=http)
        mode = "legacy" if way == "http with a handshake" else "auto"
        async with Client(transport, mode=mode) as client:
            yield client


def run(leadwell, way: str, work):
    async def with_client():
        async with connect(leadwell, way) as client:
            return await work(client)

    return asyncio.run(with_client())


@pytest.mark.parametrize("way", SESSIONS)
def test_a_client_finds_the_tools_and_their_schemas(leadwell, way):
    async def work(client):
        return client.protocol_version, (await client.list_tools()).tools

    version, tools = run(leadwell, way, work)
    assert version == (WITH_HANDSHAKE[0] if way == "http with a handshake" else STATELESS)
    named = {tool.name: tool for tool in tools}
    assert named["list_records"].annotations.read_only_hint
    assert not named["edit_record"].annotations.read_only_hint
    assert "delete_record" not in named
    assert named["edit_record"].input_schema["required"] == ["type", "id", "values"]


@pytest.mark.parametrize("way", SESSIONS)
def test_a_client_reads_changes_and_undoes(leadwell, way):
    """The client checks each structured result against the schema of its tool."""

    async def work(client):
        page = await client.call_tool(
            "list_records", {"type": "lead", "conditions": {"owner": "me"}, "limit": 1}
        )
        (lead,) = page.structured_content["data"]["records"]
        done = await client.call_tool(
            "edit_record", {"type": "lead", "id": lead["id"], "values": {"city": "Câmpulung"}}
        )
        (change,) = done.structured_content["changes"]
        between = await client.call_tool("get_record", {"type": "lead", "id": lead["id"]})
        undone = await client.call_tool("undo_change", {"change": change})
        after = await client.call_tool("get_record", {"type": "lead", "id": lead["id"]})
        return lead, between, undone, after

    lead, between, undone, after = run(leadwell, way, work)
    assert between.structured_content["data"]["record"]["city"] == "Câmpulung"
    assert undone.structured_content["outcome"] == {"back": 1, "kept": 0}
    assert after.structured_content["data"]["record"]["city"] == lead["city"]


@pytest.mark.parametrize("way", SESSIONS)
def test_what_a_tool_refuses_is_a_result_that_a_model_can_read(leadwell, way):
    async def work(client):
        return await client.call_tool("get_record", {"type": "lead", "id": 999_999_999})

    result = run(leadwell, way, work)
    assert result.is_error
    assert result.content[0].text == "Not found."

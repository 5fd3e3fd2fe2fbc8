"""The protocol's own Python client connects by the address alone: its user signs in and agrees in Chromium, which follows the form
to the program; then it calls tools, renews its access, and is disconnected."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata
from playwright.async_api import async_playwright

from tests.browser.window import PASSWORD
from tests.running.chromium import get_launch_options
from tests.waiting import PATIENCE

pytestmark = pytest.mark.hard
ACCOUNT = "manager@demo.example"


class Callback:
    """Where the program waits for its user to come back, as one on the user's computer does."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        # Whether the program would have to ask its user once more.
        self.asks_again = False
        own = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path == "/back":
                    own.told = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>Back</title>You can close this window.")

            def log_message(self, *arguments) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/back"
        Thread(target=self.server.serve_forever, daemon=True).start()


class Kept:
    """What the program keeps between its runs."""

    def __init__(self) -> None:
        self.tokens = self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens) -> None:
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client) -> None:
        self.client = client


class Person:
    """A user in front of Chromium. `faults` are what the browser's policy has stopped."""

    def __init__(self, page, site: str) -> None:
        self.page, self.site, self.faults = page, site, []
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    async def agree(self, address: str) -> None:
        await self.page.goto(address)
        if await self.page.locator("[name=password]").count():
            await self.page.fill("[name=email]", ACCOUNT)
            await self.page.fill("[name=password]", PASSWORD)
            await self.page.locator("form button[data-kind=primary]").first.click()
        await self.page.get_by_text("a program on your computer").wait_for()
        await self.page.fill("[name=name]", "My helper")
        await self.page.get_by_role("button", name="Connect assistant").click()
        await self.page.wait_for_url("**/back?*")

    async def disconnect(self) -> None:
        await self.page.goto(f"{self.site}/profile/assistants")
        await self.page.get_by_role("button", name="Disconnect My helper").click()
        await self.page.get_by_text("My helper is disconnected.").wait_for()


@asynccontextmanager
async def a_person(site: str):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**get_launch_options())
        context = await browser.new_context(locale="en-GB")
        yield Person(await context.new_page(), site)
        await browser.close()


def build_provider(site: str, callback: Callback, kept: Kept, person: Person) -> OAuthClientProvider:
    async def go_there(address: str) -> None:
        if callback.told:
            callback.asks_again = True
            raise RuntimeError("The user is asked again.")
        await person.agree(address)

    async def come_back() -> AuthorizationCodeResult:
        told = callback.told
        return AuthorizationCodeResult(code=told["code"], state=told["state"], iss=told["iss"])

    metadata = OAuthClientMetadata(client_name="Trial", redirect_uris=[callback.address])
    return OAuthClientProvider(f"{site}/mcp", metadata, kept, go_there, come_back)


async def call(site: str, provider: OAuthClientProvider) -> dict:
    """What a tool says that only reads."""
    async with (
        httpx2.AsyncClient(auth=provider, timeout=PATIENCE) as http,
        Client(streamable_http_client(f"{site}/mcp", http_client=http)) as client,
    ):
        return (await client.call_tool("get_own_limits", {})).structured_content["data"]


def test_a_program_connects_by_its_address_renews_its_access_and_is_disconnected(leadwell):
    async def work() -> None:
        callback, kept = Callback(), Kept()
        async with a_person(leadwell.site) as person:
            provider = build_provider(leadwell.site, callback, kept, person)
            limits = await call(leadwell.site, provider)
            assert (limits["user"]["email"], limits["assistant"]) == (ACCOUNT, "My helper")
            assert person.faults == []
            first = kept.tokens.access_token
            provider.context.token_expiry_time = time.time() - 1
            assert (await call(leadwell.site, provider))["assistant"] == "My helper"
            assert kept.tokens.access_token != first
            await person.disconnect()
            assert not callback.asks_again
            with suppress(Exception):
                await call(leadwell.site, provider)
            assert callback.asks_again

    asyncio.run(work())

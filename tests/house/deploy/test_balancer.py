"""deploy/cluster/balancer.cfg: users get a page when no node answers, and programs an error in the format of their API.

The check installs HAProxy (.ci/run). Where it isn't, only the bodies are compared.
"""

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import override_settings

from accounts.scim.scim_view import ScimView
from crm.api.problems import AGAIN_AFTER, ApiProblem
from crm.api.v2.v2_view import OwnView
from crm.platform.web.program_addresses import FOR_PROGRAMS
from deploy.cluster.fill import BALANCER, HERE, fill, read_values
from leads.api.connect.connect_leads import ConnectView
from leads.api.umbra.umbra_leads import UmbraView
from tests.ports import get_free_port
from tests.waiting import PATIENCE, until

HAPROXY = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
VALUES = read_values(HERE / "example.env")
TEXT = "Leadwell can't be reached. Try again in a few seconds, with the same Idempotency-Key if you sent one."
VIEWS = {"api_v2": OwnView, "connect": ConnectView, "umbra": UmbraView, "scim": ScimView}
# What each program asks, and whose format it gets.
ASKED = {
    "/api/v2/leads": "api_v2",
    "/hooks/leads/secret": "api_v2",
    "/calendar/secret.ics": "api_v2",
    "/api/leads": "connect",
    "/v1/crm/leads": "umbra",
    "/scim/v2/Users": "scim",
    "/mcp": "api_v2",
    "/.well-known/oauth-authorization-server": "api_v2",
    **dict.fromkeys(("/oauth/register", "/oauth/token", "/oauth/revoke"), "api_v2"),
}


def written_by(view: type) -> tuple[str, dict]:
    """The content type and the body with which Leadwell itself says it."""
    with override_settings(SITE_URL=VALUES["URL"]):
        response = view().build_problem_response(ApiProblem(503, "unavailable", TEXT))
    return response["Content-Type"], json.loads(response.content)


@pytest.mark.parametrize("name", VIEWS)
def test_programs_get_what_leadwell_itself_would_answer(tmp_path, name):
    fill(VALUES, BALANCER, tmp_path)
    head, _empty, body = (tmp_path / "pages" / f"{name}.http").read_bytes().decode().partition("\r\n\r\n")
    kind, expected = written_by(VIEWS[name])
    assert head.startswith("HTTP/1.0 503 ")
    assert f"\r\nContent-Type: {kind}" in head
    assert f"\r\nRetry-After: {AGAIN_AFTER}" in head
    assert json.loads(body) == expected


def test_every_address_for_programs_has_a_format():
    assert {prefix for prefix in FOR_PROGRAMS if not any(path.startswith(prefix) for path in ASKED)} == set()


class Node(BaseHTTPRequestHandler):
    """Ready, but it closes each other connection without an answer."""

    def do_GET(self) -> None:
        self.server.asked[f"{self.command} {self.path}"] += 1  # type: ignore[attr-defined]
        if self.path == "/readyz":
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_words) -> None:
        pass


if HAPROXY:

    @pytest.fixture
    def balancer(tmp_path):
        """(its port, the addresses of its nodes). Each process of the tests has its own addresses."""
        port, own_part = get_free_port(), f"{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"
        addresses = {"APP1": f"127.78.{own_part}", "APP2": f"127.79.{own_part}"}
        own = {"LISTEN": f"127.0.0.1:{port}", "SECURE": "", "CONFIGURATION": str(tmp_path)}
        fill(VALUES | addresses | own, BALANCER, tmp_path)
        process = subprocess.Popen(
            [HAPROXY, "-db", "-f", tmp_path / "balancer.cfg"], stderr=subprocess.DEVNULL
        )
        try:
            yield port, addresses
        finally:
            process.kill()
            process.wait()

    @contextlib.contextmanager
    def a_node(address: str):
        node = ThreadingHTTPServer((address, 8000), Node)
        node.asked = Counter()  # type: ignore[attr-defined]
        threading.Thread(target=node.serve_forever, daemon=True).start()
        try:
            yield node
        finally:
            node.shutdown()
            node.server_close()

    def asked(port: int, path: str, method: str = "GET") -> tuple[int, str, str]:
        """The status, the content type and the body, as soon as the balancer listens."""

        def answered() -> tuple[int, str, str] | None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            with contextlib.closing(connection), contextlib.suppress(ConnectionRefusedError):
                connection.request(method, path)
                answer = connection.getresponse()
                return answer.status, answer.getheader("Content-Type"), answer.read().decode()
            return None

        return until(answered)

    def test_without_a_node_users_get_a_page_and_programs_their_format(balancer):
        port, _addresses = balancer
        status, kind, page = asked(port, "/admin/leads")
        assert (status, kind) == (503, "text/html; charset=utf-8")
        assert "Leadwell can’t be reached" in page
        for path, name in ASKED.items():
            status, kind, body = asked(port, path)
            assert (status, kind, json.loads(body)) == (503, *written_by(VIEWS[name])), path

    def test_a_node_that_is_lost_is_asked_again_only_if_nothing_was_sent(balancer):
        port, addresses = balancer
        with a_node(addresses["APP1"]) as node:
            until(lambda: node.asked["GET /readyz"])
            assert asked(port, "/admin/leads/new", "POST")[0] == 502
            status, _kind, body = asked(port, "/api/v2/leads", "POST")
            assert (status, json.loads(body)["code"]) == (503, "unavailable")
            asked(port, "/admin/leads")
            asked(port, "/v1/crm/leads")
            assert node.asked["POST /admin/leads/new"] <= 1
            assert node.asked["POST /api/v2/leads"] <= 1
            assert node.asked["GET /admin/leads"] > 1
            assert node.asked["GET /v1/crm/leads"] > 1

    def test_a_form_that_is_still_arriving_waits_at_the_balancer(balancer):
        port, addresses = balancer
        with a_node(addresses["APP1"]) as node:
            until(lambda: asked(port, "/readyz")[0] == 200)
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as slow:
                slow.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
                # The node takes one request after the other, so it would have had the form before these.
                for _time in range(3):
                    assert asked(port, "/readyz")[0] == 200
                assert node.asked["POST /login"] == 0
                slow.sendall(b"cd")
                until(lambda: node.asked["POST /login"] == 1)

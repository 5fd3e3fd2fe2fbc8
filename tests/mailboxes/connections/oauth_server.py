"""An OAuth provider on this machine: it gives codes and tokens as RFC 6749 and 7636 say, and tells Dovecot whose a token is."""

import contextlib
import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

CLIENT, CLIENT_SECRET = "leadwell-at-google", "a-secret-of-the-mail-client"


class OAuthServer(ThreadingHTTPServer):
    """`accounts` are the accounts of the tokens that still work; `refreshing` those of the permissions."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.codes: dict[str, dict[str, str]] = {}
        self.accounts: dict[str, str] = {}
        self.refreshing: dict[str, str] = {}
        self.answer: tuple[int, bytes] | None = None
        self.asked: list[dict[str, str]] = []

    def back_from(self, address: str, account: str) -> str:
        """What a person who signs in with this account is led back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked | {"account": account}
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchanged(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(sent)
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if sent.get("grant_type") == "refresh_token":
            account = self.refreshing.get(sent["refresh_token"])
            return self.tokens(account) if account else (400, {"error": "invalid_grant"})
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"] != challenge.decode():
            return 400, {"error": "invalid_grant"}
        return self.tokens(asked["account"])

    def tokens(self, account: str) -> tuple[int, dict[str, Any]]:
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.accounts[access], self.refreshing[refresh] = account, account
        return 200, {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": 3600,
            "token_type": "Bearer",
        }


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        account = self.server.accounts.get(token)
        self.say(200 if account else 400, {"username": account, "active": True} if account else {})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.say(*self.server.exchanged(dict(parse_qsl(sent))))

    def say(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        if self.server.answer and self.command == "POST":
            status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def an_oauth_server(port: int) -> Iterator[OAuthServer]:
    server = OAuthServer(port)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

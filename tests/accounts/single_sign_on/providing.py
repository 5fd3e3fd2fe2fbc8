"""An identity provider on this machine: discovery, keys, an authorization endpoint and a token endpoint over HTTP.

It signs with real keys, and checks the client, the redirect address and PKCE as OpenID Connect says. Its keys come from
cryptography and its signatures are put together here, so that it shares nothing with the product but the standards.
"""

import contextlib
import hmac
import json
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from accounts.models import Department, IdentityProvider, User
from accounts.second_factor.secret_encryption import encrypt_secret
from tests.accounts.second_factor.stepping import signed_in_as, text_of

CLIENT, CLIENT_SECRET = "leadwell", "a-secret-of-the-client"
DOCUMENT, KEYS, AUTHORIZE, TOKEN = "/.well-known/openid-configuration", "/keys", "/authorize", "/token"
Claims = dict[str, Any]
NOT_ACCEPTED = "The answer of Acme wasn’t accepted. Try again."


class SigningKey:
    """An RSA key with a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.private = rsa.generate_private_key(65537, 2048)

    @property
    def published(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        parts = {"n": numbers.n.to_bytes(256, "big"), "e": numbers.e.to_bytes(3, "big")}
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.name,
            **{name: text_of(part) for name, part in parts.items()},
        }

    def signature(self, data: bytes) -> bytes:
        return self.private.sign(data, padding.PKCS1v15(), SHA256())


KEY, OTHER_KEY = SigningKey("first"), SigningKey("second")


def token_of(header: Claims, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    body = ".".join(text_of(json.dumps(part).encode()) for part in (header, claims))
    return f"{body}.{text_of(sign(body.encode()))}"


class Provider(ThreadingHTTPServer):
    """`claims` are those of the account that signs in; `wrong` changes the claims of the token at the last moment."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.published, self.key = [KEY.published], KEY
        self.claims: Claims = {
            "sub": "eve-1",
            "email": "eve@example.com",
            "email_verified": True,
            "name": "Eve Nová",
        }
        self.wrong: Callable[[Claims], Claims | None] = lambda claims: None
        self.sign: Callable[[Claims], str] = self.signed
        self.document: Claims = {}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.pause = 0.0

    def signed(self, claims: Claims) -> str:
        return token_of({"alg": "RS256", "kid": self.key.name}, claims, self.key.signature)

    def described(self) -> Claims:
        endpoints = {"authorization_endpoint": AUTHORIZE, "token_endpoint": TOKEN, "jwks_uri": KEYS}
        return {
            "issuer": self.issuer,
            **{name: self.issuer + path for name, path in endpoints.items()},
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            **self.document,
        }

    def back_from(self, address: str, **claims: Any) -> str:
        """What a person who signs in at this address is led back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked | {"claims_of": json.dumps(self.claims | claims)}
        self.asked.append(AUTHORIZE)
        query = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{urlsplit(asked['redirect_uri']).path}?{query}"

    def exchanged(self, sent: dict[str, str]) -> tuple[int, Claims]:
        """The response of the token endpoint; each code is taken once."""
        asked = self.codes.pop(sent.get("code", ""), None)
        challenge = text_of(sha256(sent.get("code_verifier", "").encode()).digest())
        if asked is None or asked["redirect_uri"] != sent.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        if asked.get("code_challenge_method") != "S256" or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now}
        claims |= {"nonce": asked["nonce"]} | json.loads(asked["claims_of"])
        claims = self.wrong(claims) or claims
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.sign(claims)}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        documents = {DOCUMENT: self.server.described(), KEYS: {"keys": self.server.published}}
        self.answer(200, documents[urlsplit(self.path).path])

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        basic = "Basic " + b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        if not hmac.compare_digest(self.headers.get("Authorization", ""), basic):
            return self.answer(401, {"error": "invalid_client"})
        return self.answer(*self.server.exchanged({name: found[0] for name, found in parse_qs(sent).items()}))

    def answer(self, status: int, content: Claims) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        time.sleep(self.server.pause)
        status, body = self.server.answers.get(path, (status, json.dumps(content).encode()))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # The product may have hung up.
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def a_provider() -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def set_up(server: Provider, **values: Any) -> IdentityProvider:
    """The provider as an administrator has saved it, before it was first asked."""
    row = {
        "name": "Acme",
        "issuer": server.issuer,
        "client_id": CLIENT,
        "secret": encrypt_secret(CLIENT_SECRET),
        "domains": "example.com",
        "default_department": Department.objects.order_by("pk")[0],
    }
    return IdentityProvider.objects.create(**row | values)


def begin(browser: Any, provider: IdentityProvider, next: str = "") -> str:
    """The address at the provider that a browser is led to."""
    answer = browser.get(f"/login/provider/{provider.pk}", {"next": next} if next else {})
    assert answer.status_code == 302
    return answer["Location"]


def sign_in_with(browser: Any, server: Provider, provider: IdentityProvider, **claims: Any) -> Any:
    """The answer that a browser gets when it comes back."""
    return browser.get(server.back_from(begin(browser, provider), **claims))


def said(browser: Any, path: str = "/login") -> str:
    """The text of the page that a browser is led to."""
    return browser.get(path).text


def eve() -> User | None:
    """The user of the account that the provider has at first."""
    return User.objects.with_email("eve@example.com").first()


def assert_not_signed_in(browser: Any, answer: Any, sentence: str = NOT_ACCEPTED) -> None:
    assert (answer.status_code, answer["Location"]) == (302, "/login")
    assert signed_in_as(browser) is None
    assert sentence in said(browser)


def roles_of(user: User) -> list[str]:
    return [group.role.key for group in user.groups.all()]


def departments_of(user: User) -> list[str]:
    return [str(row.department) for row in user.memberships.order_by("position")]


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@example.com")


def claims_of(user: User, *groups: str) -> dict:
    return {"sub": f"acme-{user.pk}", "email": user.email, "name": user.name, "groups": list(groups)}


def refused(browser, answer) -> str:
    """The page after a failed sign-in."""
    assert answer["Location"] == "/login"
    assert signed_in_as(browser) is None
    return said(browser)

"""A push service on this machine, and a browser that subscribed to it and decrypts what arrives.

The browser's part of RFC 8291 is written with the standard library's HMAC, so that it shares nothing with the product.
"""

import contextlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from accounts.models import PushDevice, PushMessage
from crm.platform.push.push_encryption import decode_base64url, encode_base64url, get_public_key_bytes


class PushService(ThreadingHTTPServer):
    """It answers with `status` and these headers after `pause` seconds."""

    status, pause = 201, 0.0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[tuple[dict, bytes]] = []
        self.headers: dict[str, str] = {}

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        time.sleep(self.server.pause)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments) -> None:
        pass


@contextlib.contextmanager
def a_push_service() -> Iterator[PushService]:
    with PushService() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


class SubscribedBrowser:
    def __init__(self) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), b"sixteen bytes ok"

    def subscription(self, endpoint: str) -> dict[str, str]:
        return {
            "endpoint": endpoint,
            "browser_key": encode_base64url(get_public_key_bytes(self.key)),
            "secret": encode_base64url(self.secret),
        }

    def read(self, body: bytes) -> dict:
        return json.loads(decrypted(body, self.key, self.secret))


def decrypted(body: bytes, key: ec.EllipticCurvePrivateKey, secret: bytes) -> bytes:
    """RFC 8291, section 3.4, and RFC 8188, section 2, on the side that receives."""
    salt, length, sender, text = body[:16], body[20], body[21:86], body[86:]
    assert (int.from_bytes(body[16:20], "big"), length) == (4096, 65)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
    shared = hkdf(
        secret, key.exchange(ec.ECDH(), public), b"WebPush: info\0" + get_public_key_bytes(key) + sender, 32
    )
    content_key = hkdf(salt, shared, b"Content-Encoding: aes128gcm\0", 16)
    nonce = hkdf(salt, shared, b"Content-Encoding: nonce\0", 12)
    found = AESGCM(content_key).decrypt(nonce, text, None).rstrip(b"\0")
    assert found[-1:] == b"\x02"
    return found[:-1]


def hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 for one block."""
    extracted = hmac.new(salt, material, sha256).digest()
    return hmac.new(extracted, info + b"\x01", sha256).digest()[:length]


def signed(header: str) -> dict:
    """The claims of an Authorization header, after its signature has been checked as a push service does."""
    scheme, token, key = header.replace(",", "").split(" ")
    assert scheme == "vapid"
    token, key = token.removeprefix("t="), key.removeprefix("k=")
    head, claims, signature = token.split(".")
    raw = decode_base64url(signature)
    assert len(raw) == 64
    numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode_base64url(key))
    public.verify(numbers, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(decode_base64url(head)) == {"typ": "JWT", "alg": "ES256"}
    return json.loads(decode_base64url(claims))


def a_device(user, browser, endpoint: str) -> PushDevice:
    return PushDevice.objects.create(user=user, name="Firefox, Windows", **browser.subscription(endpoint))


def state_of(message: PushMessage) -> tuple:
    message.refresh_from_db()
    return message.state, message.status, message.attempts

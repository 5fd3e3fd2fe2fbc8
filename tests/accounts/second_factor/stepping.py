"""Giving the second step in tests: an authenticator app whose clock can be wrong, and a passkey made of software."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from django.utils import timezone

from accounts.models import AuthenticatorApp, User
from accounts.second_factor.secret_encryption import encrypt_secret
from tests.conftest import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SITE = "https://crm.example.com"


def code(steps: int = 0) -> str:
    """What the app of SECRET shows now, on a clock that is this many steps of 30 seconds ahead."""
    return pyotp.HOTP(SECRET).at(int(timezone.now().timestamp()) // 30 + steps)


def give_app(user: User) -> AuthenticatorApp:
    return AuthenticatorApp.objects.create(user=user, secret=encrypt_secret(SECRET))


def give_password(client: Client, user: User, **data):
    return client.post("/login", {"email": user.email, "password": PASSWORD, **data})


def give_code(client: Client, text: str):
    return client.post("/login/code", {"code": text})


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def text_of(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftwarePasskey:
    """Answers a site as a browser with a device does (WebAuthn Level 3, 6.1 and 6.5)."""

    origin: str = SITE
    name: str = "crm.example.com"
    verified: bool = True
    count: int = 0
    identity: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: str = ""

    def _said(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = 0x01 | (0x04 if self.verified else 0) | more
        self.count += 1
        return hashlib.sha256(self.name.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _answer(self, **response) -> str:
        identity = text_of(self.identity)
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": response})

    def make(self, options: dict) -> str:
        self.handle = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.identity)) + self.identity + cbor2.dumps(key)
        whole = {"fmt": "none", "attStmt": {}, "authData": self._data(0x40) + attested}
        said = self._said("webauthn.create", options["challenge"])
        return self._answer(
            clientDataJSON=text_of(said),
            attestationObject=text_of(cbor2.dumps(whole)),
            transports=["internal"],
        )

    def sign(self, options: dict) -> str:
        said, data = self._said("webauthn.get", options["challenge"]), self._data()
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=text_of(said),
            authenticatorData=text_of(data),
            signature=text_of(signature),
            userHandle=self.handle,
        )

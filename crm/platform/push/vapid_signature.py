"""Signing calls to push services (RFC 8292, "VAPID"), so that they accept messages for our subscriptions from us alone.

The key is computed from the secret key of the installation. So all processes and machines have the same one, a backup
doesn't contain it, and a copy of the database with another secret key can't send anything to the devices in it. After
a change of the secret key, its fallbacks still sign for the devices that were added before.
"""

import json
import time
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from crm.platform.push.push_encryption import encode_base64url, get_public_key_bytes

# Push services reject signatures for more than 24 hours.
VALID = 12 * 60 * 60
# The number of points of the curve P-256 (FIPS 186-5).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def public_key() -> str:
    """The key that browsers subscribe with, in base64url."""
    return encode_base64url(get_public_key_bytes(_derive_private_key(settings.SECRET_KEY)))


def is_ours(key: str) -> bool:
    """Whether this installation can sign for devices that were added with this public key."""
    return key in _get_private_keys()


def build_authorization_header(endpoint: str, key: str) -> str:
    """The header of a call to this endpoint. Raises KeyError if `key` isn't one of our public keys."""
    signing, parts = _get_private_keys()[key], urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + VALID,
        "sub": _get_contact(),
    }
    token = ".".join(
        encode_base64url(json.dumps(part, separators=(",", ":")).encode())
        for part in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    first, second = decode_dss_signature(signing.sign(token.encode(), ECDSA(SHA256())))
    signature = encode_base64url(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
    return f"vapid t={token}.{signature}, k={key}"


def _get_contact() -> str:
    """Whom the operator of a push service can ask about our calls."""
    if settings.SITE_URL.startswith("https://"):
        return settings.SITE_URL
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def _get_private_keys() -> dict[str, EllipticCurvePrivateKey]:
    """By their public keys."""
    keys = [_derive_private_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return {encode_base64url(get_public_key_bytes(key)): key for key in keys}


@cache
def _derive_private_key(secret: str) -> EllipticCurvePrivateKey:
    """With 128 bits more than the key has, so that no key is likelier than another (FIPS 186-5, A.2.1)."""
    derive = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"leadwell web push")
    number = int.from_bytes(derive.derive(secret.encode()), "big")
    return derive_private_key(number % (ORDER - 1) + 1, SECP256R1())

"""Encrypting a message for one browser: RFC 8291, with the content coding aes128gcm of RFC 8188."""

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# Push services take bodies of this many bytes, in a single record (RFC 8291, section 4).
RECORD = 4_096
# Salt, size of the record, length of the key, key; then what the encryption adds: one byte that ends the text, and the tag.
HEADER, ADDED = 16 + 4 + 1 + 65, 1 + 16
LONGEST = RECORD - HEADER - ADDED
# A point on the curve in its long form, and the secret that a browser shares with us.
KEY_LENGTH, SECRET_LENGTH = 65, 16


def encrypt_message(
    text: bytes,
    browser_key: bytes,
    secret: bytes,
    *,
    own: EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a message with this text, of at most LONGEST bytes. `own` and `salt` are new for each message, except
    in the example of the RFC.

    Raises ValueError for a key that isn't on the curve, and for a longer text.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} bytes don't fit into a message.")
    own, salt = own or generate_private_key(SECP256R1()), salt or os.urandom(16)
    own_key = get_public_key_bytes(own)
    # What both sides compute from their own private key and the other's public one (RFC 8291, section 3.4).
    shared = own.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), browser_key))
    key = _derive_key(shared, secret, b"WebPush: info\0" + browser_key + own_key, 32)
    content_key = _derive_key(key, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive_key(key, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(own_key)]) + own_key
    # The byte 2 ends the text of the last record.
    return header + AESGCM(content_key).encrypt(nonce, text + b"\x02", None)


def is_point(key: bytes) -> bool:
    """Whether these bytes are a public key."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
    except ValueError:
        return False
    return len(key) == KEY_LENGTH


def get_public_key_bytes(key: EllipticCurvePrivateKey) -> bytes:
    """The public key, as KEY_LENGTH bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive_key(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def encode_base64url(value: bytes) -> str:
    """base64url without padding, as in all formats of web push."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """Raises ValueError for a text that isn't base64url."""
    if not re.fullmatch(r"[\w-]*=*", text, re.ASCII):
        raise ValueError("This isn't base64url.")
    text = text.rstrip("=")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

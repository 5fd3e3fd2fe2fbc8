"""Encrypting short secrets that have to be read again, so that a copy of the database doesn't contain them.

The key is computed from the secret key of the installation; its fallbacks still decrypt what was encrypted before.
"""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnreadableSecret(Exception):
    """It was encrypted with a secret key that this installation no longer has."""


def encrypt_secret(text: str) -> str:
    return _build_cipher().encrypt(text.encode()).decode()


def decrypt_secret(text: str) -> str:
    """Raises Unreadable."""
    try:
        return _build_cipher().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def _build_cipher() -> MultiFernet:
    return MultiFernet(
        [_derive_encryption_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


@cache
def _derive_encryption_key(secret: str) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"leadwell second factors")
    return Fernet(urlsafe_b64encode(derive.derive(secret.encode())))

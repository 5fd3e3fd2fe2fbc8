"""Keyed digests of email addresses: they recognize an erased address that comes back, and can't be turned into one.

Each is the HMAC-SHA256 of the folded address (RFC 2104), in hexadecimal digits. Its key follows from the secret key of the
installation, which isn't in the database. Previous secret keys (LEADWELL_SECRET_KEY_FALLBACKS) still recognize theirs.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

PURPOSE = "mailings.erased_address"
# Of SHA-256, in bytes.
BLOCK = 64


def build_digest(email_key: str) -> str:
    return _compute_digest(_get_keys()[0], email_key)


def build_possible_digests(email_keys: Iterable[str]) -> dict[str, str]:
    """Every digest that one of these addresses may have, with its address."""
    return {_compute_digest(key, one): one for one in email_keys for key in _get_keys()}


def set_digest_keys() -> None:
    """Let the statements of this transaction compute digests. The key is no part of their text, so it is in no log."""
    pads = {}
    for place, key in enumerate(_get_keys()):
        whole = key.ljust(BLOCK, b"\0")
        pads[f"leadwell.inner_{place}"] = bytes(byte ^ 0x36 for byte in whole).hex()
        pads[f"leadwell.outer_{place}"] = bytes(byte ^ 0x5C for byte in whole).hex()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS t(name, value)",
            [list(pads), list(pads.values())],
        )


def digests_sql(column: str) -> list[str]:
    """The digests of a column, one for each key, in a transaction with set_digest_keys."""
    return [
        f"encode(sha256(decode(current_setting('leadwell.outer_{place}'), 'hex') || "
        f"sha256(decode(current_setting('leadwell.inner_{place}'), 'hex') || convert_to({column}, 'UTF8'))), 'hex')"
        for place in range(len(_get_keys()))
    ]


def _get_keys() -> list[bytes]:
    """The newest first."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac(PURPOSE, "key", secret=secret, algorithm="sha256").digest() for secret in secrets]


def _compute_digest(key: bytes, email_key: str) -> str:
    return hmac.new(key, email_key.encode(), sha256).hexdigest()

"""DKIM signatures (RFC 6376): rsa-sha256 over the bytes that are sent, with relaxed canonicalization of headers and body."""

import re
import time
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from textwrap import wrap

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

# Each of them is signed once more than it occurs, so no second one can be added on the way (RFC 6376, 8.15). Providers accept one
# click only if the headers for it are signed (RFC 8058, 4).
SIGNED = (
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "reply-to",
    "message-id",
    "mime-version",
    "content-type",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
)
END = b"\r\n"
SPACE = re.compile(rb"[ \t]+")
SPACE_AT_END = re.compile(rb" +(?=\r\n)")
FOLD = re.compile(rb"\r\n(?=[ \t])")
# Columns of a folded line.
LINE = 72


@dataclass(frozen=True)
class DomainSigner:
    """The private key of a domain."""

    domain: str
    selector: str
    key: RSAPrivateKey

    def sign(self, content: bytes) -> bytes:
        """The email with its signature as the first header. All of its lines end with CRLF."""
        head, _gap, body = content.partition(END + END)
        fields = _split_fields(head)
        header = self._build_header(fields, body)
        names = _get_signed_names(fields)
        signature = self.key.sign(_build_hashed_headers(fields, names, header), PKCS1v15(), SHA256())
        return header + _fold_signature(signature) + END + content

    def _build_header(self, fields: list[tuple[bytes, bytes]], body: bytes) -> bytes:
        """All of the header up to the signature itself."""
        digest = b64encode(sha256(canonicalize_body(body)).digest()).decode()
        lines = [
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;",
            f"d={self.domain};",
            f"s={self.selector}; t={int(time.time())};",
            f"bh={digest};",
            *wrap("h=" + ": ".join(_get_signed_names(fields)) + ";", LINE, break_on_hyphens=False),
            "b=",
        ]
        return "\r\n ".join(lines).encode()


def _get_signed_names(fields: list[tuple[bytes, bytes]]) -> list[str]:
    there = [name.decode() for name, _line in fields]
    return [name for name in SIGNED for _each in range(there.count(name) + 1)]


def _split_fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """The name of each header, and the header as it is signed, without the end of its line."""
    lines = [canonicalize_header(line) for line in FOLD.sub(b"", head).split(END) if line]
    return [(line.partition(b":")[0], line) for line in lines]


def _build_hashed_headers(fields: list[tuple[bytes, bytes]], names: list[str], header: bytes) -> bytes:
    """Of headers with the same name, the last one comes first (RFC 6376, 5.4.2)."""
    left = {name: [line for one, line in fields if one.decode() == name] for name in SIGNED}
    signed = [left[name].pop() for name in names if left[name]]
    return END.join([*signed, canonicalize_header(FOLD.sub(b"", header))])


def canonicalize_header(line: bytes) -> bytes:
    """RFC 6376, 3.4.2, for an unfolded header."""
    name, _colon, value = line.partition(b":")
    return name.strip().lower() + b":" + SPACE.sub(b" ", value).strip()


def canonicalize_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    lines = SPACE_AT_END.sub(b"", SPACE.sub(b" ", body + END)).rstrip(END)
    return lines + END if lines else b""


def _fold_signature(signature: bytes) -> bytes:
    return "\r\n ".join(wrap(b64encode(signature).decode(), LINE)).encode()

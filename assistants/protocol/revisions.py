"""The revisions of the protocol that Leadwell speaks: the one without sessions, and those that begin with a handshake.

Both are answered without any state: the newer one names the revision in each message, and what the older ones agree on in
their handshake makes no difference to the answers.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from assistants.protocol.messages import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    UNSUPPORTED_VERSION,
    Message,
    MessageError,
)

STATELESS = "2026-07-28"
WITH_HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
VERSIONS = (STATELESS, *WITH_HANDSHAKE)
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities"
CLIENT_KEY = "io.modelcontextprotocol/clientInfo"
# The parameter that the header Mcp-Name repeats, by method.
NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
ENCODED = re.compile(r"=\?base64\?(.*)\?=")


def is_stateless(message: Message, headers: Mapping[str, str]) -> bool:
    """Whether the message is one of the revision without sessions. Raises MessageError if its headers and its envelope don't
    agree, or if it names a revision that Leadwell doesn't speak."""
    named = headers.get(VERSION_HEADER)
    meta = message.params.get("_meta")
    meta = meta if isinstance(meta, dict) else {}
    if named in WITH_HANDSHAKE or (named is None and VERSION_KEY not in meta):
        return False
    if message.is_notification:
        _check_version(named)
        return True
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in meta]
    if missing:
        raise MessageError(INVALID_PARAMS, f"params._meta has to have {' and '.join(missing)}.")
    _check_headers(message, headers, meta)
    _check_version(meta[VERSION_KEY])
    return True


def _check_version(named: Any) -> None:
    if named != STATELESS:
        data = {"supported": list(VERSIONS), "requested": str(named)[:100]}
        raise MessageError(UNSUPPORTED_VERSION, f"Leadwell speaks the revisions {', '.join(VERSIONS)}.", data)


def _check_headers(message: Message, headers: Mapping[str, str], meta: dict[str, Any]) -> None:
    """What servers on the way read in the headers is what the body says."""
    if headers.get(VERSION_HEADER) != meta[VERSION_KEY]:
        raise MessageError(
            HEADER_MISMATCH, f"{VERSION_HEADER} has to be the protocol version in params._meta."
        )
    if headers.get(METHOD_HEADER) != message.method:
        raise MessageError(HEADER_MISMATCH, f"{METHOD_HEADER} has to be the method of the body.")
    parameter = NAMED.get(message.method)
    value = message.params.get(parameter) if parameter else None
    if value is not None and decode_header(headers.get(NAME_HEADER)) != value:
        raise MessageError(HEADER_MISMATCH, f"{NAME_HEADER} has to be params.{parameter}.")


def decode_header(value: str | None) -> str | None:
    """A name that isn't plain ASCII is sent as =?base64?…?=; None for one that can't be decoded."""
    found = ENCODED.fullmatch(value or "")
    if found is None:
        return value
    try:
        return base64.b64decode(found[1], validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def agree_on_version(asked: Any) -> str:
    """The revision of a handshake: the one that the program asked for, or the newest one."""
    return asked if asked in WITH_HANDSHAKE else WITH_HANDSHAKE[0]

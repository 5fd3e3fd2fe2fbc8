"""What WebDAV servers answer (RFC 4918): one part for each path, with its properties.

Python's own parser reads it: it limits how far entities grow, and an answer that declares any is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree  # nosec - what declares entities is refused

from crm.platform.web.id_parsing import parse_number

DAV, CALDAV, APPLE = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"


class NotMultistatus(Exception):
    """It isn't an answer in this format."""


@dataclass(frozen=True)
class Part:
    """A path without escapes, the status of the whole part, and those of its properties that are there."""

    path: str
    status: int
    properties: dict[str, ElementTree.Element]

    def get_text(self, name: str) -> str:
        found = self.properties.get(name)
        return (found.text or "").strip() if found is not None else ""

    def get_paths(self, name: str) -> list[str]:
        found = self.properties.get(name)
        return [] if found is None else [each.text.strip() for each in found.iter(f"{DAV}href") if each.text]


@dataclass(frozen=True)
class Multistatus:
    parts: list[Part]
    sync_token: str


def parse_multistatus(body: bytes) -> Multistatus:
    """Raises NotMultistatus."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise NotMultistatus("DOCTYPE")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  # nosec - what declares entities was refused
    except ElementTree.ParseError as error:
        raise NotMultistatus(str(error)) from error
    if root.tag != f"{DAV}multistatus":
        raise NotMultistatus(root.tag)
    return Multistatus(list(_iterate_parts(root)), (root.findtext(f"{DAV}sync-token") or "").strip())


def get_path(address: str) -> str:
    """The path of an address or a path, without escapes, so that two ways to write it are one."""
    return unquote(urlsplit(address).path if "://" in address else address)


def _iterate_parts(root: ElementTree.Element) -> Iterator[Part]:
    for response in root.iter(f"{DAV}response"):
        properties: dict[str, ElementTree.Element] = {}
        for found in response.findall(f"{DAV}propstat"):
            if _parse_status(found.findtext(f"{DAV}status")) == 200:
                properties |= {each.tag: each for each in found.iterfind(f"{DAV}prop/*")}
        path = get_path((response.findtext(f"{DAV}href") or "").strip())
        yield Part(path, _parse_status(response.findtext(f"{DAV}status")), properties)


def _parse_status(line: str | None) -> int:
    """200 if there is none, as RFC 4918 has it for parts with properties."""
    words = (line or "").split()
    return (parse_number(words[1]) if len(words) > 1 else None) or 200

"""The text of an HTML email as the Markdown that activities are written in. Scripts, styles and images of other sites drop out.

So an email is never shown as HTML of its sender: the timeline draws the Markdown like that of a note
(crm/work/activities/markdown.py), where HTML is only text, and without images, which would tell the sender who reads it.
"""

import re
from collections.abc import Mapping
from html import unescape

from crm.platform.text.html_tags import split_visible_tags_and_texts

BREAKS = {
    "p",
    "div",
    "table",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "hr",
    "pre",
}
LINES = {"br", "tr"}
MARKED = {"b": "**", "strong": "**"}
# What is between these isn't text.
UNSEEN = {"script", "style", "title", "head", "template", "noscript"}
ADDRESS = re.compile(r"(https?://|mailto:|tel:)[^\s<>]+", re.IGNORECASE)
# An email has more than this only in its quoted part.
LONGEST = 500_000
HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""", re.IGNORECASE)
LONGEST_ADDRESS = 500
# A picture that is a part of the email (RFC 2392).
CONTENT_ID = re.compile(r"""\bsrc\s*=\s*["']?cid:([^"'\s<>]{1,250})""", re.IGNORECASE)


def convert_html_to_markdown(page: str, pictures: Mapping[str, str] | None = None) -> str:
    """Never raises for broken HTML. `pictures` are the names of files by their Content-ID, which stand in brackets."""
    reader = _Reader(pictures or {})
    for found in split_visible_tags_and_texts(page[:LONGEST], UNSEEN):
        if isinstance(found, str):
            reader.add_text(found)
        else:
            (reader.add_end_tag if found.is_end else reader.add_start_tag)(found.name, found.attributes)
    return reader.get_result()


def _get_link_address(attributes: str) -> str:
    """The address of a link, or '' for one that leads to no page, such as a script."""
    found = HREF.search(attributes)
    address = next(filter(None, found.groups()), "") if found else ""
    address = unescape(address).strip()[:LONGEST_ADDRESS]
    return address if ADDRESS.fullmatch(address) else ""


class _Reader:
    def __init__(self, pictures: Mapping[str, str]) -> None:
        self.pictures = pictures
        self.parts: list[str] = []
        self.links: list[tuple[str, int]] = []

    def add_start_tag(self, tag: str, attributes: str) -> None:
        if tag == "a":
            # A link within a link is none.
            self.links = [(_get_link_address(attributes), len(self.parts))]
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "img":
            self.parts.append(self._get_picture_mark(attributes))
        elif tag == "blockquote":
            self.parts.append("\n\n\x01")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        else:
            self.parts.append("\n\n" if tag in BREAKS else "\n" if tag in LINES else MARKED.get(tag, ""))

    def _get_picture_mark(self, attributes: str) -> str:
        found = CONTENT_ID.search(attributes)
        name = self.pictures.get(unescape(found[1])) if found else None
        return f"[{name}]" if name else ""

    def add_end_tag(self, tag: str, _attributes: str) -> None:
        if tag == "a":
            address, begin = self.links.pop() if self.links else ("", len(self.parts))
            shown = "".join(self.parts[begin:]).strip()
            # The address is always readable: a link can't pretend to lead elsewhere.
            if address and address.removeprefix("mailto:") != shown:
                self.parts.append(f" ({address})")
        elif tag == "blockquote":
            self.parts.append("\x02\n\n")
        elif tag in BREAKS:
            self.parts.append("\n\n")
        else:
            self.parts.append(MARKED.get(tag, ""))

    def add_text(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data.replace("\x01", "").replace("\x02", "")))

    def get_result(self) -> str:
        lines, depth = [], 0
        for line in "".join(self.parts).replace("****", "").split("\n"):
            depth += line.count("\x01")
            shown = re.sub(r"[ \xa0]+", " ", line.replace("\x01", "").replace("\x02", "")).strip()
            lines.append("> " * min(depth, 5) + shown if shown else "")
            depth = max(0, depth - line.count("\x02"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

"""The text of an HTML email as the Markdown that activities are written in. Scripts, styles and images drop out.

So an email is never shown as HTML of its sender: the timeline draws the Markdown like that of a note
(crm/activities/markdown.py), without images, which would tell the sender who reads it.
"""

import re
from html.parser import HTMLParser

import nh3

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
KEPT = BREAKS | LINES | {"a", "b", "strong", "i", "em", "li", "blockquote", "td", "th", "span"}
MARKED = {"b": "**", "strong": "**"}


def plain_text(page: str) -> str:
    """Never raises for broken HTML: the cleaner closes and nests its tags first."""
    clean = nh3.clean(
        page,
        tags=KEPT,
        clean_content_tags={"script", "style", "title"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", len(self.parts)))
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "blockquote":
            self.parts.append("\n\n\x01")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        else:
            self.parts.append("\n\n" if tag in BREAKS else "\n" if tag in LINES else MARKED.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            address, begin = self.links.pop()
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

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data.replace("\x01", "").replace("\x02", "")))

    def text(self) -> str:
        lines, depth = [], 0
        for line in "".join(self.parts).replace("****", "").split("\n"):
            depth += line.count("\x01")
            shown = re.sub(r"[ \xa0]+", " ", line.replace("\x01", "").replace("\x02", "")).strip()
            lines.append("> " * min(depth, 5) + shown if shown else "")
            depth = max(0, depth - line.count("\x02"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

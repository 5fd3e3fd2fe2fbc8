"""Texts that other programs keep as HTML, as plain text."""

import re

from crm.platform.text.html_tags import split_visible_tags_and_texts

# What formatted texts have: a text that only contains a "<" isn't HTML.
TAG = re.compile(
    r"</(?:p|div|b|strong|i|em|u|span|a|ul|ol|li|h[1-6]|table|tr|td|blockquote|font|html|body)>"
    r"|<(?:br|p|div|ul|ol|li|h[1-6]|table|blockquote)\b[^<>]{0,300}>",
    re.IGNORECASE,
)
BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "tr",
    "blockquote",
    "pre",
    "hr",
}
BLOCK = re.compile(r"<(?:p|div|br|li|tr|h[1-6])\b", re.IGNORECASE)
# What no reader of the text sees.
UNSEEN = {"script", "style", "head", "title", "template"}
MOST_UNENDED = 100
SPACES = re.compile(r"[^\S\n]+")
AROUND_LINES = re.compile(r" *\n *")
EMPTY_LINES = re.compile(r"\n{3,}")


def is_html(text: str) -> bool:
    """Not a text in which many tags never end: that is no page."""
    unended = text.count("<") - text.count(">")
    return "<" in text and unended <= MOST_UNENDED and bool(TAG.search(text))


def convert_html_to_text(text: str) -> str:
    """The text that a browser would show, with a line for each block and a dash before each item of a list."""
    reader = _Reader(in_blocks=bool(BLOCK.search(text)))
    for found in split_visible_tags_and_texts(text, UNSEEN):
        if isinstance(found, str):
            reader.add_text(found)
        else:
            (reader.add_end_tag if found.is_end else reader.add_start_tag)(found.name)
    found = SPACES.sub(" ", "".join(reader.parts).replace("\u00a0", " "))
    return EMPTY_LINES.sub("\n\n", AROUND_LINES.sub("\n", found)).strip()


class _Reader:
    def __init__(self, *, in_blocks: bool) -> None:
        """`in_blocks` says that only elements break lines, and not the line breaks of the text."""
        self.in_blocks = in_blocks
        self.parts: list[str] = []

    def add_start_tag(self, tag: str) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag in BLOCKS:
            self._add_line_break()
        if tag == "li":
            self.parts.append("- ")

    def add_end_tag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._add_line_break()

    def add_text(self, data: str) -> None:
        self.parts.append(data.replace("\n", " ") if self.in_blocks else data)

    def _add_line_break(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")

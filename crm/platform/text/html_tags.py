"""The tags and texts of an HTML page that someone else has written, from its beginning to its end.

Python's own parser takes minutes for a long page of broken tags, and deeply nested ones keep whatever builds a tree busy for
hours. Here the time grows with the length of the page only.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import unescape

# Never looks beyond the next "<". What looks like a tag and doesn't end is text.
TAG = re.compile(r"<(/?)([a-zA-Z!?][a-zA-Z0-9]*)([^<>]{0,3000})>")


@dataclass(frozen=True)
class Tag:
    """`name` is in lower case; `attributes` are as they were written."""

    name: str
    attributes: str
    is_end: bool


def split_tags_and_texts(page: str) -> Iterator[Tag | str]:
    """In their order, without comments; the texts without their character references."""
    page, begin = _strip_comments(page), 0
    for found in TAG.finditer(page):
        if text := page[begin : found.start()]:
            yield unescape(text)
        yield Tag(found[2].lower(), found[3], bool(found[1]))
        begin = found.end()
    if text := page[begin:]:
        yield unescape(text)


def split_visible_tags_and_texts(page: str, unseen: Collection[str]) -> Iterator[Tag | str]:
    """The same without the elements with these names and what is in them."""
    within = ""
    for found in split_tags_and_texts(page):
        if isinstance(found, Tag):
            if found.name == "body" and not found.is_end:
                # The head may not have been closed.
                within = ""
            if not within and found.name in unseen and not found.is_end:
                within = found.name
            elif within and found.name == within and found.is_end:
                within = ""
                continue
        if not within:
            yield found


def _strip_comments(page: str) -> str:
    """One without an end goes on to the end of the page."""
    parts, begin = [], 0
    while (comment := page.find("<!--", begin)) >= 0:
        parts.append(page[begin:comment])
        end = page.find("-->", comment)
        begin = end + 3 if end >= 0 else len(page)
    return "".join([*parts, page[begin:]])

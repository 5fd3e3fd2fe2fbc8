"""The text of an activity as safe HTML. People write Markdown; HTML in it stays text."""

import re

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

READ = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).enable(
    ["table", "strikethrough"]
)
INLINE = {"a", "strong", "em", "s", "code", "br"}
BLOCKS = {"p", "pre", "blockquote", "ul", "ol", "li", "hr", "table", "thead", "tbody", "tr", "th", "td"}
HEADING = re.compile("<(/?)h[1-6]>")


def render_markdown(text: str) -> SafeString:
    """Without images, because opening one would tell another site who reads it."""
    found = READ.render(text)
    # A note must not look like a part of the page around it.
    found = HEADING.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", found)
    clean = nh3.clean(
        found,
        tags=INLINE | BLOCKS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    # nh3 has just cleaned it.
    return SafeString(clean)  # nosec

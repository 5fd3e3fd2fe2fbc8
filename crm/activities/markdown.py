"""The text of an activity as safe HTML. People write Markdown; HTML in it stays text."""

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

READ = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).enable(
    ["table", "strikethrough"]
)
INLINE = {"a", "strong", "em", "s", "code", "br"}
BLOCKS = {"p", "pre", "blockquote", "ul", "ol", "li", "hr", "table", "thead", "tbody", "tr", "th", "td"}
# A note must not look like a part of the page around it.
HEADINGS = {f"h{level}": "strong" for level in range(1, 7)}


def as_html(text: str) -> SafeString:
    """Without images, because opening one would tell another site who reads it."""
    found = READ.render(text)
    for heading, other in HEADINGS.items():
        found = found.replace(f"<{heading}>", f"<p><{other}>").replace(f"</{heading}>", f"</{other}></p>")
    clean = nh3.clean(
        found,
        tags=INLINE | BLOCKS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    # nh3 has just cleaned it.
    return SafeString(clean)  # nosec

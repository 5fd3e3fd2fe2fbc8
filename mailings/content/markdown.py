"""The text of a mailing as safe HTML: people write Markdown, HTML, or both."""

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt

from mailboxes.messages.html_to_markdown import convert_html_to_markdown

READ = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
INLINE = {"a", "b", "br", "code", "em", "i", "s", "small", "strong", "sub", "sup", "u"}
TITLES = {"h1", "h2", "h3", "h4"}
BLOCKS = {"blockquote", "center", "div", "hr", "li", "ol", "p", "pre", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
BOLD = re.compile(r"</?(?:b|strong)>")
# A tag ends before the next one, and a value in quotes is read whole: so a text of unfinished tags is read once, not once for each.
HREF = re.compile(r'(<a\s(?:[^"<>]|"[^"]*")*?(?<![\w-])href=")([^"]*)(")')


def render_email_html(text: str) -> str:
    """Without images, because opening one would tell its host who reads the email. A link may be a button."""
    return nh3.clean(
        READ.render(text),
        tags=INLINE | TITLES | BLOCKS | TABLES,
        attributes={"a": {"href", "title"}, "ol": {"start"}, "td": {"colspan"}, "th": {"colspan"}},
        allowed_classes={"a": {"button"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


def convert_to_plain_text(page: str) -> str:
    """The text of this HTML, with the addresses of its links."""
    return convert_html_to_markdown(BOLD.sub("", page))


def get_link_addresses(page: str) -> list[str]:
    """The addresses of its links, each once."""
    return list(dict.fromkeys(unescape(found[2]) for found in HREF.finditer(page)))

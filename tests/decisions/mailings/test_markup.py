"""How the text of a mailing looks in an email, which addresses in its HTML are links, and that hostile texts are read in a time that grows with their length."""

import pytest

from mailings.content.content_checks import BROKEN
from mailings.content.markdown import READ, get_link_addresses, render_email_html

A = "https://a.example"
PAGES = {
    "a link": (f'<a href="{A}">x</a>', [A]),
    "behind another attribute": (f'<a class="button" href="{A}">x</a>', [A]),
    "behind a title with the sign that ends tags": (f'<a title="5 > 4" href="{A}">x</a>', [A]),
    "on a line of its own": (f'<a\nhref="{A}">x</a>', [A]),
    "two links": (f'<a href="{A}/1">x</a> <a href="{A}/2">y</a>', [f"{A}/1", f"{A}/2"]),
    "the same one twice": (f'<a href="{A}">x</a> <a href="{A}">y</a>', [A]),
    "with an ampersand": (f'<a href="{A}/?a=1&amp;b=2">x</a>', [f"{A}/?a=1&b=2"]),
    "an empty address": ('<a href="">x</a>', [""]),
    "a tag without an address before one with": (f'<a title="x">y</a> <a href="{A}">x</a>', [A]),
    "an unfinished tag before a link": (f'<a <a href="{A}">x</a>', [A]),
    "an address in a title": (f"<a title='href=' href=\"{A}\">x</a>", [A]),
    "an attribute that only ends like an address": (f'<a data-href="{A}">x</a>', []),
    "another tag": (f'<abbr href="{A}">x</abbr>', []),
    "an address without a tag": (f'href="{A}"', []),
}


@pytest.mark.parametrize(("page", "links"), PAGES.values(), ids=PAGES.keys())
def test_the_links_of_a_page(page, links):
    assert get_link_addresses(page) == links


def test_a_link_of_a_text_is_found_as_it_is_written_and_as_it_is_sent():
    text = f'[x]({A}/1) <a class="button" href="{A}/2">y</a>'
    assert (
        get_link_addresses(READ.render(text))
        == get_link_addresses(render_email_html(text))
        == [f"{A}/1", f"{A}/2"]
    )


# What a user writes, and what the email shows.
TEXTS = {
    "lines of a paragraph stay lines": ("Dear Ana,\nhello", "<p>Dear Ana,<br>\nhello</p>\n"),
    "an empty line ends a paragraph": ("Dear Ana,\n\nhello", "<p>Dear Ana,</p>\n<p>hello</p>\n"),
    "HTML stays": ("<b>Ana</b>", "<p><b>Ana</b></p>\n"),
    "a script is removed": ("Ana<script>alert(1)</script>", "<p>Ana</p>\n"),
    "a picture is removed": (f"![Ana]({A}/1.png)", "<p></p>\n"),
    "struck out": ("~~Ana~~", "<p><s>Ana</s></p>\n"),
    "a bare address is no link": (A, f"<p>{A}</p>\n"),
    "a link that isn't one of the web": ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
    "a button": (f'<a class="button big" href="{A}">x</a>', f'<p><a class="button" href="{A}">x</a></p>\n'),
    "a table": ("|a|\n|-|\n|b|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "page"), TEXTS.values(), ids=TEXTS)
def test_how_a_text_looks_in_an_email(text, page):
    assert render_email_html(text) == page


BROKEN_LINKS = {
    "a space between": ("[x] (https://a.example)", True),
    "a space within": ("[x](https://a.example/a b)", True),
    "a space at the end": ("[x](https://a.example )", True),
    "a link": ("[x](https://a.example)", False),
    "no end": ("[x](https://a.example b", False),
    "on two lines": ("[x](https://a.example\nb c)", False),
}


@pytest.mark.parametrize(("text", "is_broken"), BROKEN_LINKS.values(), ids=BROKEN_LINKS.keys())
def test_markdown_that_a_space_keeps_from_being_a_link(text, is_broken):
    assert bool(BROKEN.search(text)) is is_broken


MANY = 100_000
HOSTILE = {
    "unfinished tags": "<a " * MANY,
    "unfinished tags with a quote at the end": "<a " * MANY + '"',
    "quotes that close each other": '<a "' * MANY,
    "addresses without an end": "<a href=" * MANY,
    "one tag with many names": "<a " + "href=" * MANY,
    "one tag with many values": "<a " + '""' * MANY,
    "a broken link with many spaces": "[x](" + " " * MANY,
    "many brackets": "[" * MANY,
    "many broken links": "[x](a " * MANY,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_has_no_links(text):
    """It's read once. If it were read once for each of its tags, that would take minutes."""
    assert get_link_addresses(text) == []
    assert BROKEN.search(text) is None

"""The text of an HTML email as Markdown."""

import pytest

from mailboxes.messages.html_to_markdown import convert_html_to_markdown

PAGES = {
    "a whole page": (
        "<html><head><title>t</title><style>p {}</style></head><body><p>One<br>two</p></body></html>",
        "One\ntwo",
    ),
    "a head without an end": ("<head><body>shown", "shown"),
    "a list": ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
    "paragraphs": ("<p>a</p><p>b</p>", "a\n\nb"),
    "text around a paragraph": ("a<div>b</div>c", "a\n\nb\n\nc"),
    "bold": ("a <b>b</b> <strong>c</strong> d", "a **b** **c** d"),
    "italics, which stay text": ("a <i>b</i> c", "a b c"),
    "a script as a link": ('<a href="javascript:alert(1)">here</a>', "here"),
    "a link": ('<a href="https://a.example">here</a>', "here (https://a.example)"),
    "a link in single quotes": ("<a href='https://a.example'>here</a>", "here (https://a.example)"),
    "a link without quotes": ("<a href=https://a.example>here</a>", "here (https://a.example)"),
    "a link that shows its address": (
        '<a href="https://a.example">https://a.example</a>',
        "https://a.example",
    ),
    "a link that shows another address": (
        '<a href="https://a.example">https://b.example</a>',
        "https://b.example (https://a.example)",
    ),
    "a link with signs": (
        '<a href="https://a.example?b=1&amp;c=2">here</a>',
        "here (https://a.example?b=1&c=2)",
    ),
    "a link to a place of the page": ('<a href="#top">here</a>', "here"),
    "an anchor": ("<a name=top>here</a>", "here"),
    "a link within a link": (
        '<a href="https://a.example">a <a href="https://b.example">b</a></a>',
        "a b (https://b.example)",
    ),
    "an email address": ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
    "an email address behind a name": ('<a href="mailto:a@b.example">Ana</a>', "Ana (mailto:a@b.example)"),
    "a row of a table": ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    "two rows with heads": (
        "<table><tr><th>a</th><td>b</td></tr><tr><th>c</th><td>d</td></tr></table>",
        "a b\nc d",
    ),
    "signs of HTML as text": ("a &lt;script&gt; b", "a <script> b"),
    "ends without beginnings": ("<noscript><img src=x></noscript></p></a></blockquote>x", "x"),
    "a quotation": ("a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"),
    "a quotation in a quotation": (
        "<blockquote>b<blockquote>c</blockquote>d</blockquote>e",
        "> b\n\n> > c\n\n> d\n\ne",
    ),
    "five quotations in each other": ("<blockquote>" * 5 + "a", "> > > > > a"),
    "six of them": ("<blockquote>" * 6 + "a", "> > > > > a"),
    "a quotation after ends without beginnings": (
        "a</blockquote></blockquote><blockquote>b</blockquote>c",
        "a\n\n> b\n\nc",
    ),
    "signs that mark quotations here": ("a\x01b\x02c", "abc"),
    "many spaces": ("a \n\t b&nbsp;&nbsp;c", "a b c"),
    "a picture of the email that isn't there": ("a<img src='cid:1@b.example'>b", "ab"),
}


@pytest.mark.parametrize(("page", "text"), PAGES.values(), ids=PAGES)
def test_pages_become_readable_text(page, text):
    assert convert_html_to_markdown(page) == text

"""Links in a mailing: which ones can work, what is wrong with the others, and how values stand in them."""

import pytest

from crm.records.history.verb_execution import operation
from mailings.content import content_checks
from mailings.content.compiled_templates import MergeField, TextMergeFields
from mailings.content.content_checks import _find_link_problems, get_blocking_problems, get_link_problem
from mailings.models import Mailing, MailingFile
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]

MISSPELLED, NOWHERE = "is misspelled", "leads nowhere"
LINKS = {
    "a domain": ("https://shop.example", ""),
    "a domain with a port, a path and a question": ("https://shop.example:8443/autumn?x=1", ""),
    "a domain with letters of a language": ("https://șervicii.example/ă", ""),
    "an IP address": ("http://203.0.113.7", ""),
    "an IP address with a port and a path": ("https://203.0.113.7:8080/prices.pdf", ""),
    "an IP address of version 6": ("https://[2001:db8::7]/prices", ""),
    "an IP address of version 6 with a port": ("https://[2001:db8::7]:8443/prices", ""),
    "an IP address with a number too large": ("http://203.0.113.700", MISSPELLED),
    "an IP address of three numbers": ("http://203.0.113", MISSPELLED),
    "an IP address of five numbers": ("http://203.0.113.7.1", MISSPELLED),
    "an IP address of version 6 without brackets": ("https://2001:db8::7/prices", MISSPELLED),
    "an IP address of version 6 with three colons": ("https://[2001:db8:::7]/prices", MISSPELLED),
    "an IP address with a space": ("http://203.0.113.7/price list", MISSPELLED),
    "a domain without an ending": ("https://shop", MISSPELLED),
    "a domain that ends with a number": ("https://shop.example.7", MISSPELLED),
    "a port that is no number": ("https://shop.example:port/", MISSPELLED),
    "https twice": ("https://https://shop.example", MISSPELLED),
    "no host": ("https:///autumn", MISSPELLED),
    "an email address": ("mailto:sales@shop.example?subject=Prices", ""),
    "an email address without a domain": ("mailto:sales", "has no email address"),
    "a phone number": ("tel:+40 721 000 000", ""),
    "a phone number of letters": ("tel:sales", "has no phone number"),
    "an IP address without https": ("203.0.113.7/prices", NOWHERE),
    "a domain without https": ("www.shop.example", NOWHERE),
    "a place on a page": ("#top", NOWHERE),
}


@pytest.mark.parametrize(("link", "words"), LINKS.values(), ids=LINKS.keys())
def test_what_is_wrong_with_a_link(link, words):
    found = get_link_problem(link)
    assert (words in found) if words else found == ""


# The text of a mailing, and what is wrong with the links in it.
TEXTS = {
    "no link": ("Hello", []),
    "a link that works": ("[Prices](https://shop.example)", []),
    "a link that leads nowhere": ("[Prices](shop.example)", ["shop.example"]),
    "one of two links": ("[Prices](https://shop.example) and [news](news.example)", ["news.example"]),
    "two links": ("[Prices](shop.example) and [news](news.example)", ["shop.example", "news.example"]),
    "a link to the value of a field": ("[Prices](https://shop.example/{company})", []),
    "a link to a host that a field names": ("[Prices](https://{company}.example)", []),
    "a space before the address": ("[Prices] (https://shop.example)", ["[Prices] (https://shop.example)"]),
    "a space in the address": ("[Prices](https://shop.example/price list)", ["[Prices](https://shop.example/price list)"]),
    "a link that leads nowhere and one with a space": (
        "[Prices](shop.example) and [news] (https://news.example)",
        ["shop.example", "[news] (https://news.example)"],
    ),
    "a long text with a space, of which the start is shown": (
        f"[{'x' * 120}] (https://shop.example)", [f"“[{'x' * 99}”"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "named"), TEXTS.values(), ids=TEXTS)
def test_which_links_of_a_mailing_are_named(text, named):
    found = _find_link_problems(Mailing(text=text))
    assert [part in sentence for part, sentence in zip(named, found, strict=True)] == [True] * len(named)


def test_of_a_long_link_the_start_is_named():
    found = get_link_problem("x" * 120)
    assert "x" * 100 in found
    assert "x" * 101 not in found


# A page with the company "A & B" as a merge field, and what the recipient gets.
FILLED = {
    "in a text": ("<p>{company}</p>", "<p>A &amp; B</p>"),
    "in an address": ('<a href="/?of={company}">x</a>', '<a href="/?of=A%20%26%20B">x</a>'),
    "in the address of a picture": ('<img src="/{company}">', '<img src="/A%20%26%20B">'),
    "behind an address": ('<a href="/">{company}</a>', '<a href="/">A &amp; B</a>'),
    "in a title": ('<a href="/" title="{company}">x</a>', '<a href="/" title="A &amp; B">x</a>'),
    "twice in an address, and behind it": (
        '<a href="/{company}/{company}">{company}</a>', '<a href="/A%20%26%20B/A%20%26%20B">A &amp; B</a>',
    ),
    "eight times in an address": (
        f'<a href="/{"{company}/" * 8}">x</a>', f'<a href="/{"A%20%26%20B/" * 8}">x</a>',
    ),
    "eight times in a text": (f"<p>{'{company} ' * 8}</p>", f"<p>{'A &amp; B ' * 8}</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("page", "filled"), FILLED.values(), ids=FILLED)
def test_a_value_is_encoded_in_an_address(page, filled):
    gaps = TextMergeFields()
    assert gaps.build_html_pattern(gaps.mark_fields(page)).fill({"company": "A & B"}) == filled


def test_an_address_of_ours_is_complete():
    gaps = TextMergeFields()
    page = f'<a href="{gaps.add_word(MergeField("unsubscribe", is_ours=True))}">x</a>'
    filled = gaps.build_html_pattern(page).fill({"unsubscribe": "https://a.example/?a=1&b=2"})
    assert filled == '<a href="https://a.example/?a=1&amp;b=2">x</a>'


# The files of a mailing that are still there, and those that are named because they are gone.
FILES = {
    "all are there": (["a.pdf", "b.pdf"], ""),
    "one is gone": (["a.pdf"], "b.pdf"),
    "both are gone": ([], "a.pdf, b.pdf"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("there", "named"), FILES.values(), ids=FILES)
def test_files_that_are_gone_keep_a_mailing_from_being_sent(there, named, ann, make_mailing, monkeypatch):
    mailing = make_mailing(by=ann, ids=[])
    with operation("test", by=None):
        for name in ("a.pdf", "b.pdf"):
            values = {
                "name": name,
                "file": name,
                "size": 9,
                "content_type": "application/pdf",
                "sha256": "0" * 64,
            }
            MailingFile.objects.create(mailing=mailing, **values)
    monkeypatch.setattr(content_checks, "file_exists", lambda file: file in there)
    found = [problem for problem in get_blocking_problems(mailing) if "can’t be read" in problem]
    assert [named in problem for problem in found] == ([True] if named else [])
    assert not any(name in problem for problem in found for name in there)

"""What an empty merge field of a mailing or a template takes with it, so that no space or comma is left over."""

import pytest

from crm.work.templates.merge_fields import fill_merge_fields
from mailings.content.compiled_templates import TextMergeFields

ANA = {"first_name": "Ana", "last_name": "Albu", "name": "Ana Albu", "company": "", "owner": "", "me": "Bob"}
NO_ONE = dict.fromkeys(ANA, "")
ROWS = {
    "all values": (ANA, "Dear {first_name} {last_name},", "Dear Ana Albu,"),
    "two braces, as other programs write them": (ANA, "Dear {{first_name}},", "Dear Ana,"),
    "an empty one with two braces": (NO_ONE, "Dear {{first_name}},", "Dear,"),
    "a space before a comma": (NO_ONE, "Hello {first_name},", "Hello,"),
    "a space before an exclamation mark": (NO_ONE, "Hello {first_name}!", "Hello!"),
    "one of two spaces": (NO_ONE | {"last_name": "Albu"}, "Dear {first_name} {last_name}!", "Dear Albu!"),
    "two fields in a row": (NO_ONE, "Hello {first_name} {last_name}!", "Hello!"),
    "two fields without a space, one of them empty": (
        NO_ONE | {"last_name": "Albu"}, "Hello {first_name}{last_name}!", "Hello Albu!",
    ),
    "two fields without a space, both of them empty, before a word": (
        NO_ONE, "Hello {first_name}{last_name}there", "Hello there",
    ),
    "only one comma": (NO_ONE, "{first_name}, , you", ", you"),
    "at the end of a sentence": (ANA, "We like {company}.", "We like."),
    "at the end of a line": (ANA, "From {company}\nWelcome", "From\nWelcome"),
    "the second of a list takes its comma": (ANA, "{first_name}, {company}", "Ana"),
    "the first of a list takes its comma": (ANA, "{company}, {first_name}", "Ana"),
    "the middle one of a list takes one comma": (ANA, "{first_name}, {company}, {me}", "Ana, Bob"),
    "a comma before a word stays": (ANA, "Dear {first_name}, {company} is known.", "Dear Ana, is known."),
    "the first one of a line": (NO_ONE, "{first_name}, thank you.", "thank you."),
    "the first one of a later line": (NO_ONE, "Hello\n{first_name}, thank you.", "Hello\nthank you."),
    "a fallback": (NO_ONE, "Hello {first_name|friend},", "Hello friend,"),
    "an empty fallback": (NO_ONE, "Hello {first_name|},", "Hello,"),
    "a number with a comma stays": (NO_ONE, "It costs 1,{first_name}000", "It costs 1,000"),
    "within an address": (ANA, "https://a.example/?of={company}&me={me}", "https://a.example/?of=&me=Bob"),
    "the mark of a list stays": (ANA, "- {company}\n- {first_name}", "- \n- Ana"),
    "the number of a list stays": (ANA, "1. {company}\n2. {first_name}", "1. \n2. Ana"),
    "no field": (NO_ONE, "Hello , you", "Hello , you"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_what_is_left_of_a_text(case):
    values, text, left = case
    gaps = TextMergeFields()
    assert gaps.build_plain_pattern(gaps.mark_fields(text)).fill(values) == left
    assert fill_merge_fields(text, values, escape=False) == left


PAGES = {
    "within a paragraph": ("<p>Hello {first_name},</p>", "<p>Hello,</p>"),
    "bold": ("<p>Hello <strong>{first_name}</strong>,</p>", "<p>Hello<strong></strong>,</p>"),
    "at the beginning of a paragraph": ("<p>{first_name}, thank you.</p>", "<p>thank you.</p>"),
    "bold at the beginning of a paragraph": (
        "<p><strong>{first_name}</strong>, thank you.</p>", "<p><strong></strong>thank you.</p>",
    ),
    "at the end of a paragraph": ("<p>Dear {first_name}</p><p>Hello</p>", "<p>Dear</p><p>Hello</p>"),
    "before a line break": ("<p>Dear {first_name}<br>Hello</p>", "<p>Dear<br>Hello</p>"),
    "a paragraph of its own": ("<p>Hello</p><p>{first_name}</p>", "<p>Hello</p><p></p>"),
    "within an address": (
        '<p>See <a href="https://a.example/ {first_name}">this</a></p>',
        '<p>See <a href="https://a.example/ ">this</a></p>',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES.values(), ids=PAGES)
def test_what_is_left_of_a_page(case):
    page, left = case
    gaps = TextMergeFields()
    assert gaps.build_html_pattern(gaps.mark_fields(page)).fill({}) == left


# A value, and how it stands in a template of Markdown and in one of plain text.
VALUES = {
    "a name": ("Ana Albu", "Ana Albu"),
    "a star": ("A*lbu", "A\\*lbu"),
    "a link": ("[Ana](https://a.example)", "\\[Ana\\](https://a.example)"),
    "a tag": ("<b>Ana</b>", "\\<b\\>Ana\\</b\\>"),
    "a heading": ("# Ana", "\\# Ana"),
    "a list": ("- Ana", "\\- Ana"),
    "a numbered list": ("1. Ana", "1\\. Ana"),
    "a number": ("100 Ana", "100 Ana"),
    "lines and spaces": ("Ana\n  Albu", "Ana Albu"),
}


@pytest.mark.parametrize(("value", "escaped"), VALUES.values(), ids=VALUES)
def test_a_value_is_only_text(value, escaped):
    values = NO_ONE | {"first_name": value}
    plain = " ".join(value.split())
    assert fill_merge_fields("{first_name}", values) == escaped
    assert fill_merge_fields("{first_name}", values, escape=False) == plain


def test_what_is_no_merge_field_stays():
    assert fill_merge_fields("Dear {nickname|you}, {first_name}", ANA) == "Dear {nickname|you}, Ana"

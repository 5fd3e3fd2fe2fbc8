"""What a template becomes for a record: the values of its merge fields, and how they are written where text is Markdown."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from crm.models import Template
from crm.work.templates import template_filling
from crm.work.templates.merge_fields import fill_merge_fields, find_unknown_fields, get_merge_values
from crm.work.templates.template_filling import build_text_below, fill_email, join_paragraphs

ANN, BOB = SimpleNamespace(name="Ann"), SimpleNamespace(name="Bob")


class Thing(SimpleNamespace):
    def __str__(self) -> str:
        return self.called


OMNIA = Thing(called="Omnia")
# What a record has, and the merge fields that aren't empty besides the name of who writes.
RECORDS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "a lead": (
        {"called": "Jan Novák", "first_name": "Jan", "last_name": "Novák", "company": "Iron Forge", "owner": BOB},
        {"name": "Jan Novák", "first_name": "Jan", "last_name": "Novák", "company": "Iron Forge", "owner": "Bob"},
    ),
    "a lead without company and owner": (
        {"called": "Jan", "first_name": "Jan", "last_name": "", "company": "", "owner": None},
        {"name": "Jan", "first_name": "Jan"},
    ),
    "a contact of a company": ({"called": "Ana", "company": OMNIA}, {"name": "Ana", "company": "Omnia"}),
    "a contact without a company": ({"called": "Ana", "company": None}, {"name": "Ana"}),
    "a request with a company": (
        {"called": "Offer", "company": OMNIA, "company_name": "Omnia Ltd"}, {"name": "Offer", "company": "Omnia"},
    ),
    "a request that names a company": (
        {"called": "Offer", "company": None, "company_name": "Omnia Ltd"}, {"name": "Offer", "company": "Omnia Ltd"},
    ),
    "a company": ({"called": "Omnia", "name": "Omnia SRL"}, {"name": "Omnia", "company": "Omnia SRL"}),
}  # fmt: skip


@pytest.mark.parametrize(("has", "values"), RECORDS.values(), ids=RECORDS)
def test_the_values_of_a_record(has, values):
    found = get_merge_values(Thing(**has), ANN)
    assert {name: value for name, value in found.items() if value} == {**values, "me": "Ann"}
    assert set(found) == {"first_name", "last_name", "name", "company", "owner", "me"}


# The first name, the text, and what becomes of it in Markdown and in plain text.
TEXTS = {
    "a value": ("Jan", "Dear {first_name},", "Dear Jan,", "Dear Jan,"),
    "spaces in the braces": ("Jan", "Dear { first_name },", "Dear Jan,", "Dear Jan,"),
    "two braces, as other programs write them": ("Jan", "Dear {{first_name}},", "Dear Jan,", "Dear Jan,"),
    "two braces, spaces and a fallback": ("", "Dear {{ first_name |you}}!", "Dear you!", "Dear you!"),
    "two braces around no merge field": (
        "Jan",
        "Dear {{nickname}}!",
        "Dear {{nickname}}!",
        "Dear {{nickname}}!",
    ),
    "two braces that only open": ("Jan", "Dear {{first_name}!", "Dear {Jan!", "Dear {Jan!"),
    "two braces that only close": ("Jan", "Dear {first_name}}!", "Dear Jan}!", "Dear Jan}!"),
    "an unused fallback": ("Jan", "Dear {first_name|you}!", "Dear Jan!", "Dear Jan!"),
    "a used fallback, with its own Markdown": ("", "Dear {first_name|*you*}!", "Dear *you*!", "Dear *you*!"),
    "a fallback of spaces": ("", "Dear {first_name| }!", "Dear  !", "Dear  !"),
    "no merge field": ("Jan", "Dear {nickname|you}!", "Dear {nickname|you}!", "Dear {nickname|you}!"),
    "two values": ("Jan", "{first_name}, {me}", "Jan, Ann", "Jan, Ann"),
    "several lines and spaces in a value": (" Jan \n  Maria ", "{first_name}", "Jan Maria", "Jan Maria"),
    "Markdown in a value": ("*J_n* [a](b)", "{first_name}", r"\*J\_n\* \[a\](b)", "*J_n* [a](b)"),
    "a heading in a value": ("# Jan", "{first_name}", r"\# Jan", "# Jan"),
    "the mark of a list in a value": ("- Jan", "{first_name}", r"\- Jan", "- Jan"),
    "the number of a list in a value": ("12. Jan", "{first_name}", r"12\. Jan", "12. Jan"),
    "a number in brackets in a value": ("3) Jan", "{first_name}", r"3\) Jan", "3) Jan"),
    "a number in a value": ("3 Jan", "{first_name}", "3 Jan", "3 Jan"),
    "marks within a value": ("Jan + 1. # Co", "{first_name}", "Jan + 1. # Co", "Jan + 1. # Co"),
}


@pytest.mark.parametrize(("value", "text", "markdown", "plain"), TEXTS.values(), ids=TEXTS)
def test_a_value_is_only_text_in_markdown(value, text, markdown, plain):
    values = dict.fromkeys(("last_name", "name", "company", "owner"), "") | {"first_name": value, "me": "Ann"}
    assert fill_merge_fields(text, values) == markdown
    assert fill_merge_fields(text, values, escape=False) == plain


def test_names_that_are_no_merge_fields_are_named_once_in_alphabetical_order():
    text = "{name} {zip|x} {first_name|} { city } {zip} {Name} {a b}"
    assert find_unknown_fields(text) == ["Name", "city", "zip"]


def test_whatever_has_two_braces_is_meant_as_a_merge_field():
    text = "{{name}} {{ contact.firstname }} {{First name|x}} {{zip}} @media print {a{top:0}} {{}} {{ }}"
    assert find_unknown_fields(text) == ["First name", "contact.firstname", "zip"]


def test_what_is_put_together_has_an_empty_line_between_its_parts():
    assert join_paragraphs(" a ", "", "\n", "b\nc\n") == "a\n\nb\nc"
    assert build_text_below(SimpleNamespace(signature="Ann\r\nSales"), "> Hello") == "Ann\nSales\n\n> Hello"
    assert build_text_below(SimpleNamespace(signature=""), "") == ""


# The text so far, what stands below it, and the text with the template "Dear {first_name}," of Jan_: what was typed stays
# above, and the signature below. A signature that someone has edited is text like any other.
BELOW = "Ann\nSales"
FILLED = {
    "an empty email": ("", "", r"Dear Jan\_,"),
    "text above": ("Hello!", "", "Hello!\n\nDear Jan\\_,"),
    "the signature alone": (BELOW, BELOW, f"Dear Jan\\_,\n\n{BELOW}"),
    "text and the signature, as browsers send lines": (
        "Hello!\r\n\r\nAnn\r\nSales\r\n", BELOW, f"Hello!\n\nDear Jan\\_,\n\n{BELOW}",
    ),
    "an edited signature": ("Hello!\n\nAnn", BELOW, "Hello!\n\nAnn\n\nDear Jan\\_,"),
    "a user without a signature": ("Hello!\n\nAnn\nSales", "", "Hello!\n\nAnn\nSales\n\nDear Jan\\_,"),
}  # fmt: skip


@pytest.fixture
def template(monkeypatch):
    """Is chosen if the user may use it."""
    found = Template(text="Dear {first_name},", subject="For {first_name}")
    monkeypatch.setattr(template_filling, "get_chosen_template", lambda data, type, user: found)
    return found


JAN = Thing(called="Jan_ Novák", first_name="Jan_")


@pytest.mark.parametrize(("typed", "below", "text"), FILLED.values(), ids=FILLED)
def test_a_template_goes_between_the_text_of_an_email_and_its_signature(typed, below, text, template):
    found = fill_email(QueryDict(urlencode({"text": typed})), JAN, ANN, below)
    assert found["text"] == text


def test_a_typed_subject_stays(template):
    """A subject is plain text: nothing in it is escaped."""
    assert fill_email(QueryDict(""), JAN, ANN, "")["subject"] == "For Jan_"
    assert fill_email(QueryDict("subject=Offer"), JAN, ANN, "")["subject"] == "Offer"


def test_without_a_template_an_email_stays_as_it_was_typed(monkeypatch):
    monkeypatch.setattr(template_filling, "get_chosen_template", lambda data, type, user: None)
    query = (
        "to=a%40example.com&cc=b%40example.com&text=Hi%0D%0A&draft=7&record_files=1&record_files=2&extra=x"
    )
    rest = {"cc": "b@example.com", "bcc": "", "subject": "", "draft": "7", "record_files": ["1", "2"]}
    found = fill_email(QueryDict(query), JAN, ANN, BELOW)
    assert found == {"to": "a@example.com", "text": "Hi\r\n", **rest}
    assert fill_email(QueryDict(f"{query}&sender=3"), JAN, ANN, BELOW) == {**found, "sender": "3"}

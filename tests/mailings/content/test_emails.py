"""The emails of mailings: headers, both bodies, merge fields and files, read again by the standard library."""

from email import message_from_bytes, policy
from email.utils import parseaddr

import pytest
from django.conf import settings

from crm.records.history.verb_execution import operation
from leads.models import Lead, LeadValues
from mailboxes.receiving.loop_detection import get_loop_mark
from mailings.content.email_content import build_mailing_email
from mailings.content.signed_tokens import (
    MESSAGE,
    UNSUBSCRIBE,
    VIEW,
    build_token,
    find_delivery,
    find_delivery_in_headers,
)
from mailings.models import Sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(make_lead, bob):
    return make_lead("Ana <b>Pop</b>", owner=bob, email="ana@omnia.example", company="*Omnia* & Co.")


@pytest.fixture
def letter(make_mailing, deliver_to, ana):
    """letter(text="…", …) is the email to Ana as another program reads it."""

    def read(text: str = "Hello {first_name}", **values):
        delivery = deliver_to(make_mailing(text, **values), ana)
        raw = build_mailing_email(delivery).message().as_bytes()
        return message_from_bytes(raw, policy=policy.default.clone(refold_source="none"))

    return read


def html_of(message) -> str:
    return message.get_body(("html",)).get_content()


def plain_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def test_a_letter_has_the_headers_of_a_mailing_list(letter, make_list, ana, bob):
    message = letter(list=make_list("Ofertă"))
    assert message["From"] == f"Sales <{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>"
    assert message["To"] == "ana@omnia.example"
    assert message["Reply-To"] == f"Sales <{bob.email}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["X-Loop"] == get_loop_mark()
    assert "Ofertă" in message["List-Id"]
    assert message["List-Id"].rstrip(">").endswith(f".{get_loop_mark()}")
    token = message["List-Unsubscribe"].strip("<>").split("/")[-2]
    delivery = find_delivery(token, UNSUBSCRIBE)
    assert (delivery.record, find_delivery_in_headers(message["Message-ID"])) == (ana.pk, delivery)
    domain = parseaddr(message["From"])[1].partition("@")[2]
    assert message["Message-ID"].endswith(f"@{domain}>")


def test_a_letter_has_plain_text_first_and_its_lines_are_short_enough(letter):
    message = letter("# Hello\n\n" + "word " * 900)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert max(map(len, message.as_bytes().splitlines())) <= 998
    assert all(part.get_content_charset() == "utf-8" for part in message.iter_parts())


def test_long_addresses_are_on_the_line_of_their_header(letter, settings):
    settings.SITE_URL = f"https://{'crm.' * 20}example.com"
    lines = letter(subject="Ofertă " * 20).as_bytes().splitlines()
    assert any(line.startswith(b"List-Unsubscribe: <https://crm.") for line in lines)
    assert any(line.startswith(b"Message-ID: <mailing.") for line in lines)


def test_merge_fields_are_text_wherever_they_are(letter, ana):
    message = letter(
        "**Hi {first_name}** of {company}, [write](https://x.example/?who={company}&m={email})",
        subject="{first_name}: {company}",
        preheader="For {company}",
    )
    page = html_of(message)
    assert "<strong>Hi Ana</strong> of *Omnia* &amp; Co.," in page
    assert "https://x.example/?who=%2AOmnia%2A%20%26%20Co.&amp;m=ana@omnia.example" in page
    assert message["Subject"] == "Ana: *Omnia* & Co."
    assert "Hi Ana" in plain_of(message)
    assert "of *Omnia* & Co.," in plain_of(message)
    assert "For *Omnia* &amp; Co." in page


def test_a_name_with_markup_does_not_become_markup(letter):
    assert "&lt;b&gt;Pop&lt;/b&gt;" in html_of(letter("Dear {last_name}"))


def test_an_empty_value_becomes_its_fallback(letter):
    assert "Hello colleague!" in plain_of(
        letter("Hello {owner_missing|x}{me|y}{first_name|z}", plain="Hello {c99|colleague}!")
    )


def test_a_custom_field_is_a_merge_field(letter, make_field, ana):
    field = make_field("Contract end", "date")
    with operation("test", by=None):
        LeadValues.objects.create(record=ana, values={field.name: "2027-03-01"})
    assert "Until 1 Mar 2027." in plain_of(letter(f"Until {{{field.name}|soon}}."))


def test_html_of_the_text_is_sanitized(letter):
    page = html_of(
        letter(
            '<script>alert(1)</script><img src="https://spy.example/a.gif"><b onclick="x()">Bold</b> '
            '<a href="javascript:alert(1)">bad</a> <a class="button evil" href="https://ok.example">Go</a>'
        )
    )
    assert "<b>Bold</b>" in page
    assert '<a class="button" href="https://ok.example">Go</a>' in page
    for bad in ("<script", "alert", "spy.example", "onclick", "javascript:", "evil", "<img"):
        assert bad not in page


def test_the_plain_text_is_made_from_the_text_unless_it_is_written(letter):
    made = plain_of(letter("# Title\n\n- one\n- [two](https://two.example)"))
    assert "Title\n\n- one\n- two (https://two.example)" in made
    assert "Just this, Ana." in plain_of(letter("# Title", plain="Just this, {first_name}."))


def test_the_sender_of_the_department_signs(letter, departments):
    with operation("test", by=None):
        Sender.objects.create(department=departments.sales, name="Omnia\nNews", signature="**Your** team")
    message = letter()
    assert message["From"].startswith("Omnia News <")
    assert "<strong>Your</strong> team" in html_of(message)
    assert "team" in plain_of(message)


def test_a_line_break_in_a_value_cannot_begin_a_header(letter, ana):
    with operation("test", by=None):
        Lead.objects.filter(pk=ana.pk).update(first_name="Ana\r\nBcc: evil@x.example")
    message = letter(subject="Hi {first_name}")
    assert message["Bcc"] is None
    assert message["Subject"] == "Hi Ana Bcc: evil@x.example"


def test_the_language_is_that_of_the_mailing(letter):
    assert 'lang="ro"' in html_of(letter(language="ro"))


def test_tokens_are_for_one_purpose(make_mailing, deliver_to, ana):
    delivery = deliver_to(make_mailing(), ana)
    token = build_token(delivery, VIEW)
    assert find_delivery(token, VIEW) == delivery
    assert find_delivery(token, UNSUBSCRIBE) is None
    assert find_delivery(token, MESSAGE) is None
    assert find_delivery(f"{delivery.pk + 1}.{token.partition('.')[2]}", VIEW) is None
    assert find_delivery("", VIEW) is None


def test_opens_and_clicks_are_recorded_only_if_the_mailing_says_so(letter):
    text = "[Shop](https://shop.example/?a=1&b=2) [Own](https://shop.example/?m={email})"
    page = html_of(letter(text))
    assert "<img" not in page
    assert 'href="https://shop.example/?a=1&amp;b=2"' in page
    page = html_of(letter(text, tracks_opens=True, tracks_clicks=True))
    assert "/open.gif" in page
    assert 'href="https://shop.example/?a=1' not in page
    assert 'href="https://shop.example/?m=ana@omnia.example"' in page
    assert "The sender sees which links you open" in page

"""Emails to a lead from its page: what is sent and what stays on the timeline, once, and which emails can't be sent."""

import re

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from crm.models import Activity, OutgoingEmail
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.work.emails.email_verbs import SendEmail
from customers.models import Company
from leads.models import Lead, Unsubscribe
from tests.crm.work.emails.emailing import DRAFT, WRITTEN, page_of, told, work, write
from tests.crossing import crossed


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, email="jan@example.cz", second_email="office@example.cz")


def test_an_email_is_sent_once_and_its_copy_is_on_the_timeline(sign_in, bob, lead):
    browser = sign_in(bob)
    assert "The email will be sent in a few seconds." in told(
        browser.post(page_of(lead), WRITTEN, follow=True)
    )
    email = Activity.objects.get()
    assert (email.type, email.outcome, email.address) == ("email", "sending", "jan@example.cz")
    assert mail.outbox == []
    work()
    work()
    (letter,) = mail.outbox
    assert letter.to == ["jan@example.cz"]
    assert letter.from_email == "Bob <leadwell@localhost>"
    assert letter.reply_to == ["Bob <bob@example.com>"]
    assert letter.body == "Dear **Jan**,\n\nhere it is."
    assert "<p>Dear <strong>Jan</strong>,</p>" in letter.alternatives[0].content
    assert letter.message()["Message-ID"] == email.message_id == f"<{DRAFT}@localhost>"
    shown = told(browser.get(f"/admin/leads/{lead.pk}"))
    assert "<b>Your offer</b>" in shown
    assert "To jan@example.cz" in shown
    assert '<span class="chip">sent</span>' in shown
    assert "by an email" in shown
    assert "made changes" not in shown


def test_a_double_click_sends_one_email(sign_in, bob, lead):
    browser = sign_in(bob)
    write(browser, lead)
    answer = browser.post(page_of(lead), WRITTEN, follow=True)
    assert "You’ve already sent this email." in told(answer)
    work()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_two_clicks_at_the_same_moment_send_one_email(client, make_lead, bob):
    lead = make_lead(owner=bob, email="jan@example.cz")
    client.force_login(bob, backend="accounts.sign_in.EmailBackend")
    answers = []

    def click():
        answers.append(write(client, lead).status_code)

    verb = SendEmail(bob, "jan@example.cz", "Your offer", "Hi", f"<{DRAFT}@localhost>")
    crossed(lambda: carry_out(verb, Lead.objects.filter(pk=lead.pk), by=bob), click)
    assert answers == [302]
    assert Activity.objects.count() == OutgoingEmail.objects.count() == 1


def test_nothing_is_sent_when_the_request_fails(sign_in, bob, lead, monkeypatch):
    browser = sign_in(bob)
    browser.raise_request_exception = False

    def fails(*_arguments, **_keywords):
        raise RuntimeError

    monkeypatch.setattr("crm.work.emails.views.email.redirect_to_record_or_list", fails)
    assert write(browser, lead).status_code == 500
    assert not Activity.objects.exists()
    assert not OutgoingEmail.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="send_email").exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"subject": ""}, "This field is required."),
        ({"subject": "Offer\r\nBcc: all@example.com"}, "Remove the line breaks."),
        ({"subject": "x" * 201}, "200"),
        ({"text": "  \n"}, "Write the email first."),
        ({"text": "x" * 20_001}, "20000"),
        ({"text": "a\0b"}, "Null characters"),
        ({"to": "stranger"}, "“stranger” isn’t an email address."),
        ({"to": ""}, "This field is required."),
        ({"cc": "a@example.com, b@"}, "“b@” isn’t an email address."),
        ({"bcc": " ".join(f"a{n}@example.com" for n in range(21))}, "Enter at most 20 addresses."),
    ],
)
def test_an_email_that_can_not_be_sent_gets_a_sentence_and_keeps_what_was_typed(
    sign_in, bob, lead, values, sentence
):
    answer = write(sign_in(bob), lead, **values)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ("here it is." in answer.content.decode()) == ("text" not in values)
    assert not Activity.objects.exists()


def test_only_those_who_may_change_the_lead_write_to_it(sign_in, ben, dan, lead):
    assert sign_in(ben).get(page_of(lead)).status_code == 404
    assert write(sign_in(dan), lead).status_code == 404
    assert not Activity.objects.exists()


def test_the_page_offers_the_addresses_and_the_signature(sign_in, bob, lead):
    User.objects.filter(pk=bob.pk).update(signature="Bob Moreau\n+33 1 23")
    browser = sign_in(bob)
    form = browser.get(f"{page_of(lead)}?to=second_email").context["form"]
    assert [known.name for known in form.known_addresses] == ["email", "second_email"]
    assert form["to"].value() == "office@example.cz"
    assert form["text"].value().strip() == "Bob Moreau\n+33 1 23"
    assert write(browser, lead, text="\r\nBob Moreau\r\n+33 1 23").status_code == 422


def test_a_lead_without_an_address_can_not_be_written_to(sign_in, bob, make_lead):
    lead = make_lead("Eva", owner=bob)
    browser = sign_in(bob)
    assert "This record has no email address." in told(browser.get(page_of(lead)))
    assert write(browser, lead).status_code == 422
    assert not Activity.objects.exists()


def test_an_unsubscribed_or_disqualified_lead_may_get_a_personal_email(sign_in, bob, make_lead):
    Unsubscribe.objects.create(email_key="eva@example.com")
    lead = make_lead("Eva", owner=bob, email="eva@example.com", status="disqualified")
    browser = sign_in(bob)
    shown = told(browser.get(page_of(lead)))
    assert "has unsubscribed from newsletters" in shown
    assert "This lead is disqualified." in shown
    assert write(browser, lead).status_code == 302


def test_the_lead_page_leads_to_the_page_for_an_email(sign_in, bob, lead):
    links = re.findall(r'href="([^"]*\d/email[^"]*)"', told(sign_in(bob).get(f"/admin/leads/{lead.pk}")))
    assert {page_of(lead), f"{page_of(lead)}?to=email", f"{page_of(lead)}?to=second_email"} == set(links)


def test_a_custom_field_with_an_address_can_be_written_to(sign_in, bob, make_company, make_field):
    field = make_field("Billing email", "email", of="company")
    company = make_company("Omnia", owner=bob)
    rows = Company.objects.filter(pk=company.pk)
    carry_out(KINDS["company"].edit({field.name: "bill@example.com"}), rows, by=bob)
    answer = sign_in(bob).post(f"/admin/companies/{company.pk}/email", WRITTEN | {"to": field.name})
    assert answer.status_code == 302
    work()
    assert mail.outbox[0].to == ["bill@example.com"]

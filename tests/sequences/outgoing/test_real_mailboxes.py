"""A sequence through a real mail server: what the recipient gets, and what comes back by IMAP ends the sequence or doesn't."""

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Activity
from crm.work.emails.email_sending import send_email
from crm.work.emails.thread_index import get_conversation
from mailboxes.sending import sent_copies
from sequences.models import Enrollment
from sequences.running.stop_sweep import end_stopped_enrollments
from tests.mailboxes.conftest import (
    an_email,
    imap,
    imap_and_authority,
    mailbox,
    make_mailbox,
    make_personal,
    read,
    smtp,
)
from tests.mailboxes.sending.test_shared import a_bounce
from tests.sequences.sequencing import build_step, make_due, make_sequence, start, state_of, work

__all__ = ["imap", "imap_and_authority", "mailbox", "make_mailbox", "make_personal", "smtp"]

pytestmark = pytest.mark.django_db

ANA = "ana@lead.example"


@pytest.fixture
def own(make_personal, smtp, bob, monkeypatch):
    """The mailbox of bob, with an SMTP server."""
    monkeypatch.setattr(sent_copies.store_sent_copy, "defer", lambda activity_id: None)
    return make_personal(bob, smtp_host="127.0.0.1", smtp_port=smtp.port)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Ana Albu", email=ANA, owner=bob)


@pytest.fixture
def begun(own, lead, bob, template, second, smtp, always) -> Enrollment:
    """In a sequence of two emails, the first of which has arrived."""
    steps = (
        build_step("email", "one", template=template.pk),
        build_step("email", "two", after=1, template=second.pk),
    )
    start(make_sequence("Follow-up", *steps), bob, lead)
    work()
    send_queued()
    assert len(smtp.arrived) == 1
    return Enrollment.objects.get()


def send_queued() -> None:
    for job in ProcrastinateJob.objects.filter(task_name="send_email").order_by("id"):
        send_email(**job.args)


def get_link(letter: Any) -> str:
    return letter["List-Unsubscribe"].strip("<>")


def answer(first: Any, own: Any, **headers: str) -> Any:
    """An email from Ana that answers the first one."""
    values = {
        "From": f"Ana Albu <{ANA}>",
        "In_Reply_To": first["Message-ID"],
        "Subject": "Re: Hello Ana",
    }
    return an_email(own, **values | headers)


def test_the_recipient_gets_one_thread_from_the_authors_address_with_a_link_of_their_own(
    begun, own, smtp, lead
):
    make_due(begun)
    work()
    send_queued()
    first, second = smtp.arrived
    assert own.address in first["From"]
    assert second["Subject"] == "Re: Hello Ana"
    assert {second[name].strip() for name in ("In-Reply-To", "References")} == {first["Message-ID"]}
    assert get_conversation(second["Thread-Index"]) == get_conversation(first["Thread-Index"])
    links = {get_link(letter) for letter in smtp.arrived}
    assert len(links) == 2
    for letter in smtp.arrived:
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        plain, page = letter.get_payload()
        link = get_link(letter)
        assert link in plain.get_payload(decode=True).decode()
        assert f'href="{link}"' in page.get_payload(decode=True).decode()


def test_a_reply_ends_it_and_the_quoted_link_is_not_on_the_timeline(
    begun, own, imap, smtp, lead, sign_in, bob
):
    (first,) = smtp.arrived
    link = get_link(first)
    imap.deliver(own.address, answer(first, own, text=f"Yes, call me.\n\n> Dear Ana\n> Unsubscribe: {link}"))
    read(own)
    reply = Activity.objects.get(outcome="received")
    assert "Yes, call me." in reply.text
    assert link not in reply.text
    end_stopped_enrollments()
    assert state_of(lead) == ("stopped", "replied")
    make_due(begun)
    work()
    send_queued()
    assert len(smtp.arrived) == 1


def test_a_reply_that_is_private_ends_it_too(begun, own, imap, smtp, lead):
    own.private = True
    own.save(update_fields=["private"])
    imap.deliver(own.address, answer(smtp.arrived[0], own))
    read(own)
    assert Activity.objects.get(outcome="received").private_to_id == own.owner_id
    end_stopped_enrollments()
    assert state_of(lead) == ("stopped", "replied")


def test_an_automatic_reply_does_not_end_it(begun, own, imap, smtp, lead):
    letter = answer(smtp.arrived[0], own, Auto_Submitted="auto-replied", Subject="Out of office")
    imap.deliver(own.address, letter)
    read(own)
    assert Activity.objects.get(outcome="automatic").record == lead.pk
    end_stopped_enrollments()
    assert state_of(lead) == ("running", "")
    make_due(begun)
    work()
    send_queued()
    assert len(smtp.arrived) == 2


def test_a_bounce_ends_it(begun, own, imap, smtp, lead):
    imap.deliver(own.address, a_bounce(smtp.arrived[0]["Message-ID"]))
    read(own)
    end_stopped_enrollments()
    assert state_of(lead) == ("stopped", "bounced")


def test_one_click_in_the_mail_program_ends_it(begun, smtp, lead, client):
    path = "/u/" + get_link(smtp.arrived[0]).rpartition("/u/")[2]
    client.post(path, {"List-Unsubscribe": "One-Click"})
    end_stopped_enrollments()
    assert state_of(lead) == ("stopped", "unsubscribed")

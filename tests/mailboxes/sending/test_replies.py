"""Answers to emails on the page of a record, over a real mail server: whom they reach, and how other programs thread them."""

from email.policy import SMTP

import pytest

from crm.models import AttachedFile, EmailEnvelope
from crm.records.history.verb_execution import operation
from crm.work.emails.email_sending import send_email
from crm.work.emails.thread_index import get_conversation
from crm.work.models.activity import Activity
from mailboxes.models import Mailbox
from mailboxes.receiving.signed_addresses import build_signed_address
from mailboxes.sending.sent_copies import store_sent_copy
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(make_lead, bob):
    return make_lead(email="ana@lead.example", owner=bob)


@pytest.fixture
def own(make_personal, smtp, bob):
    return make_personal(bob, smtp_host="127.0.0.1", smtp_port=smtp.port)


@pytest.fixture
def received(imap, mailbox, lead):
    """received(Cc="…"): an email of the lead in the department's mailbox."""

    def arrive(**headers) -> Activity:
        imap.deliver(mailbox.address, an_email(mailbox, From="Ana Albu <ana@lead.example>", **headers))
        read(mailbox)
        return Activity.objects.filter(outcome="received").latest("pk")

    return arrive


@pytest.fixture
def answer(sign_in, bob, lead):
    """answer(email, "all", text="…"): opens the form and sends it with these values; the email that was written."""

    def send(email: Activity, mode: str = "reply", **values) -> Activity:
        browser = sign_in(bob)
        path = f"/admin/leads/{lead.pk}/email?reply={email.pk}&mode={mode}"
        form = browser.get(path).context["form"]
        names = ("to", "cc", "subject", "text", "draft")
        drawn = {name: form[name].value() or "" for name in names}
        if "record_files" in form.fields:
            drawn["record_files"] = form["record_files"].value() or []
        drawn["text"] = f"My answer.{drawn['text']}"
        response = browser.post(path, drawn | values)
        assert response.status_code == 302, response.context["form"].errors
        written = Activity.objects.get(outcome="sending")
        send_email(written.pk)
        written.refresh_from_db()
        assert written.outcome == "sent"
        return written

    return send


def test_an_answer_to_all_reaches_everyone_but_us_and_says_what_it_answers(received, answer, mailbox, smtp):
    """Thunderbird and Gmail thread by these headers: tests/decisions/emails/test_replies.py has their rules."""
    email = received(
        To=f"{mailbox.address}, eva@lead.example",
        Cc="jan@lead.example",
        References="<1@lead.example> <2@lead.example>",
        In_Reply_To="<2@lead.example>",
        Message_ID="<3@lead.example>",
        Subject="AW: Offer",
    )
    answer(email, "all")
    (letter,) = smtp.arrived
    assert letter["To"] == "ana@lead.example"
    assert letter["Cc"] == "eva@lead.example, jan@lead.example"
    assert letter["Subject"] == "Re: Offer"
    assert letter["In-Reply-To"] == "<3@lead.example>"
    assert letter["References"].split() == ["<1@lead.example>", "<2@lead.example>", "<3@lead.example>"]
    text = letter.get_payload()[0].get_payload(decode=True).decode()
    assert text.startswith("My answer.")
    assert "Ana Albu wrote:" in text
    assert "> Can you send an offer?" in text


def test_bcc_reaches_its_addresses_and_is_in_no_header(
    received, answer, own, imap, smtp, sign_in, ann, lead, monkeypatch
):
    queued: list[int] = []
    monkeypatch.setattr(store_sent_copy, "defer", lambda activity_id: queued.append(activity_id))
    written = answer(received(), bcc="boss@ours.example", cc="eva@lead.example")
    (letter,) = smtp.arrived
    assert set(letter["X-RcptTo"].split(", ")) == {
        "ana@lead.example",
        "eva@lead.example",
        "boss@ours.example",
    }
    assert "boss" not in str({name: value for name, value in letter.items() if name != "X-RcptTo"})
    store_sent_copy(written.pk)
    with imap.sign_in(own.address) as client:
        client.select_folder("Sent", readonly=True)
        copies = client.fetch(client.search(["HEADER", "Message-ID", written.message_id]), ["BODY[]"])
    (copy,) = copies.values()
    assert b"Cc: eva@lead.example" in copy[b"BODY[]"]
    assert b"boss" not in copy[b"BODY[]"]
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}").text
    assert "Cc eva@lead.example" in page
    assert "boss@ours.example" not in page


def test_reply_to_counts_more_than_the_sender(received, answer, smtp):
    answer(received(Reply_To="Office <office@lead.example>"))
    assert smtp.arrived[0]["To"] == "office@lead.example"


def test_the_author_chooses_the_own_mailbox_or_that_of_the_department(received, answer, own, mailbox, smtp):
    answer(received())
    answer(received(Subject="Second"), sender="department")
    assert [letter["From"] for letter in smtp.arrived] == [f"Bob <{own.address}>", f"Bob <{mailbox.address}>"]


def test_a_forwarded_email_takes_its_files_along_and_answers_nothing(received, answer, imap, mailbox, smtp):
    message = an_email(mailbox, From="ana@lead.example", Subject="Plan")
    message.add_attachment(b"content", maintype="application", subtype="octet-stream", filename="plan.bin")
    imap.deliver(mailbox.address, message)
    read(mailbox)
    email = Activity.objects.get(outcome="received")
    written = answer(email, "forward", to="partner@other.example")
    (letter,) = smtp.arrived
    assert (letter["To"], letter["Subject"]) == ("partner@other.example", "Fwd: Plan")
    assert letter["In-Reply-To"] is letter["References"] is None
    assert [part.get_filename() for part in letter.walk() if part.get_filename()] == ["plan.bin"]
    assert AttachedFile.objects.filter(activity=written).count() == 1


def test_what_comes_back_goes_on_with_the_thread(received, answer, imap, mailbox, lead, smtp):
    written = answer(received())
    message = an_email(mailbox, From="other@lead.example", In_Reply_To=written.message_id)
    # Python's own limit would encode a long ID, which mail programs don't.
    imap.deliver(mailbox.address, message.as_bytes(policy=SMTP.clone(max_line_length=0)))
    read(mailbox)
    reply = Activity.objects.filter(outcome="received").latest("pk")
    assert (reply.of, reply.record) == ("lead", lead.pk)
    assert EmailEnvelope.objects.get(activity=reply).references_list == [written.message_id]
    answer(reply)
    letter = smtp.arrived[-1]
    assert letter["To"] == "other@lead.example"
    assert letter["References"].split() == [written.message_id, reply.message_id]
    assert letter["In-Reply-To"].strip() == reply.message_id


def test_an_answer_of_exchange_without_references_finds_its_thread(
    received, answer, imap, mailbox, lead, smtp
):
    """tests/decisions/emails/test_programs.py has the rules of Gmail and Outlook."""
    answer(received(), "forward", to="partner@other.example")
    (letter,) = smtp.arrived
    assert letter["Thread-Topic"] == "Offer for 200 chairs"
    message = an_email(
        mailbox, From="partner@other.example", Subject="The price", Thread_Index=letter["Thread-Index"]
    )
    imap.deliver(mailbox.address, message)
    read(mailbox)
    reply = Activity.objects.filter(outcome="received").latest("pk")
    assert (reply.of, reply.record) == ("lead", lead.pk)
    answer(reply)
    mine, theirs = (get_conversation(one["Thread-Index"]) for one in smtp.arrived)
    assert mine == theirs != ""


def test_what_comes_back_follows_an_email_that_was_moved(
    received, answer, imap, mailbox, make_lead, ann, bob, sign_in
):
    """The address that it was sent from still names the first record, if the mailbox takes addresses with a plus."""
    Mailbox.objects.filter(pk=mailbox.pk).update(plus_addresses=True)
    mailbox.refresh_from_db()
    other = make_lead("Eva Marin", owner=bob, email="eva@lead.example")
    written = answer(received(), sender="department")
    sign_in(ann).post(
        f"/admin/leads/{written.record}/activities/{written.pk}/move", {"to": f"lead-{other.pk}"}
    )
    signed = build_signed_address(mailbox, "lead", written.record)
    message = an_email(mailbox, From="new@lead.example", To=signed, In_Reply_To=written.message_id)
    imap.deliver(mailbox.address, message.as_bytes(policy=SMTP.clone(max_line_length=0)))
    read(mailbox)
    reply = Activity.objects.filter(outcome="received").latest("pk")
    assert (reply.of, reply.record) == ("lead", other.pk)


def test_an_answer_that_says_nothing_is_not_sent(received, sign_in, bob, lead):
    path = f"/admin/leads/{lead.pk}/email?reply={received().pk}&mode=reply"
    browser = sign_in(bob)
    form = browser.get(path).context["form"]
    drawn = {name: form[name].value() for name in ("to", "subject", "text")}
    response = browser.post(path, drawn)
    assert response.status_code == 422
    assert "Write the email first." in response.text


def test_the_signature_stands_once_above_the_quotation_also_with_a_template(
    received, sign_in, bob, lead, django_user_model
):
    from crm.models import Template

    with operation("test", by=bob):
        template = Template.objects.create(
            name="Thanks", type="email", subject="T", text="Thank you.", owner=bob
        )
    django_user_model.objects.filter(pk=bob.pk).update(signature="Bob Moreau")
    path = f"/admin/leads/{lead.pk}/email?reply={received().pk}"
    browser = sign_in(bob)
    text = browser.get(path).context["form"]["text"].value()
    answer = browser.post(
        path, {"insert": "1", "template": template.pk, "text": f"Hi{text}", "subject": "Re: a"}
    )
    parts = answer.context["form"]["text"].value().split("\n\n")
    assert parts[:3] == ["Hi", "Thank you.", "Bob Moreau"]
    assert parts[3].endswith("wrote:")
    assert answer.context["form"]["text"].value().count("Bob Moreau") == 1


def test_whoever_quotes_a_private_email_is_warned_that_others_will_read_it(received, sign_in, bob, lead):
    email = received()
    path = f"/admin/leads/{lead.pk}/email?reply={email.pk}"
    warning = "Only you see the quoted email."
    browser = sign_in(bob)
    assert warning not in browser.get(path).text
    with operation("test", by=None):
        Activity.objects.filter(pk=email.pk).update(private_to=bob)
    headers = {"HX-Request": "true", "HX-Target": f"email-form-{email.pk}"}
    for mode in ("reply", "all", "forward"):
        assert warning in browser.get(f"{path}&mode={mode}").text
        assert warning in browser.get(f"{path}&mode={mode}", headers=headers).text
    # Also when the form is drawn again
    assert warning in browser.post(path, {"to": "x", "text": ""}).text


def test_only_emails_of_the_record_that_the_user_sees_can_be_answered(
    received, sign_in, bob, dan, ben, lead, make_lead
):
    email = received()
    path = f"/admin/leads/{lead.pk}/email?reply={email.pk}"
    assert sign_in(ben).get(path).status_code == 404
    assert sign_in(dan).get(path).status_code == 404
    other = make_lead("Other", owner=bob, email="o@x.example")
    browser = sign_in(bob)
    for query in (f"reply={email.pk}", "reply=0", "reply=x", "reply=99999999999999999999"):
        assert browser.get(f"/admin/leads/{other.pk}/email?{query}").status_code == 404
    assert browser.get(f"{path}&mode=loud").status_code == 404


def test_the_timeline_opens_an_answer_in_place_and_without_javascript(received, sign_in, bob, lead):
    email = received()
    browser = sign_in(bob)
    page = browser.get(f"/admin/leads/{lead.pk}").text
    path = f"/admin/leads/{lead.pk}/email?reply={email.pk}&amp;mode=all"
    assert f'href="{path}"' in page
    headers = {"HX-Request": "true", "HX-Target": f"email-form-{email.pk}"}
    fragment = browser.get(path.replace("&amp;", "&"), headers=headers).text
    assert fragment.lstrip().startswith("<form")
    assert "<html" in browser.get(path.replace("&amp;", "&")).text
    assert "leadwell@localhost" not in fragment

"""Answers to invitations that arrive in a mailbox, and the mailbox that invitations go out from."""

from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from icalendar import Calendar

from crm.models import Activity, Invitation, InvitationAnswer, Notification
from crm.platform.web.notifications import get_notification_sentence
from crm.work.invitations.invitation_emails import build_invitation_email
from mailboxes.messages.parser_process import read_letter
from mailboxes.messages.received_message import parse_received_message
from mailboxes.models import Message
from tests.crm.work.invitations.inviting import plan, work
from tests.mailboxes.conftest import an_email, read
from tests.mailboxes.sending.test_shared import a_bounce

pytestmark = pytest.mark.django_db
JAN = "jan@example.cz"


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, email=JAN)


@pytest.fixture
def meeting(mailbox, lead, sign_in, bob, smtp) -> Activity:
    """With Jan, who is a lead, and Eva, who isn't known."""
    plan(sign_in(bob), lead, invited=f"{JAN}, eva@example.com")
    work()
    return Activity.objects.get()


def an_answer(
    mailbox, answer: str = "ACCEPTED", *, who: str = JAN, method: str = "REPLY", text: str = "", **values
) -> EmailMessage:
    """As Outlook and Google write it: the file is an alternative to a text, and attached."""
    file = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Example//Calendar//EN",
            "VERSION:2.0",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            f"UID:{Invitation.objects.first().uid}",
            "SEQUENCE:0",
            "DTSTAMP:20261122T100000Z",
            "DTSTART:20261203T130000Z",
            f"ATTENDEE;PARTSTAT={answer}:mailto:{who}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )
    message = an_email(
        mailbox, **{"From": who, "Subject": "Answer: The offer", "text": text or "\n"} | values
    )
    message.add_alternative(file.encode(), maintype="text", subtype="calendar", params={"method": method})
    message.add_attachment(file.encode(), maintype="application", subtype="ics", filename="invite.ics")
    return message


def answers() -> dict[str, str]:
    return dict(InvitationAnswer.objects.values_list("address", "answer"))


@pytest.mark.parametrize(
    ("partstat", "method", "answer"),
    [
        ("ACCEPTED", "REPLY", "accepted"),
        ("DECLINED", "REPLY", "declined"),
        ("TENTATIVE", "REPLY", "tentative"),
        ("TENTATIVE", "COUNTER", "proposed"),
    ],
)
def test_an_answer_that_arrives_is_on_the_meeting(deliver, mailbox, meeting, bob, partstat, method, answer):
    deliver(an_answer(mailbox, partstat, method=method))
    assert answers() == {JAN: answer}
    row = Message.objects.get()
    assert (row.outcome, row.of, row.record) == ("answer", "lead", meeting.record)
    assert Activity.objects.count() == 1
    assert Notification.objects.filter(user=bob, kind="invitation_answered").count() == 1


def test_the_answer_of_a_program_counts_too(deliver, mailbox, meeting):
    deliver(an_answer(mailbox, text="Jan has accepted.", Auto_Submitted="auto-generated"))
    assert answers() == {JAN: "accepted"}
    assert Activity.objects.count() == 1


def test_what_someone_writes_with_the_answer_is_on_the_timeline(deliver, mailbox, meeting):
    deliver(an_answer(mailbox, "DECLINED", text="I am on holiday."))
    assert answers() == {JAN: "declined"}
    email = Activity.objects.exclude(pk=meeting.pk).get()
    assert (email.of, email.record, email.text) == ("lead", meeting.record, "I am on holiday.")


def test_someone_who_is_only_invited_becomes_no_request(deliver, mailbox, meeting):
    deliver(an_answer(mailbox, who="eva@example.com"))
    assert answers() == {"eva@example.com": "accepted"}
    assert Message.objects.get().outcome == "answer"


def test_an_answer_for_someone_else_is_an_email_like_others(deliver, mailbox, meeting):
    message = an_answer(mailbox, text="Hello")
    message.replace_header("From", "stranger@example.com")
    deliver(message)
    assert answers() == {}
    assert Message.objects.get().outcome == "request"


def test_an_answer_that_was_taken_before_is_an_email_like_others(deliver, mailbox, meeting):
    deliver(an_answer(mailbox))
    deliver(an_answer(mailbox, text="Hello"))
    assert list(Message.objects.newest_first().values_list("outcome", flat=True)) == ["timeline", "answer"]


def test_a_reply_without_a_calendar_file_lands_where_the_meeting_is(deliver, lead, meeting):
    message_id = build_invitation_email(Invitation.objects.get()).extra_headers["Message-ID"]
    deliver(From="eva@example.com", In_Reply_To=message_id, text="See you there.")
    email = Activity.objects.exclude(pk=meeting.pk).get()
    assert (email.of, email.record, email.text) == ("lead", lead.pk, "See you there.")


def test_a_made_up_message_id_of_an_invitation_leads_nowhere(deliver, meeting):
    made_up = f"<{Invitation.objects.get().pk}-meeting-{'0' * 32}@ours.example>"
    deliver(From="eva@example.com", In_Reply_To=made_up)
    assert Message.objects.get().outcome == "request"


def organizer_in(message) -> str:
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    return str(event["ORGANIZER"])


def test_an_invitation_goes_out_through_the_mailbox_of_the_department(mailbox, meeting, smtp):
    (message,) = smtp.arrived
    assert parseaddr(message["From"]) == ("Bob", mailbox.address)
    assert parseaddr(message["Reply-To"])[1] == mailbox.address
    assert organizer_in(message) == f"mailto:{mailbox.address}"
    assert message["X-Loop"]
    assert message["Message-ID"].endswith("@ours.example>")


def test_without_a_mailbox_answers_go_to_the_author(lead, sign_in, bob, mailoutbox):
    plan(sign_in(bob), lead)
    work()
    (letter,) = mailoutbox
    assert organizer_in(letter.message()) == "mailto:bob@example.com"


def test_a_personal_mailbox_sends_its_owners_invitations_and_reads_the_answers(
    make_personal, lead, sign_in, bob, smtp, imap
):
    personal = make_personal(bob, smtp_host="127.0.0.1", smtp_port=smtp.port)
    plan(sign_in(bob), lead, invited=f"{JAN}, eva@example.com")
    work()
    assert organizer_in(smtp.arrived[0]) == f"mailto:{personal.address}"
    for who in (JAN, "eva@example.com"):
        imap.deliver(personal.address, an_answer(personal, who=who))
    imap.deliver(personal.address, an_email(personal, From="eva@example.com"))
    read(personal)
    assert answers() == {JAN: "accepted", "eva@example.com": "accepted"}
    # The other email of someone who is only invited leaves no trace.
    assert list(Message.objects.values_list("outcome", flat=True)) == ["answer", "answer"]
    assert Activity.objects.count() == 1


def test_answers_come_back_whole_from_the_process(mailbox, meeting):
    raw = bytes(an_answer(mailbox, "TENTATIVE", method="COUNTER", text="Later?"))
    assert read_letter(raw) == parse_received_message(raw)
    (reply,) = read_letter(raw).replies
    assert (reply.answer, f"{reply.begins:%H:%M}", reply.ends) == ("proposed", "13:00", None)
    assert read_letter(raw).files == ()


def test_an_invitation_that_bounces_is_marked_on_its_meeting(deliver, meeting, lead, bob, sign_in, smtp):
    report = a_bounce(smtp.arrived[0]["Message-ID"])
    deliver(report.replace(b"ana@lead.example", b"eva@example.com"))
    assert answers() == {"eva@example.com": "failed"}
    row = Message.objects.get()
    assert (row.outcome, row.of, row.record) == ("bounce", "lead", meeting.record)
    notice = Notification.objects.get(user=bob, kind="invitation_answered")
    assert (
        get_notification_sentence(notice)
        == "Your invitation to eva@example.com couldn’t be delivered: “The offer”."
    )
    page = sign_in(bob).get(lead.get_absolute_url()).text
    assert '<span class="chip" data-tone="negative">Not delivered</span>' in page
    assert "“550 5.1.1 No such user”" in page
    assert page.count("No answer yet") == 1


def test_an_answer_counts_although_a_report_has_arrived_before(deliver, mailbox, meeting, smtp):
    deliver(a_bounce(smtp.arrived[0]["Message-ID"]))
    assert answers() == {}
    deliver(a_bounce(smtp.arrived[0]["Message-ID"]).replace(b"ana@lead.example", JAN.encode()))
    assert answers() == {JAN: "failed"}
    deliver(an_answer(mailbox))
    assert answers() == {JAN: "accepted"}


def test_only_the_authors_mailbox_takes_reports_about_a_personal_invitation(
    make_personal, lead, sign_in, ann, bob, smtp, imap
):
    own, other = make_personal(bob, smtp_host="127.0.0.1", smtp_port=smtp.port), make_personal(ann)
    plan(sign_in(bob), lead)
    work()
    report = a_bounce(smtp.arrived[0]["Message-ID"]).replace(b"ana@lead.example", JAN.encode())
    imap.deliver(other.address, report)
    read(other)
    assert answers() == {}
    imap.deliver(own.address, report)
    read(own)
    assert answers() == {JAN: "failed"}

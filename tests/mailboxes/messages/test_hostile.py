"""Emails that are made to keep a worker busy: little of them is read, and one that is too much is skipped with a notification."""

import time
from itertools import product

import pytest

from crm.models import Notification
from crm.platform.web.notifications import get_notification_sentence
from customers.models import Request
from mailboxes.messages import limits
from mailboxes.messages.message_parser import parse_message
from mailboxes.messages.parser_process import BeyondLimits, NotRead, parse_addresses_in_process, read_letter
from mailboxes.messages.received_message import parse_message_head, parse_received_message
from mailboxes.models import MailboxFolder, Message
from mailboxes.receiving import message_reading
from tests.examples import one_in
from tests.mailboxes.conftest import an_email, read
from tests.mailboxes.messages.hostile import CONTENTS, FROM, HEADERS, PARTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("email_process")]
SIZES = (10_000, 100_000, 1_000_000, 40_000_000)


@pytest.mark.parametrize(("name", "size"), one_in(3, product(HEADERS, SIZES)))
def test_of_long_headers_only_so_much_is_read(name, size):
    message, meter = parse_message(HEADERS[name](size))
    assert meter.headers <= limits.MOST_HEADERS
    assert meter.characters <= limits.MOST_HEADER_CHARACTERS
    assert max(len(value) for value in message.values()) <= limits.LONGEST_LIST
    assert meter.parts == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PARTS)
def test_of_many_parts_only_so_many_are_read(name, size):
    _message, meter = parse_message(PARTS[name](size))
    assert meter.parts <= limits.MOST_PARTS
    assert meter.headers <= limits.MOST_HEADERS
    assert meter.characters <= limits.MOST_HEADER_CHARACTERS


@pytest.mark.parametrize("name", HEADERS | PARTS)
def test_the_email_is_received_all_the_same(name):
    raw = (HEADERS | PARTS)[name](100_000)
    letter = parse_received_message(raw)
    assert (letter.sender, letter.message_id) == ("ana@stranger.example", "<hostile@stranger.example>")
    assert parse_message_head(raw).sender == "ana@stranger.example"


def test_of_many_texts_only_so_much_is_read():
    part = b"--x\r\nContent-Type: text/plain\r\n\r\n" + b"Hello " * 20_000 + b"\r\n"
    raw = FROM + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part * 20
    assert len(parse_received_message(raw).text) <= limits.MOST_TEXT + 20


def test_headers_are_as_long_as_people_write_them():
    to = ", ".join(f"person{number}@customer.example" for number in range(500))
    subject = "Offer " * 40
    letter = parse_received_message(f"From: a@b.example\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nx".encode())
    assert len(letter.written_to) == 500
    assert letter.subject == subject.strip()


def sender_of(raw: bytes) -> tuple[str, bool]:
    """The address, and whether the rest was too much."""
    try:
        return read_letter(raw).sender, False
    except BeyondLimits as error:
        return error.head.sender, True


@pytest.mark.nightly
@pytest.mark.parametrize("size", [*SIZES, 10_000_000])
@pytest.mark.parametrize("name", HEADERS | PARTS | CONTENTS)
def test_reading_ends_in_time(name, size):
    raw = (HEADERS | PARTS | CONTENTS)[name](size)
    begun = time.monotonic()
    head, is_skipped = sender_of(raw)
    assert head == "ana@stranger.example"
    assert not is_skipped or (name in CONTENTS and size > 1_000_000)
    assert time.monotonic() - begun < limits.SECONDS + 10


def test_a_letter_comes_back_whole_from_the_process(mailbox):
    message = an_email(mailbox, Subject="Ofertă: 200 de scaune", Date="Fri, 20 Nov 2026 10:00:00 +0200")
    message.add_attachment(b"\x00\xff plan\n", maintype="application", subtype="pdf", filename="plän.pdf")
    message.add_attachment(b"", maintype="application", subtype="pdf", filename="empty.pdf")
    raw = bytes(message)
    assert read_letter(raw) == parse_received_message(raw)
    assert read_letter(raw).files == (("plän.pdf", b"\x00\xff plan\n"), ("empty.pdf", b""))


def test_a_report_comes_back_whole_from_the_process():
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp;\r\n 550 unknown\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Message-ID: <ours@b.example>\r\n\r\nx\r\n--x--"
    )
    bounce = read_letter(raw).bounce
    assert bounce is not None
    assert (bounce.message_id, bounce.why, bounce.status) == ("<ours@b.example>", "550 unknown", "5.1.1")


def test_addresses_of_many_messages_are_read_at_once():
    raws = [HEADERS["recipients"](60_000), b"From: a@b.example\r\nTo: c@d.example\r\n\r\n", b"\xff", b""]
    found = parse_addresses_in_process(raws)
    assert [sender for sender, _others, _report in found] == ["ana@stranger.example", "a@b.example", "", ""]
    assert found[1] == ("a@b.example", ["c@d.example"], False)


def told_to(user) -> list[str]:
    return [
        get_notification_sentence(notice)
        for notice in Notification.objects.filter(user=user, kind="email_skipped")
    ]


@pytest.fixture
def busy(monkeypatch):
    """Emails with the subject "busy" take too long."""
    real = message_reading.read_letter

    def read_slowly(raw: bytes):
        if b"Subject: busy" in raw:
            raise BeyondLimits("limits", parse_message_head(raw))
        return real(raw)

    monkeypatch.setattr(message_reading, "read_letter", read_slowly)


def test_an_email_that_takes_too_long_is_skipped_and_the_next_one_follows(
    deliver, imap, mailbox, busy, ada, bob
):
    imap.deliver(mailbox.address, an_email(mailbox, Subject="busy"))
    deliver()
    assert mailbox.problem == ""
    assert list(Message.objects.newest_first().values_list("outcome", "sender", "subject")) == [
        ("request", "ana@stranger.example", "Offer for 200 chairs"),
        ("limits", "ana@stranger.example", "busy"),
    ]
    (told,) = told_to(ada)
    assert told == (
        "An email from ana@stranger.example to the mailbox “Sales mail” can’t be read and was skipped: “busy”. "
        "Open it in your email program."
    )
    assert told_to(bob) == []


def test_many_such_emails_are_one_notification(imap, mailbox, busy, ada):
    for _number in range(3):
        imap.deliver(mailbox.address, an_email(mailbox, Subject="busy"))
    read(mailbox)
    assert Message.objects.filter(outcome="limits").count() == 3
    assert len(told_to(ada)) == 1


def test_of_a_personal_mailbox_only_its_owner_is_told(imap, make_personal, make_lead, busy, ada, bob):
    make_lead(email="ana@stranger.example", owner=bob)
    personal = make_personal(bob)
    imap.deliver(personal.address, an_email(personal, Subject="busy"))
    read(personal)
    assert len(told_to(bob)) == 1
    assert told_to(ada) == []


def end_at_the_next(mailbox, monkeypatch):
    """A worker that ends while it reads the next email of the mailbox."""

    def end(raw: bytes):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(message_reading, "read_letter", end)
        with pytest.raises(SystemExit):
            read(mailbox)


def test_an_email_at_which_a_worker_ended_once_is_read_by_the_next_one(
    deliver, imap, mailbox, monkeypatch, ada
):
    imap.deliver(mailbox.address, an_email(mailbox, Subject="restarted"))
    end_at_the_next(mailbox, monkeypatch)
    deliver()
    assert sorted(Request.objects.values_list("subject", flat=True)) == ["Offer for 200 chairs", "restarted"]
    assert told_to(ada) == []


def test_an_email_at_which_two_workers_ended_is_skipped_by_the_next_one(
    deliver, imap, mailbox, monkeypatch, ada
):
    imap.deliver(mailbox.address, an_email(mailbox, Subject="fatal"))
    end_at_the_next(mailbox, monkeypatch)
    end_at_the_next(mailbox, monkeypatch)
    assert not Message.objects.exists()
    deliver()
    assert list(Message.objects.newest_first().values_list("outcome", "subject")) == [
        ("request", "Offer for 200 chairs"),
        ("unfinished", "fatal"),
    ]
    assert len(told_to(ada)) == 1


@pytest.mark.parametrize(
    ("begun", "times"),
    [("", 0), ("40 7", 1), ("40 7 1", 1), ("40 7 2", 2), ("40 8 2", 0), ("41 7 2", 0)],
    ids=["never", "before times were counted", "once", "twice", "another email", "numbered again"],
)
def test_how_many_times_an_email_was_begun(begun, times):
    assert MailboxFolder(uid_validity=40, begun=begun).count_begun(7) == times


def test_beginning_counts_and_finishing_forgets(mailbox):
    folder = MailboxFolder.objects.get()
    counts = []
    for _time in range(2):
        folder.record_attempt(7)
        counts.append(MailboxFolder.objects.get().count_begun(7))
    folder.clear_attempts()
    assert [*counts, MailboxFolder.objects.get().count_begun(7)] == [1, 2, 0]


def test_an_email_that_was_read_is_not_begun_any_more(deliver):
    deliver()
    assert MailboxFolder.objects.get().begun == ""
    assert Request.objects.count() == 1


def test_a_process_that_is_killed_says_what_it_knew(monkeypatch, mailbox):
    monkeypatch.setattr(limits, "SECONDS", 0.001)
    with pytest.raises(BeyondLimits):
        read_letter(bytes(an_email(mailbox)))


def test_what_goes_wrong_in_the_process_is_the_name_of_the_error(monkeypatch):
    from mailboxes.messages import parser_process

    said = b'{"sender": "a@b.example", "subject": "Hi"}\n{"refused": "KeyError"}\n'
    monkeypatch.setattr(parser_process, "_run_parser", lambda asked, messages: said)
    with pytest.raises(NotRead, match="KeyError") as raised:
        read_letter(b"")
    assert (raised.value.head.sender, raised.value.head.subject) == ("a@b.example", "Hi")

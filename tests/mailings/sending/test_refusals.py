"""Mail servers that refuse, close, or can't be reached: what is tried again, what isn't, and when a mailing is paused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.platform.files.store import StoreAway
from crm.records.history.verb_execution import operation
from mailings.models import Delivery, MailingFile, Suppression
from mailings.sending.server_answers import TRIES
from mailings.sending.smtp_transfer import EmailRefused
from mailings.sending.waiting_reasons import get_reason_sentence
from tests.mailings.sending.refusing import REFUSED_SENDER, an_answering_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with an_answering_server(settings) as found:
        yield found


def test_an_address_that_is_refused_for_now_is_tried_again_later(make_mailing, make_recipients, send, server):
    mailing = make_mailing()
    greylisted, other = make_recipients(mailing, 2)
    server.answers[greylisted.address] = "451 4.7.1 Greylisted, try again"
    assert (send(mailing).state, mailing.why) == ("sending", "retry")
    greylisted.refresh_from_db()
    assert (greylisted.state, greylisted.tries) == ("waiting", 1)
    assert greylisted.problem == "refused 451 4.7.1 Greylisted, try again"
    assert timedelta(minutes=3) < greylisted.next_try_at - timezone.now() < timedelta(minutes=5)
    server.answers.clear()
    Delivery.objects.update(next_try_at=timezone.now())
    assert (send(mailing).state, mailing.why) == ("sent", "")
    assert [letter["To"] for letter in server.arrived] == [other.address, greylisted.address]


def test_an_address_that_is_refused_for_now_too_often_fails_with_the_servers_words(
    make_mailing, make_recipients, send, server
):
    mailing = make_mailing()
    (row,) = make_recipients(mailing)
    server.answers["*"] = "452 4.2.2 Mailbox full"
    for _try in range(TRIES):
        Delivery.objects.filter(state="waiting").update(next_try_at=None)
        send(mailing)
    row.refresh_from_db()
    assert (row.state, row.problem, row.tries) == ("failed", "refused 452 4.2.2 Mailbox full", TRIES)
    assert mailing.state == "sent"
    assert not Suppression.objects.exists()


def test_an_address_that_doesnt_exist_is_suppressed(make_mailing, make_recipients, send, server):
    mailing = make_mailing()
    (row,) = make_recipients(mailing)
    server.answers[row.address] = "550 5.1.1 No such user here"
    assert send(mailing).state == "sent"
    row.refresh_from_db()
    assert (row.state, row.problem, bool(row.bounced_at)) == (
        "failed",
        "refused 550 5.1.1 No such user here",
        True,
    )
    suppressed = Suppression.objects.get()
    assert (suppressed.email_key, suppressed.reason) == (row.email_key, "bounced")
    assert suppressed.note == "550 5.1.1 No such user here"


def test_an_email_that_is_refused_as_spam_doesnt_suppress_the_address(
    make_mailing, make_recipients, send, server
):
    mailing = make_mailing()
    (row,) = make_recipients(mailing)
    server.content = "554 5.7.1 Spam message rejected"
    send(mailing)
    row.refresh_from_db()
    assert (row.state, row.bounced_at) == ("failed", None)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("code", "said", "step", "is_address"),
    [
        (550, b"5.1.1 unknown", "recipient", True),
        (550, b"no such user", "recipient", True),
        (550, b"5.2.1 disabled", "recipient", True),
        (550, b"5.7.1 blocked by policy", "recipient", False),
        (552, b"5.2.2 over quota", "recipient", False),
        (450, b"4.1.1 unknown for now", "recipient", False),
        (554, b"spam", "content", False),
    ],
)
def test_only_an_address_that_cant_receive_counts_as_one_that_doesnt_exist(code, said, step, is_address):
    assert EmailRefused(code, said, step).is_address == is_address


@pytest.mark.parametrize("step", ["sender", "answers"])
def test_a_server_that_accepts_nothing_for_now_lets_the_mailing_wait(
    make_mailing, make_recipients, send, server, step
):
    mailing = make_mailing()
    (row,) = make_recipients(mailing)
    if step == "sender":
        server.sender = "450 4.7.0 Too many emails"
    else:
        server.answers["*"] = "421 4.7.0 Too many emails"
    assert send(mailing).state == "sending"
    assert mailing.why.startswith("busy 4")
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", 0)
    server.sender, server.answers = "", {}
    assert (send(mailing).state, mailing.why) == ("sent", "")


def test_a_server_that_refuses_the_senders_address_pauses_the_mailing(
    make_mailing, make_recipients, send, server
):
    mailing = make_mailing()
    rows = make_recipients(mailing, 3)
    server.sender = REFUSED_SENDER
    assert (send(mailing).state, mailing.why) == ("paused", f"sender {REFUSED_SENDER}")
    assert "Sender address rejected" in get_reason_sentence(mailing.why)
    assert Delivery.objects.in_state("waiting").count() == len(rows)


def test_a_server_that_cant_be_reached_for_an_hour_sends_everything_once_afterwards(
    make_mailing, make_recipients, send, settings
):
    mailing = make_mailing()
    rows = make_recipients(mailing, 3)
    with an_answering_server(settings):
        pass
    for _minute in range(60):
        assert send(mailing).state == "sending"
    assert mailing.why.startswith("unreachable")
    assert not Delivery.objects.exclude(tries=0).exists()
    with an_answering_server(settings) as server:
        assert (send(mailing).state, mailing.why) == ("sent", "")
    assert [letter["To"] for letter in server.arrived] == [row.address for row in rows]


def test_a_mailing_waits_for_a_file_store_that_cant_be_reached_and_then_sends_everything_once(
    make_mailing, make_recipients, send, server, monkeypatch
):
    mailing, away = make_mailing(), [True]
    rows = make_recipients(mailing, 3)
    values = {"name": "a.txt", "size": 5, "content_type": "text/plain", "file": "attached/a"}
    with operation("test", by=None):
        MailingFile.objects.create(mailing=mailing, **values)

    def read(file: str) -> bytes:
        if away:
            raise StoreAway
        return b"words"

    monkeypatch.setattr("mailings.content.email_content.read_file", read)
    for _minute in range(3):
        assert (send(mailing).state, mailing.why) == ("sending", "store")
    assert "The file store can’t be reached." in get_reason_sentence(mailing.why)
    assert not Delivery.objects.exclude(tries=0).exists()
    away.clear()
    assert (send(mailing).state, mailing.why) == ("sent", "")
    assert [letter["To"] for letter in server.arrived] == [row.address for row in rows]


def test_after_an_hour_without_the_server_no_lead_gets_a_second_email(
    make_mailing, make_recipients, send, settings, monkeypatch
):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    mailing = make_mailing()
    rows = make_recipients(mailing, 5)
    with an_answering_server(settings) as server:
        for row in rows[2:]:
            server.answers[row.address] = "451 4.3.2 Busy"
        assert send(mailing).state == "sending"
    arrived = list(server.arrived)
    assert len(arrived) == 2
    for _minute in range(60):
        now += timedelta(minutes=1)
        assert send(mailing).state == "sending"
    assert mailing.why.startswith("unreachable")
    assert "can’t be reached. Leadwell tries again every minute" in get_reason_sentence(mailing.why)
    with an_answering_server(settings) as server:
        assert (send(mailing).state, mailing.why) == ("sent", "")
    arrived += server.arrived
    assert sorted(letter["To"] for letter in arrived) == sorted(row.address for row in rows)
    assert Delivery.objects.in_state("sent").count() == 5


def test_an_email_that_may_have_arrived_when_the_connection_was_lost_isnt_sent_again(
    make_mailing, make_recipients, send, server
):
    mailing = make_mailing()
    first, second = make_recipients(mailing, 2)
    server.content = "disconnect"
    send(mailing)
    server.content = ""
    send(mailing)
    assert [letter["To"] for letter in server.arrived] == [first.address, second.address]
    assert set(Delivery.objects.values_list("state", "problem")) == {("failed", "unknown")}


def test_a_connection_that_was_lost_between_two_emails_is_opened_again(
    make_mailing, make_recipients, send, server, monkeypatch
):
    import mailings.sending.mailing_sending as sending

    mailing = make_mailing()
    rows = make_recipients(mailing, 3)
    original = sending.answers.record_acceptance
    lines = []
    opened = sending.Connections._open_connection
    monkeypatch.setattr(
        sending.Connections,
        "_open_connection",
        lambda self, route: lines.append(opened(self, route)) or lines[-1],
    )

    def lost_afterwards(row):
        original(row)
        lines[-1].connection.sock.close() if row.pk == rows[0].pk else None

    monkeypatch.setattr(sending.answers, "record_acceptance", lost_afterwards)
    assert send(mailing).state == "sent"
    assert sorted(letter["To"] for letter in server.arrived) == sorted(row.address for row in rows)


def test_a_mailing_with_too_many_bounces_is_paused_from_the_50th_email_on(
    make_mailing, make_recipients, send, server
):
    mailing = make_mailing(most_bounces=10)
    make_recipients(mailing, 90)
    server.answers["*"] = "550 5.1.1 No such user here"
    assert send(mailing).state == "paused"
    assert mailing.why == "bounces 100"
    assert get_reason_sentence(mailing.why) == "Paused, because 100% of the emails couldn’t be delivered."
    assert get_reason_sentence("bounces 5.4") == "Paused, because 5.4% of the emails couldn’t be delivered."
    failed = Delivery.objects.in_state("failed").count()
    assert 50 <= failed <= 60
    assert Delivery.objects.in_state("waiting").count() == 90 - failed


def test_a_few_bounces_dont_pause_a_mailing(make_mailing, make_recipients, send, server):
    mailing = make_mailing(most_bounces=10)
    rows = make_recipients(mailing, 60)
    server.answers |= {row.address: "550 5.1.1 No such user here" for row in rows[:6]}
    assert send(mailing).state == "sent"

"""Two workers that read one mailbox at the same moment: every message is received once."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Request
from mailboxes.models import Mailbox, Message
from mailboxes.receiving import message_reading
from mailboxes.receiving.mailbox_polling import check_mailbox
from tests.mailboxes.conftest import (  # noqa: F401 - fixtures
    an_email,
    imap,
    imap_and_authority,
    mailbox,
    make_mailbox,
    smtp,
)
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]
MESSAGES = 12


def test_a_worker_whose_lease_ran_out_while_it_reads_a_message_and_the_next_one_receive_it_once(
    mailbox,  # noqa: F811
    imap,  # noqa: F811
    monkeypatch,
):
    """The second worker arrives exactly while the first one takes the message apart."""
    imap.deliver(mailbox.address, an_email(mailbox, Subject="Offer"))
    monkeypatch.setattr(Mailbox, "claim_for_reading", lambda self, now: True)
    parse = message_reading.read_letter
    begun: list[bytes] = []

    def read_letter(raw: bytes):
        begun.append(raw)
        if len(begun) == 1:
            check_mailbox(Mailbox.objects.get())
        return parse(raw)

    monkeypatch.setattr(message_reading, "read_letter", read_letter)
    check_mailbox(Mailbox.objects.get())
    assert len(begun) == 2
    assert list(Request.objects.values_list("subject", flat=True)) == ["Offer"]
    assert list(Message.objects.values_list("outcome", flat=True)) == ["request"]


def read_by_two(pk: int) -> None:
    """Two threads with a connection each, as two workers have."""
    both = threading.Barrier(2)
    problems: list[BaseException] = []

    def run() -> None:
        try:
            found = Mailbox.objects.get(pk=pk)
            both.wait(PATIENCE)
            check_mailbox(found)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert problems == []


@pytest.mark.parametrize("has_lease", [True, False], ids=["with the lease", "after the lease has run out"])
def test_two_workers_receive_each_message_of_a_mailbox_once(
    has_lease,
    mailbox,  # noqa: F811
    imap,  # noqa: F811
    monkeypatch,
):
    for number in range(MESSAGES):
        imap.deliver(mailbox.address, an_email(mailbox, Subject=f"Offer {number}"))
    if not has_lease:
        monkeypatch.setattr(Mailbox, "claim_for_reading", lambda self, now: True)
    read_by_two(mailbox.pk)
    # One that another worker was faster with is noted as known.
    Mailbox.objects.update(busy_until=timezone.now())
    check_mailbox(Mailbox.objects.get())
    found = sorted(Request.objects.values_list("subject", flat=True))
    assert found == sorted(f"Offer {number}" for number in range(MESSAGES))
    assert Message.objects.filter(outcome="request").count() == MESSAGES
    assert Mailbox.objects.get().problem == ""

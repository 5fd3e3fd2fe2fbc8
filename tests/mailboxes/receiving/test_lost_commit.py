"""The answer to a commit is lost with the connection: the email that was committed keeps its files."""

import pytest
from django.db import OperationalError, connection

from crm.models import AttachedFile
from crm.platform.files.store import file_exists
from mailboxes.models import MailboxFolder, Message
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lost(monkeypatch):
    """The answer to the first commit with an attached file is lost. The list has something when that has happened."""
    happened: list[bool] = []
    commit = connection.commit

    def commit_without_answer() -> None:
        has_file = not happened and AttachedFile.objects.exists()
        commit()
        if has_file:
            happened.append(True)
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "commit", commit_without_answer)
    return happened


@pytest.fixture(params=["shared", "personal"])
def receiving(request, make_lead, bob):
    """The mailbox that gets an email of a lead."""
    make_lead(email="ana@stranger.example", owner=bob)
    make = request.getfixturevalue("make_mailbox" if request.param == "shared" else "make_personal")
    return make() if request.param == "shared" else make(bob)


def test_a_committed_email_keeps_its_files_if_the_answer_to_the_commit_is_lost(imap, receiving, lost):
    message = an_email(receiving)
    message.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    imap.deliver(receiving.address, message)
    read(receiving)
    assert lost
    assert file_exists(AttachedFile.objects.get().file)
    MailboxFolder.objects.update(last_uid=0)
    read(receiving)
    assert Message.objects.count() == 1
    assert file_exists(AttachedFile.objects.get().file)

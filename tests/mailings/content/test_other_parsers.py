"""The emails of mailings as a real mail server reads them: Dovecot has another parser than Python."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mailings.attachments import AttachForm
from mailings.content import letter_for
from tests.mailboxes.conftest import imap, imap_and_authority

__all__ = ["imap", "imap_and_authority"]
pytestmark = pytest.mark.django_db
ACCOUNT = "ana@omnia.example"


@pytest.fixture
def read(imap, make_mailing, make_lead, deliver_to, bob, make_list):
    """What the server says of the email to Ana, and its size in bytes."""
    ana = make_lead("Ana Țepeș", owner=bob, email=ACCOUNT)
    mailing = make_mailing(
        "# Ofertă nouă\n\n" + "Bună {first_name}, " * 200,
        subject="Ofertă pentru {name}",
        list=make_list("Știri"),
    )
    form = AttachForm({}, {"attachments": [SimpleUploadedFile("prețuri.txt", b"1;2")]}, mailing=mailing)
    assert form.is_valid()
    form.write()
    imap.deliver(ACCOUNT, letter_for(deliver_to(mailing, ana)).message().as_bytes())
    client = imap.opened(ACCOUNT)
    client.select_folder("INBOX")
    newest = client.search()[-1]
    headers = "BODY[HEADER.FIELDS (LIST-ID LIST-UNSUBSCRIBE LIST-UNSUBSCRIBE-POST)]"
    return client.fetch([newest], ["ENVELOPE", "BODYSTRUCTURE", "RFC822.SIZE", headers])[newest]


def test_a_mail_server_finds_both_bodies_and_the_file(read):
    mixed = read[b"BODYSTRUCTURE"]
    (alternative, file), kind = mixed[0], mixed[1]
    plain, page = alternative[0]
    assert (kind, alternative[1]) == (b"mixed", b"alternative")
    assert [(part[0], part[1], part[2]) for part in (plain, page)] == [
        (b"text", b"plain", (b"charset", b"utf-8")),
        (b"text", b"html", (b"charset", b"utf-8")),
    ]
    assert file[9][0] == b"attachment"


def test_a_mail_server_finds_the_subject_and_the_recipient(read):
    envelope = read[b"ENVELOPE"]
    assert envelope.subject.startswith(b"=?utf-8?")
    assert (envelope.to[0].mailbox, envelope.to[0].host) == (b"ana", b"omnia.example")
    assert envelope.message_id.startswith(b"<mailing.")


def test_a_mail_server_finds_the_headers_of_the_list(read):
    fields = next(value for key, value in read.items() if key.startswith(b"BODY[HEADER"))
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in fields
    assert b"/unsubscribe>" in fields
    assert b"List-Id: " in fields
    assert read[b"RFC822.SIZE"] < 102_400, "Gmail cuts off larger emails"

"""The emails of mailings as a real mail server reads them: Dovecot has another parser than Python."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.records.history.verb_execution import operation
from crm.work.emails.mime_messages import build_attachment
from mailings.content.attachments import AttachForm
from mailings.content.email_content import build_mailing_email
from mailings.models import Sender
from tests.mailboxes.conftest import imap, imap_and_authority

__all__ = ["imap", "imap_and_authority"]
pytestmark = pytest.mark.django_db
ACCOUNT = "ana@omnia.example"
SUBJECT = "Ofertă pentru {name}: " + "reînnoirea abonamentului și prețurile ei " * 4
SENDER = "Vânzări și Întreținere „Șapte Dealuri”"
FILES = {
    "prețuri și condiții de livrare pentru anul viitor.txt": b"1;2\n.\n",
    'ofertă "nouă".csv': b"a;b\r\n",
    "ș" * 110 + ".txt": b"long",
}
# A line may have 998 characters, and should have at most 78 (RFC 5322, 2.1.1).
LONGEST, WANTED = 998, 78
# These are on one line however long they are (mailings/content/mailing_headers.py).
ON_ONE_LINE = (
    b"message-id:",
    b"list-unsubscribe:",
    b"list-id:",
    b" filename*=",
)
DAMAGED = "The parser has found something that no standard allows."


@pytest.fixture
def raw(make_mailing, make_lead, deliver_to, bob, departments, make_list):
    """The email to Ana as bytes, with long names and texts in letters beyond ASCII wherever they can be."""
    with operation("test", by=None):
        Sender.objects.create(department=departments.sales, name=SENDER)
    ana = make_lead("Ana Țepeș", owner=bob, email=ACCOUNT)
    mailing = make_mailing(
        "# Ofertă nouă\n\n" + "Bună {first_name}, " * 200 + f"\n\n[Vezi](https://x.example/{'a' * 900})",
        subject=SUBJECT,
        list=make_list("Știri și oferte"),
    )
    files = [SimpleUploadedFile(name, content) for name, content in FILES.items()]
    form = AttachForm({}, {"attachments": files}, mailing=mailing)
    assert form.is_valid()
    form.write(bob)
    return build_mailing_email(deliver_to(mailing, ana)).message().as_bytes(linesep="\r\n")


@pytest.fixture
def read(imap, raw):
    """What the server says of it, and its size in bytes."""
    imap.deliver(ACCOUNT, raw)
    headers = "BODY[HEADER.FIELDS (LIST-ID LIST-UNSUBSCRIBE LIST-UNSUBSCRIBE-POST)]"
    parts = ["BODY[1.1]", "BODY[1.2]", "BODY[2]", "BODY[3]", "BODY[4]"]
    with imap.sign_in(ACCOUNT) as client:
        client.select_folder("INBOX")
        newest = client.search()[-1]
        return client.fetch([newest], ["ENVELOPE", "BODYSTRUCTURE", "RFC822.SIZE", headers, *parts])[newest]


def text_of(encoded: bytes) -> str:
    return str(make_header(decode_header(encoded.decode())))


def test_a_mail_server_finds_both_bodies_and_the_files(read):
    (alternative, *files), kind = read[b"BODYSTRUCTURE"][0], read[b"BODYSTRUCTURE"][1]
    plain, page = alternative[0]
    assert (kind, alternative[1]) == (b"mixed", b"alternative")
    assert [(part[0], part[1], part[2], part[5]) for part in (plain, page)] == [
        (b"text", b"plain", (b"charset", b"utf-8"), b"quoted-printable"),
        (b"text", b"html", (b"charset", b"utf-8"), b"quoted-printable"),
    ]
    assert [(file[9][0], file[5]) for file in files] == [(b"attachment", b"base64")] * len(FILES)


def test_a_mail_server_counts_the_bytes_and_lines_that_were_written(read, raw):
    """A boundary in the wrong place, or a line end that isn't one, would change these numbers."""
    (alternative, *files) = read[b"BODYSTRUCTURE"][0]
    sections = zip([*alternative[0], *files], ["1.1", "1.2", "2", "3", "4"], strict=True)
    written = [part for part in message_from_bytes(raw).walk() if not part.is_multipart()]
    for (part, section), own in zip(sections, written, strict=True):
        content = read[f"BODY[{section}]".encode()]
        assert part[6] == len(content)
        assert content.split() == own.get_payload().encode().split()
        if part[0] == b"text" and section.startswith("1."):
            assert part[7] == content.count(b"\r\n")


def test_a_mail_server_finds_the_subject_the_sender_and_the_recipient(read):
    envelope = read[b"ENVELOPE"]
    assert text_of(envelope.subject) == SUBJECT.replace("{name}", "Ana Țepeș").strip()
    assert text_of(envelope.from_[0].name) == SENDER
    assert (envelope.to[0].mailbox, envelope.to[0].host) == (b"ana", b"omnia.example")
    assert envelope.message_id.startswith(b"<mailing.")
    assert envelope.date is not None


def test_a_mail_server_finds_the_headers_of_the_list(read):
    fields = next(value for key, value in read.items() if key.startswith(b"BODY[HEADER"))
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in fields
    assert b"/unsubscribe>" in fields
    assert b"List-Id: " in fields
    assert read[b"RFC822.SIZE"] < 102_400, "Gmail cuts off larger emails"


def test_the_standard_library_finds_no_defect_and_the_same_texts_and_files(raw):
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        assert part.defects == [], DAMAGED
        assert [value.defects for value in part.values() if getattr(value, "defects", ())] == [], DAMAGED
    assert message["Subject"] == SUBJECT.replace("{name}", "Ana Țepeș").strip()
    # The new parser of Python 3.11 keeps a space between the two encoded words of a name, against RFC 2047, 6.2.
    sender = message_from_bytes(raw)["From"]
    assert text_of(sender.encode()).startswith(f"{SENDER} <")
    assert "Bună Ana" in message.get_body(("plain",)).get_content()
    assert "Bună Ana" in message.get_body(("html",)).get_content()
    files = {file.get_filename(): file.get_payload(decode=True) for file in message.iter_attachments()}
    assert files == FILES


def test_each_header_that_may_be_there_once_is_there_once(raw):
    names = [name.lower() for name in message_from_bytes(raw)]
    assert sorted({*names}) == sorted(names)
    assert {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"} <= {*names}


def test_all_bytes_are_ascii_and_lines_end_with_crlf(raw):
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")


def test_lines_have_at_most_78_characters_except_addresses_that_must_not_be_folded(raw):
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= LONGEST
    long = [line for line in lines if len(line) > WANTED]
    assert [line for line in long if not line.lower().startswith(ON_ONE_LINE)] == []


def test_a_file_with_a_longer_name_than_a_disk_takes_keeps_its_extension_and_its_header_fits_into_a_line():
    part = build_attachment("ț" * 250 + ".pdf", b"x", "application/pdf")
    assert part.get_filename() == "ț" * 125 + ".pdf"
    assert max(map(len, part.as_bytes().split(b"\n"))) <= LONGEST

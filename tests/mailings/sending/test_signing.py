"""DKIM: mailings are signed with the key of their sender's domain. Another implementation (dkimpy) verifies what has arrived."""

from base64 import b64decode

import dkim
import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.second_factor.secret_encryption import decrypt_secret
from crm.models import AuditEntry
from mailings.content.attachments import AttachForm
from mailings.content.trial_email import send_own_copy
from mailings.models import Delivery, SigningKey
from mailings.models.signing_key import get_domain
from mailings.sending.dns_records import build_dns_records
from mailings.sending.signing_keys import generate_key, parse_private_key, write_key
from tests.ports import get_free_port

pytestmark = pytest.mark.django_db
TEXT = (
    "# Ofertă nouă\n\n.a line that begins with a dot  \n\nBună {first_name}\t\n\n"
    + "cuvânt " * 300
    + "\n\n\n\n"
)


@pytest.fixture(scope="module")
def private():
    return generate_key()


@pytest.fixture
def key(private):
    """The key in use for ours.example."""
    row = SigningKey(domain="ours.example", selector="autumn", signs=True)
    write_key(row, private)
    row.save()
    return row


@pytest.fixture
def raw(settings):
    """The bytes of each email that a mail server has received from news@ours.example."""
    arrived: list[bytes] = []

    class Keep:
        async def handle_DATA(self, server, session, envelope) -> str:
            arrived.append(envelope.content)
            return "250 OK"

    controller = Controller(Keep(), hostname="127.0.0.1", port=get_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.DEFAULT_FROM_EMAIL = "Ours <news@ours.example>"
    yield arrived
    controller.stop()


@pytest.fixture
def sent(make_mailing, make_recipients, send, raw):
    """sent(subject="…", …): the bytes of a mailing to one recipient."""

    def one(**values) -> bytes:
        mailing = make_mailing(
            **{"text": TEXT, "subject": "Ofertă pentru {name}, " + "reînnoită " * 10} | values
        )
        form = AttachForm(
            {}, {"attachments": [SimpleUploadedFile("prețuri.txt", b"1;2\n\n")]}, mailing=mailing
        )
        assert form.is_valid()
        form.write(mailing.by)
        make_recipients(mailing)
        assert send(mailing).state == "sent", mailing.why
        return raw[-1]

    return one


def is_valid(content: bytes, key: SigningKey) -> bool:
    """As a receiver sees it, with a name server that knows only this record."""
    records = {f"{key.record_name}.".encode(): key.record_value.encode()}
    return dkim.verify(content, dnsfunc=lambda name, timeout=5: records.get(name))


def signature_of(content: bytes) -> dict[str, str]:
    header = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")[0].decode()
    name, _colon, value = header.partition(":")
    assert name == "DKIM-Signature"
    return {tag.partition("=")[0].strip(): tag.partition("=")[2] for tag in value.split(";")}


def test_a_receiver_finds_the_signature_of_a_mailing_valid(sent, key):
    content = sent()
    assert is_valid(content, key)
    tags = signature_of(content)
    assert (tags["d"], tags["s"], tags["a"]) == ("ours.example", "autumn", "rsa-sha256")


def test_the_headers_for_one_click_are_signed_and_a_second_sender_can_not_be_added(sent, key):
    content = sent()
    signed = signature_of(content)["h"].replace(" ", "").split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "message-id"} <= {*signed}
    assert signed.count("from") == 2
    assert not is_valid(
        content.replace(b"List-Unsubscribe: <", b"List-Unsubscribe: <https://else.example/?", 1), key
    )
    assert not is_valid(content.replace(b"To: ", b"From: boss@else.example\r\nTo: ", 1), key)


@pytest.mark.parametrize("old", [b"Subject: ", b"Date: ", b"=C4=83", b"begins with a dot", b"-Disposition: "])
def test_an_email_that_was_changed_on_the_way_has_no_valid_signature(sent, key, old):
    content = sent()
    assert content.count(old) > 0
    assert not is_valid(content.replace(old, old + b"x", 1), key)


@pytest.mark.parametrize("old", [b"\r\nSubject: ", b"\r\nBun=C4=83 "])
def test_a_signature_stays_valid_if_only_spaces_change_on_the_way(sent, key, old):
    content = sent()
    assert content.count(old) == 1
    assert is_valid(content.replace(old, old + b"  ") + b"\r\n\r\n", key)


@pytest.mark.parametrize(
    "text", ["x", ".", "..\n.", "a  \n \n\n", "\tb\u00a0 c\u2028d", "from: x\nFrom y", "ă" * 3_000]
)
def test_any_text_is_signed_as_it_is_sent(sent, key, text):
    assert is_valid(sent(text="Hello", plain=text, subject=f"Ofertă {text}"[:200].replace("\n", " ")), key)


def test_a_test_email_is_signed_too(make_mailing, raw, key, ann):
    send_own_copy(mailing_id=make_mailing(text=TEXT, state="draft").pk, user_id=ann.pk, record="")
    assert is_valid(raw[-1], key)


@pytest.mark.parametrize("values", [{"signs": False}, {"domain": "else.example"}])
def test_a_key_that_is_not_in_use_or_of_another_domain_signs_nothing(sent, key, values):
    SigningKey.objects.update(**values)
    assert b"DKIM-Signature" not in sent()


def test_a_key_that_can_not_be_read_any_more_pauses_the_mailing(
    make_mailing, make_recipients, send, raw, key, settings
):
    SigningKey.objects.update(secret="something else")
    mailing = make_mailing(text="Hello")
    (row,) = make_recipients(mailing)
    assert (send(mailing).state, mailing.why) == ("paused", "key ours.example")
    assert raw == []
    assert Delivery.objects.get(pk=row.pk).state == "waiting"


@pytest.fixture
def page(make_mailbox, sign_in, ada):
    """The page of the key of a new mailbox, and the browser of an administrator."""
    mailbox = make_mailbox()
    return f"/admin/mailings/accounts/{mailbox.pk}", sign_in(ada)


def test_a_generated_key_shows_its_record_first_and_signs_when_an_administrator_starts_it(page, sent):
    account, browser = page
    assert browser.post(f"{account}/key", {"selector": "Autumn2", "private_key": ""}).status_code == 302
    key = SigningKey.objects.get()
    for path in (account, f"{account}/key"):
        shown = browser.get(path).text
        assert "autumn2._domainkey.ours.example" in shown
        assert key.record_value in shown.replace("&quot;", '"')
        assert "PRIVATE KEY" not in shown
    assert b"DKIM-Signature" not in sent()
    browser.post(f"{account}/key/use", {"signs": "on"})
    assert is_valid(sent(), key)
    browser.post(f"{account}/key/use", {"signs": "off"})
    assert b"DKIM-Signature" not in sent()
    events = list(
        AuditEntry.objects.filter(kind__startswith="signing").order_by("pk").values_list("kind", flat=True)
    )
    assert events == ["signing_key_added", "signing_key_used", "signing_key_used"]


def test_a_key_that_exists_elsewhere_can_be_used_and_is_kept_encrypted(page, private):
    account, browser = page
    browser.post(f"{account}/key", {"selector": "x", "private_key": pem_of(private)})
    key = SigningKey.objects.get()
    assert "PRIVATE" not in key.secret
    assert parse_private_key(decrypt_secret(key.secret)).private_numbers() == private.private_numbers()
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert b64decode(key.public) == public


def test_a_second_key_for_a_domain_replaces_the_first_one_only_after_it_was_removed(page, key):
    account, browser = page
    told = browser.post(f"{account}/key", {"selector": "other"}, follow=True).text
    assert "This domain already has a key. Remove it first." in told
    assert SigningKey.objects.get() == key
    assert "You can’t undo this." in browser.get(f"{account}/key/remove").text
    browser.post(f"{account}/key/remove")
    assert not SigningKey.objects.exists()


def pem_of(key, encryption=None) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()


WRONG = {
    "text": (lambda: "my key", "Enter a private key in PEM format"),
    "half": (lambda: pem_of(generate_key())[:300], "Enter a private key in PEM format"),
    "public": (
        lambda: (
            generate_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        ),
        "This is a public key.",
    ),
    "short": (
        lambda: pem_of(rsa.generate_private_key(65_537, 1_024)),
        "Enter an RSA key of 2,048 to 4,096 bits.",
    ),
    "curve": (
        lambda: pem_of(ec.generate_private_key(ec.SECP256R1())),
        "Enter an RSA key of 2,048 to 4,096 bits.",
    ),
    "password": (
        lambda: pem_of(generate_key(), BestAvailableEncryption(b"secret")),
        "This key is protected by a password.",
    ),
    "zero": (lambda: "-----BEGIN PRIVATE KEY-----\n\x00\n-----END PRIVATE KEY-----", "Null characters"),
    "long": (lambda: "x" * 20_000, "at most 10000 characters"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_key_is_refused_with_a_clear_sentence(page, name):
    account, browser = page
    make, sentence = WRONG[name]
    answer = browser.post(f"{account}/key", {"selector": "x", "private_key": make()})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not SigningKey.objects.exists()


@pytest.mark.parametrize("selector", ["", "a b", "-a", "a.b", "ă", "x" * 64, "a\r\nb", "a;b"])
def test_a_selector_that_can_not_be_a_name_in_dns_is_refused(page, selector):
    account, browser = page
    assert browser.post(f"{account}/key", {"selector": selector}).status_code == 422
    assert not SigningKey.objects.exists()


@pytest.mark.parametrize(
    ("values", "spf"),
    [
        ({"smtp_host": "smtp.ours.example"}, "v=spf1 a:smtp.ours.example ~all"),
        ({"smtp_host": "192.0.2.7"}, "v=spf1 ip4:192.0.2.7 ~all"),
        ({"sign_in": "google"}, "v=spf1 include:_spf.google.com ~all"),
        ({"sign_in": "microsoft"}, "v=spf1 include:spf.protection.outlook.com ~all"),
    ],
)
def test_the_records_to_publish_are_written_out(make_mailbox, values, spf):
    mailbox = make_mailbox()
    for name, value in values.items():
        setattr(mailbox, name, value)
    records = build_dns_records(mailbox)
    assert (records.spf.name, records.spf.value) == ("ours.example", spf)
    assert (records.dmarc.name, records.dmarc.value) == ("_dmarc.ours.example", "v=DMARC1; p=none")


def test_a_domain_with_other_letters_is_written_as_in_dns():
    assert get_domain("ana@Bücher.example") == "xn--bcher-kva.example"

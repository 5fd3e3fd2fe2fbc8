"""The Message-IDs of what Leadwell sends itself: the domain of the sender, not the name of the machine."""

from contextlib import suppress

import pytest
from django.core.mail import EmailMessage

from crm.platform.mail.message_ids import add_message_ids

SENDERS = {
    "the domain of the sender": ("crm@example.com", "@example.com>"),
    "of a sender with a name": ("Ana at work <ana@mail.example.com>", "@mail.example.com>"),
    "without a sender, of the address of Leadwell": ("", "@leads.example>"),
    "of a domain with marks, as DNS has it": ("ana@țară.example", "@xn--ar-kla13i.example>"),
    "without a domain": ("ana", "@localhost>"),
    "of a domain that DNS can't have": (f"ana@{'a' * 64}.example", "@localhost>"),
}


@pytest.mark.parametrize(("sender", "end"), SENDERS.values(), ids=SENDERS)
def test_the_domain_of_a_message_id(sender, end, settings):
    settings.DEFAULT_FROM_EMAIL = "Leadwell <crm@leads.example>"
    mail = EmailMessage("Hello", "Text", from_email=sender or None, to=["bob@example.com"])
    add_message_ids([mail])
    assert mail.message()["Message-ID"].endswith(end)
    assert mail.message()["Message-ID"].count("@") == 1


def test_an_email_keeps_its_own_message_id():
    mail = EmailMessage("Hello", "Text", to=["bob@example.com"], headers={"Message-Id": "<own@example.com>"})
    add_message_ids([mail])
    assert mail.message().get_all("Message-ID") == ["<own@example.com>"]


@pytest.mark.parametrize(
    "backend",
    ["crm.platform.mail.file_backend.PrivateMailFiles", "crm.platform.mail.smtp_backend.EmailBackend"],
)
def test_every_way_to_send_adds_one(backend, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH, settings.EMAIL_HOST = backend, tmp_path, "127.0.0.1"
    settings.EMAIL_PORT = 9
    mail = EmailMessage("Hello", "Text", from_email="crm@example.com", to=["bob@example.com"])
    # No server listens there.
    with suppress(OSError):
        mail.send()
    assert mail.extra_headers["Message-ID"].endswith("@example.com>")

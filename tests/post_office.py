"""A real mail server for tests that send emails."""

from email.utils import parseaddr

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.ports import get_free_port


def is_message_id_of_sender(message) -> bool:
    """Spam filters count a Message-ID with another domain than the sender's, such as the name of the machine."""
    _name, sender = parseaddr(message["From"])
    return message["Message-ID"].strip("<> ").rpartition("@")[2] == sender.rpartition("@")[2]


@pytest.fixture
def post_office(settings):
    """A real mail server on a port, and the emails it received."""
    arrived = []

    class Keep(Message):
        def handle_message(self, message):
            arrived.append(message)

    port = get_free_port()
    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "crm.platform.mail.smtp_backend.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield arrived
    controller.stop()
    assert [message["Message-ID"] for message in arrived if not is_message_id_of_sender(message)] == []

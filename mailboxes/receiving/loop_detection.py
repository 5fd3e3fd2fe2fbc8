"""Emails that Leadwell or one of its mailboxes has sent, and that came back: they never become requests."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

from crm.work.models.activity import Activity
from mailboxes.messages.received_message import ReceivedMessage
from mailboxes.models import Mailbox


def get_loop_mark() -> str:
    """The X-Loop header of what is sent through a mailbox: the host of this installation."""
    return urlsplit(settings.SITE_URL).hostname or "leadwell"


def is_sent_by_us(letter: ReceivedMessage) -> bool:
    if is_own_message(letter):
        return True
    sender = letter.sender.lower()
    _name, product = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return sender == product.lower() or Mailbox.objects.shared().filter(address__iexact=sender).exists()


def is_own_message(letter: ReceivedMessage) -> bool:
    """Whether Leadwell has sent this very email."""
    return get_loop_mark() in letter.loops or Activity.objects.filter(message_id=letter.message_id).exists()

"""Mailboxes, how far each of their folders has been read, and the messages that were received."""

from mailboxes.models.mailbox import Mailbox, MailboxFolder
from mailboxes.models.message import Message, MessageEntry
from mailboxes.models.oauth_client import OAuthAccount, OAuthClient

__all__ = ["Mailbox", "MailboxFolder", "Message", "MessageEntry", "OAuthAccount", "OAuthClient"]

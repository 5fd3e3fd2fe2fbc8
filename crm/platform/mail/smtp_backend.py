"""The mail server that Leadwell's own emails are sent through."""

from collections.abc import Sequence
from typing import Any

from django.core.mail.backends import smtp

from crm.platform.mail.message_ids import add_message_ids


class EmailBackend(smtp.EmailBackend):
    """Django's own, with Message-IDs of the sender."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        add_message_ids(email_messages)
        return super().send_messages(email_messages)

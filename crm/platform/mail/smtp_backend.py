"""The mail server that Leadwell's own emails are sent through."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.mail.backends import smtp

from crm.platform.mail.message_ids import add_message_ids


class RefusalRecorder:
    """For a class of smtplib: keeps what the server said about the recipients that it refused while it took the email for others,
    which Django drops. If it refuses all, smtplib raises SMTPRecipientsRefused."""

    # By address: the code and the text of the answer.
    refused: dict[str, tuple[int, bytes]]

    def sendmail(self, *arguments: Any, **keywords: Any) -> Any:
        self.refused.clear()
        found = super().sendmail(*arguments, **keywords)  # type: ignore[misc]
        self.refused.update(found)
        return found


class EmailBackend(smtp.EmailBackend):
    """Django's own, with Message-IDs of the sender, and with the recipients that were `refused`."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self.refused: dict[str, tuple[int, bytes]] = {}
        super().__init__(*arguments, **keywords)

    @property
    def connection_class(self) -> Any:
        known = super().connection_class
        return type(known.__name__, (RefusalRecorder, known), {"refused": self.refused})

    def open(self) -> bool | None:
        """Closes a connection that was made, but not signed in: Django keeps it until this object is gone."""
        try:
            return super().open()
        except BaseException:
            with suppress(OSError):
                self.close()
            raise

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        add_message_ids(email_messages)
        return super().send_messages(email_messages)

"""The demo writes emails to files; they contain password links, so only their owner can read them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.mail.backends.filebased import EmailBackend

from crm.platform.mail.message_ids import add_message_ids


class PrivateMailFiles(EmailBackend):
    """Django's own, but no other user of the machine may open the folder or its files."""

    stream: Any
    _get_filename: Callable[[], str]

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        # Django may have just created the folder, or an earlier Leadwell long ago: both leave it open to everyone.
        Path(self.file_path).chmod(0o700)

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        add_message_ids(email_messages)
        return super().send_messages(email_messages)

    def open(self) -> bool:
        if self.stream is not None:
            return False
        private = os.open(self._get_filename(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.stream = os.fdopen(private, "ab")
        return True

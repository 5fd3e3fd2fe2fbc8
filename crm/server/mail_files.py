"""Mails of the demo become files. They hold links with which passwords are set: their owner alone reads them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.mail.backends.filebased import EmailBackend


class PrivateMailFiles(EmailBackend):
    """Django's own, but nobody else on the machine may open the folder or a file in it."""

    stream: Any
    _get_filename: Callable[[], str]

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        # Django may have made the folder a moment ago, an earlier Leadwell long ago: both leave it open to all.
        Path(self.file_path).chmod(0o700)

    def open(self) -> bool:
        if self.stream is not None:
            return False
        private = os.open(self._get_filename(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.stream = os.fdopen(private, "ab")
        return True

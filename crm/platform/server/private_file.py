"""A log file that only its owner may read."""

import logging
import os
from logging.handlers import WatchedFileHandler
from pathlib import Path


class PrivateFile(WatchedFileHandler):
    """A log that only its owner may read; after logrotate moves the file away, it continues in a new one.

    If it can't be opened, the line goes to the standard error output, and the request goes on.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)

    def _open(self):
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

        def private(name: str, flags: int) -> int:
            return os.open(name, flags, 0o600)

        # It stays open as long as the process runs.
        return open(path, self.mode, encoding=self.encoding, opener=private)

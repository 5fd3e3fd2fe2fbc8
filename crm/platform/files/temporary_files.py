"""Files that are being written or read: on this server's own disk, whichever store has the files that are kept."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

# Seconds. A file that is older was left by a process that was killed.
DAY = 24 * 60 * 60


def create_temporary_path() -> Path:
    """Where a new file may be written. What killed processes left behind is removed."""
    remove_abandoned_drafts()
    return settings.TEMPORARY / secrets.token_hex(16)


@contextmanager
def open_draft() -> Iterator[Path]:
    """An empty private file, which is removed at the end unless it has been moved."""
    path = create_temporary_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def remove_abandoned_drafts() -> int:
    folder, until, removed = settings.TEMPORARY, time.time() - DAY, 0
    for path in folder.iterdir() if folder.is_dir() else ():
        # Another process may have moved it since it was listed.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < until:
                path.unlink()
                removed += 1
    return removed

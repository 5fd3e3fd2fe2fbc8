"""Files on the disk: below MEDIA_ROOT, under random names, readable only by the user who runs Leadwell."""

import hashlib
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from crm.web.transactions import disk_full


class NotKept(Exception):
    """A file couldn't be kept; `code` says why: "size", "empty" or "disk"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def path_of(file: str) -> Path:
    """Where a file is, by its path below MEDIA_ROOT."""
    return Path(settings.MEDIA_ROOT) / file


def keep(chunks: Iterable[bytes], folder: str, *, most: int) -> tuple[str, int, str]:
    """Write a file of at most so many bytes. Returns its path below MEDIA_ROOT, size, and SHA-256.

    Raises NotKept; after any error, nothing stays on the disk.
    """
    file = f"{folder}/{secrets.token_hex(16)}"
    path = path_of(file)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    path.touch(mode=0o600)
    try:
        with path.open("wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise NotKept("size")
                digest.update(chunk)
                out.write(chunk)
        if not size:
            raise NotKept("empty")
    except BaseException as error:
        path.unlink(missing_ok=True)
        if disk_full(error):
            raise NotKept("disk") from error
        raise
    return file, size, digest.hexdigest()


def older_than(seconds: float, folder: str) -> Iterator[Path]:
    """The files of a folder that were written so long ago."""
    place, until = path_of(folder), time.time() - seconds
    for path in place.iterdir() if place.is_dir() else ():
        # A request that failed may have removed it since it was listed.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < until:
                yield path

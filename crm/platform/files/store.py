"""The one door to kept files, such as uploads, exports and attachments, whose store is Django's `STORAGES["default"]`.

Files have random names and never change. A file is stored before the row that names it is written. It is removed before that row is
cleared, or, if several rows may name it, when none does any more. So a file that no row names is never needed (crm/platform/files/orphaned_files.py).
"""

import hashlib
import logging
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from crm.models import Installation
from crm.platform.files.store_unavailable import StoreAway, StoreRefuses
from crm.platform.files.temporary_files import open_draft
from crm.platform.web.transactions import is_disk_full

__all__ = ["DraftFile", "NotKept", "StoreAway", "StoreRefuses", "file_exists", "find_files_older_than", "forget_owner", "generate_name", "get_installation_mark", "get_own_key", "is_own_store", "list_file_names", "open_local_copy", "open_stored_file", "put_file", "read_file", "remove_file", "remove_unfinished", "remove_unnamed_file", "set_mark", "store_file", "write_draft"]  # fmt: skip

log = logging.getLogger(__name__)

# Folder and Bucket have more methods than Django's storages.
_store: Any = default_storage
# The values of LEADWELL_FILES whose store this process knows to be that of its installation, with the key.
_own: dict[str, str] = {}


class NotKept(Exception):
    """A file couldn't be kept; `code` says why: "size", "empty", "disk" or "store"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class DraftFile:
    """A whole file on this server that isn't in the store yet: its size in bytes and its SHA-256."""

    path: Path
    size: int
    sha256: str


@contextmanager
def write_draft(chunks: Iterable[bytes], *, most: int) -> Iterator[DraftFile]:
    """Write a file of at most so many bytes on this server. Raises NotKept."""
    with open_draft() as path:
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("wb") as out:
                for chunk in chunks:
                    size += len(chunk)
                    if size > most:
                        raise NotKept("size")
                    digest.update(chunk)
                    out.write(chunk)
        except OSError as error:
            if is_disk_full(error):
                raise NotKept("disk") from error
            raise
        if not size:
            raise NotKept("empty")
        yield DraftFile(path, size, digest.hexdigest())


def store_file(chunks: Iterable[bytes], folder: str, *, most: int) -> tuple[str, int, str]:
    """Store a file of at most so many bytes. Returns its name in the store, size, and SHA-256.

    Raises NotKept; after any error, nothing is stored.
    """
    with write_draft(chunks, most=most) as whole:
        return put_file(whole.path, generate_name(folder)), whole.size, whole.sha256


def generate_name(folder: str) -> str:
    return f"{folder}/{secrets.token_hex(16)}"


def put_file(path: Path, file: str) -> str:
    """Move a whole file of this server into the store under this name. Raises NotKept; then nothing is stored."""
    try:
        _require_own_store()
        with path.open("rb") as content:
            return _store.save(file, _OnThisServer(content, path))
    except BaseException as error:
        # A store that can't be reached has all of the file or nothing, and the sweep removes it.
        if not isinstance(error, StoreAway):
            # The error that led here is the one to report.
            with suppress(Exception):
                _store.delete(file)
        if isinstance(error, StoreAway):
            log.warning("The file store can't be reached: %s", error)
            raise NotKept("store") from error
        if is_disk_full(error):
            raise NotKept("disk") from error
        raise


class _OnThisServer(File):
    """A folder on the same disk takes the file itself, without copying it."""

    def __init__(self, content: Any, path: Path) -> None:
        super().__init__(content, str(path))
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def open_stored_file(file: str) -> Any:
    """A kept file, to be read from its beginning to its end. Raises FileNotFoundError and StoreAway, also while it is read."""
    return _store.open(file, "rb")


def read_file(file: str) -> bytes:
    """Raises FileNotFoundError and StoreAway."""
    with open_stored_file(file) as content, _translate_os_errors():
        return content.read()


@contextmanager
def open_local_copy(file: str) -> Iterator[Path]:
    """A kept file on this server, for programs that need a path: a copy, unless the store is a folder of this server.

    Raises FileNotFoundError and StoreAway.
    """
    with open_stored_file(file) as content:
        if _store.is_here:
            yield Path(_store.path(file))
            return
        with open_draft() as path:
            with path.open("wb") as copy, _translate_os_errors():
                shutil.copyfileobj(content, copy)
            yield path


@contextmanager
def _translate_os_errors() -> Iterator[None]:
    """A folder on the network may go away in the middle of a file."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise
        raise StoreAway(str(error)) from error


def file_exists(file: str) -> bool:
    """Raises StoreAway."""
    return _store.exists(file)


def remove_file(file: str) -> None:
    """Remove a file from the store, if it is there. Raises StoreAway; then the row that names the file has to stay."""
    _require_own_store()
    _store.delete(file)


def remove_unnamed_file(file: str) -> None:
    """Remove a file that no row names any more. If the store can't be reached, the hourly sweep removes it later."""
    try:
        remove_file(file)
    except StoreAway as error:
        log.warning("%s is removed later: %s", file, error)


def is_own_store() -> bool:
    """Whether the store is marked as that of this installation. Raises StoreAway, and django.db.Error."""
    found, key = get_installation_mark(), _own.get(settings.FILES) or get_own_key()
    if not found or found != key:
        return False
    _own[settings.FILES] = key
    return True


def _require_own_store() -> None:
    """The store may have been away when this server started, and could then not be compared. Raises StoreAway."""
    if settings.FILES and settings.FILES not in _own and get_own_key() and not is_own_store():
        raise StoreAway(f"{settings.FILES} isn't the file store of this installation")


def get_own_key() -> str:
    """That of this installation, or '' before a store was marked for the first time. The columns of later versions aren't read."""
    return Installation.objects.values_list("key", flat=True).first() or ""


def forget_owner() -> None:
    """The store was marked, or another database was loaded."""
    _own.clear()


def get_installation_mark() -> str:
    """The key of the installation whose files are in the store, or ''. Raises StoreAway."""
    return _store.read_mark()


def set_mark(key: str) -> None:
    """Raises StoreAway."""
    _store.set_mark(key)


def list_file_names(folder: str) -> Iterator[str]:
    """All files of a folder. Raises StoreAway."""
    return (file for file, _at in _store.list_entries(folder))


def find_files_older_than(seconds: float, folder: str) -> Iterator[str]:
    """The files of a folder that were written so long ago. Raises StoreAway."""
    until = timezone.now() - timedelta(seconds=seconds)
    return (file for file, at in _store.list_entries(folder) if at < until)


def remove_unfinished(seconds: float, folder: str) -> int:
    """Remove what is left of files of a folder that a server was copying when it was killed, so long ago. Raises StoreAway."""
    until = timezone.now() - timedelta(seconds=seconds)
    old = [file for file, at in _store.list_unfinished(folder) if at < until]
    for file in old:
        remove_file(file)
    return len(old)

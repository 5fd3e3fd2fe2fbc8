"""Files in a folder, readable only by the user who runs Leadwell."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from crm.platform.files.store_unavailable import StoreAway
from crm.platform.web.transactions import is_disk_full

# Names the installation (crm/platform/files/store_location.py). A shared folder without it isn't mounted.
MARK = "leadwell.store"
# The beginning of the names of files that aren't whole yet.
HIDDEN = "."


class Folder(FileSystemStorage):
    """Django's own. With `shared`, it is one that several servers mount: its files are copied before a program opens them,
    and an empty folder in its place counts as a store that can't be reached."""

    def __init__(self, *, shared: bool = False, **options: Any) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700, **options)
        self.is_here = not shared

    def _open(self, name: str, mode: str = "rb") -> Any:
        with self._translate_errors_and_require_mark():
            return super()._open(name, mode)  # type: ignore[misc]

    def _save(self, name: str, content: Any) -> str:
        """The file is at its name when all of it is on the disk, and under a hidden name until then."""
        place = Path(self.path(name))
        hidden = place.with_name(f"{HIDDEN}{place.name}.{secrets.token_hex(4)}")
        with self._translate_errors_and_require_mark():
            self._require_mark()
            if self.is_here:
                Path(self.location).mkdir(mode=0o700, parents=True, exist_ok=True)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                _write_file(content, hidden)
                hidden.chmod(0o600)
                hidden.rename(place)
            except BaseException:
                with suppress(OSError):
                    hidden.unlink(missing_ok=True)
                raise
            with suppress(OSError):  # not all file systems can do this for folders
                _flush_to_disk(place.parent)
        return name

    def delete(self, name: str) -> None:
        with self._translate_errors_and_require_mark():
            self._require_mark()
            super().delete(name)

    def exists(self, name: str) -> bool:
        found = super().exists(name)
        with self._translate_errors_and_require_mark():
            if not found:
                self._require_mark()
        return found

    def list_entries(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The names of the files of a folder, and when each was written."""
        return (entry for entry in self._list_all_entries(folder) if not _is_hidden(entry[0]))

    def list_unfinished(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Those of files that aren't whole, and when each was last written to."""
        return (entry for entry in self._list_all_entries(folder) if _is_hidden(entry[0]))

    def _list_all_entries(self, folder: str) -> Iterator[tuple[str, datetime]]:
        with self._translate_errors_and_require_mark():
            self._require_mark()
            for entry in _list_files(self.path(folder)):
                try:
                    written = entry.stat(follow_symlinks=False).st_mtime
                except FileNotFoundError:
                    continue  # removed since it was listed
                yield f"{folder}/{entry.name}", datetime.fromtimestamp(written, tz=UTC)

    def read_mark(self) -> str:
        """What the mark says, or ''."""
        try:
            return (Path(self.location) / MARK).read_text().strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise StoreAway(str(error)) from error

    def set_mark(self, text: str) -> None:
        place = Path(self.location)
        with self._translate_os_errors():
            if self.is_here:
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = place / f".{MARK}"
            draft.write_text(text)
            draft.replace(place / MARK)

    def _require_mark(self) -> None:
        if not self.is_here and not (Path(self.location) / MARK).exists():
            raise StoreAway(f"{self.location} isn't mounted")

    @contextmanager
    def _translate_os_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreAway(str(error)) from error

    @contextmanager
    def _translate_errors_and_require_mark(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            self._require_mark()
            raise
        except OSError as error:
            if is_disk_full(error):
                raise
            raise StoreAway(str(error)) from error


def _list_files(folder: str) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as found:
            return [entry for entry in found if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _is_hidden(name: str) -> bool:
    return name.rpartition("/")[-1].startswith(HIDDEN)


def _write_file(content: Any, into: Path) -> None:
    """A file of the same disk is renamed, any other one copied. Raises OSError, and StoreAway if bytes are missing."""
    if _try_rename(content, into):
        return _flush_to_disk(into)
    with into.open("xb") as out:
        content.seek(0)
        shutil.copyfileobj(content, out, 1 << 20)
    _flush_to_disk(into)
    if (found := into.stat().st_size) != content.size:
        raise StoreAway(f"{into} has {found} of {content.size} bytes")
    return None


def _try_rename(content: Any, into: Path) -> bool:
    if not hasattr(content, "temporary_file_path"):
        return False
    try:
        Path(content.temporary_file_path()).rename(into)
    except OSError:
        return False
    return True


def _flush_to_disk(place: Path) -> None:
    """What was written to a file, or the names in a folder."""
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

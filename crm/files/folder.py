"""Files in a folder, readable only by the user who runs Leadwell."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from crm.files.away import StoreAway
from crm.web.transactions import disk_full

# Names the installation (crm/server/file_store.py). A shared folder without it isn't mounted.
MARK = "leadwell.store"


class Folder(FileSystemStorage):
    """Django's own. With `shared`, it is one that several servers mount: its files are copied before a program opens them,
    and an empty folder in its place counts as a store that can't be reached."""

    is_whole = False

    def __init__(self, *, shared: bool = False, **options: Any) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700, **options)
        self.is_here = not shared

    def _open(self, name: str, mode: str = "rb") -> Any:
        with self._reached():
            return super()._open(name, mode)  # type: ignore[misc]

    def _save(self, name: str, content: Any) -> str:
        with self._reached():
            self._require_mark()
            return super()._save(name, content)  # type: ignore[misc]

    def delete(self, name: str) -> None:
        with self._reached():
            self._require_mark()
            super().delete(name)

    def exists(self, name: str) -> bool:
        found = super().exists(name)
        with self._reached():
            if not found:
                self._require_mark()
        return found

    def entries(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The names of the files of a folder, and when each was written."""
        with self._reached():
            self._require_mark()
            for entry in _listed(self.path(folder)):
                try:
                    written = entry.stat(follow_symlinks=False).st_mtime
                except FileNotFoundError:
                    continue  # removed since it was listed
                yield f"{folder}/{entry.name}", datetime.fromtimestamp(written, tz=UTC)

    def mark(self) -> str:
        """What the mark says, or ''."""
        try:
            return (Path(self.location) / MARK).read_text().strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise StoreAway(str(error)) from error

    def set_mark(self, text: str) -> None:
        place = Path(self.location)
        with self._reached_unmarked():
            if self.is_here:
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = place / f".{MARK}"
            draft.write_text(text)
            draft.replace(place / MARK)

    def _require_mark(self) -> None:
        if not self.is_here and not (Path(self.location) / MARK).exists():
            raise StoreAway(f"{self.location} isn't mounted")

    @contextmanager
    def _reached_unmarked(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreAway(str(error)) from error

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            self._require_mark()
            raise
        except OSError as error:
            if disk_full(error):
                raise
            raise StoreAway(str(error)) from error


def _listed(folder: str) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as found:
            return [entry for entry in found if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []

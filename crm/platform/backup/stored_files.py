"""The files of a backup: those of a folder are packed, those of a bucket are listed; and back into the store."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

from crm.models import Installation
from crm.platform.configuration.environment import Say
from crm.platform.database import client_programs
from crm.platform.files.folder_store import HIDDEN, MARK
from crm.platform.files.orphaned_files import NAMED, find_missing_files, get_expected_files
from crm.platform.files.store import StoreAway, file_exists, get_installation_mark, get_own_key, put_file

# So many names are printed.
EXAMPLES = 20


class BackupRefused(Exception):
    """The action failed and nothing was changed; the text says why."""


def require_mounted_folder() -> None:
    """A folder on the network that isn't mounted looks like an empty one, and a backup without files like a good one. Raises
    BackupRefused."""
    if not settings.FILES:
        return
    found = _get_store_mark()
    if not found or found != get_own_key():
        raise BackupRefused(
            f"{settings.FILES} isn't mounted, or isn't the file store of this installation: its file {MARK} "
            f"{'has another key' if found else 'is missing'}. If you have moved the files there, `manage.py mark_files` marks it."
        )


def require_no_other_store(dump: Path) -> None:
    """Before a restore: a store that has the files of another installation stays as it is. Raises BackupRefused."""
    if not settings.FILES:
        return
    found = _get_store_mark()
    if found and found not in (_read_installation_key(dump), _get_database_key()):
        raise BackupRefused(
            f"{settings.FILES} has the files of another installation, which is neither that of the backup nor that of the database. "
            f"Set LEADWELL_FILES to another folder or bucket. If these files belong to the backup, delete the file {MARK} there."
        )


def _get_store_mark() -> str:
    try:
        return get_installation_mark()
    except StoreAway as error:
        raise BackupRefused(f"{settings.FILES} can't be read: {error}") from None


def _read_installation_key(dump: Path) -> str:
    """'' if it has none, or isn't a dump; loading it says so."""
    try:
        return next(
            (row["key"] for row in client_programs.read_dumped_rows(dump, Installation._meta.db_table)), ""
        )
    except client_programs.ProgramFailed:
        return ""


def _get_database_key() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [Installation._meta.db_table])
        return get_own_key() if cursor.fetchone()[0] else ""


def write_expected_file_names(into: Path) -> int:
    """The names of the files that the database names, one a line."""
    names = get_expected_files()
    into.write_text("".join(f"{name}\n" for name in names))
    return len(names)


def link_files(into: Path) -> int:
    """Add the current files as hard links, which cost nothing; returns the total number. Raises BackupRefused."""
    require_mounted_folder()
    into.mkdir(exist_ok=True)
    for file in list_folder_files(settings.MEDIA_ROOT):
        if settings.FILES and not _is_kept(file):
            continue
        link = into / file.relative_to(settings.MEDIA_ROOT)
        if link.exists():
            continue
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            link.hardlink_to(file)
        except FileNotFoundError:
            continue  # removed since it was listed
        except OSError:
            _copy_file(file, link)
    require_mounted_folder()
    return len(list_folder_files(into))


def _copy_file(file: Path, into: Path) -> None:
    try:
        shutil.copy2(file, into)
    except FileNotFoundError:
        into.unlink(missing_ok=True)  # removed since it was listed


def report_absent_files(say: Say, packed: Path, names: list[str]) -> None:
    """`names` are the files that the database named before they were packed. Those that it no longer names were removed since."""
    absent = {name for name in names if not (packed / name).exists()}
    if absent:
        _report_names(
            say,
            sorted(absent.intersection(get_expected_files())),
            "the file store, so the backup doesn't have them",
        )


def report_missing_files(say: Say) -> None:
    _report_names(say, find_missing_files(), "the file store")


def _report_names(say: Say, names: list[str], place: str) -> None:
    if names:
        say(f"{len(names):,} files that the database names are missing from {place}, such as:")
        for name in names[:EXAMPLES]:
            say(f"  {name}")


def _is_kept(file: Path) -> bool:
    """A shared folder may have other files too, and the list of erasures (privacy/erasure_list.py) isn't part of a backup."""
    return file.relative_to(settings.MEDIA_ROOT).parts[0] in NAMED


def list_folder_files(folder: Path | str) -> list[Path]:
    """Without the mark of the installation, which the database has too, and without files that aren't whole. Raises OSError if a
    folder in it can't be read."""
    found = [
        Path(place) / name
        for place, _folders, names in os.walk(folder, onerror=_raise_unless_missing)
        for name in names
        if name != MARK and not name.startswith(HIDDEN)
    ]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def _raise_unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def add_missing_files_to_store(new: Path) -> None:
    """A store that LEADWELL_FILES names gets those that it doesn't have; nothing in it is replaced or removed."""
    for file in list_folder_files(new):
        name = str(file.relative_to(new))
        if not file_exists(name):
            put_file(file, name)

"""The backups on this machine: the files in LEADWELL_DATA/backups, newest first."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from crm.platform.backup.backup_encryption import SUFFIX

# Only backups of the night are deleted by themselves, so their names say what they are.
NIGHTLY_PREFIX, PREFIX = "leadwell-nightly-", "leadwell-"


@dataclass(frozen=True)
class BackupFile:
    """`size` is in bytes."""

    path: Path
    made_at: datetime
    size: int

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_encrypted(self) -> bool:
        return self.path.suffix == SUFFIX

    @property
    def is_nightly(self) -> bool:
        return self.name.startswith(NIGHTLY_PREFIX)


def get_backup_folder() -> Path:
    return Path(settings.DATA) / "backups"


def get_local_backups() -> list[BackupFile]:
    """Another process may delete a file meanwhile; such a file isn't a backup any more."""
    found = []
    for path in get_backup_folder().glob(f"{PREFIX}*.tar*"):
        try:
            about = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file() and not path.is_symlink():
            made_at = datetime.fromtimestamp(about.st_mtime, tz=timezone.get_default_timezone())
            found.append(BackupFile(path, made_at, about.st_size))
    return sorted(found, key=lambda one: (one.made_at, one.name), reverse=True)


def find_local_backup(name: str) -> BackupFile | None:
    """Only a file of the list: a name never becomes a path."""
    return next((one for one in get_local_backups() if one.name == name), None)


def remove_old_nightly_backups(kept: int) -> int:
    """Delete all backups of the night but the newest ones; those that users made stay. Returns how many were deleted."""
    old = [one for one in get_local_backups() if one.is_nightly][max(kept, 1) :]
    for one in old:
        one.path.unlink(missing_ok=True)
    return len(old)

"""Backup and restore: one tar with a dump of the database and all files, taken while people work, encrypted if a key is set."""

import json
import lzma
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from crm.platform.backup.backup_encryption import (
    SUFFIX,
    CannotOpen,
    decrypt_backup,
    encrypt_backup,
    is_encrypted,
)
from crm.platform.backup.backup_files import NIGHTLY_PREFIX, PREFIX, get_backup_folder
from crm.platform.backup.last_backup import record_backup
from crm.platform.backup.stored_files import (
    BackupRefused,
    add_missing_files_to_store,
    link_files,
    list_folder_files,
    report_absent_files,
    report_missing_files,
    require_no_other_store,
    write_expected_file_names,
)
from crm.platform.backup.unpacking import unpack_backup
from crm.platform.configuration.environment import Say
from crm.platform.database import client_programs
from crm.platform.database.connection_settings import connect_directly
from crm.platform.database.squashed_migrations import (
    LAST_READER,
    PASSES_THROUGH,
    get_unsquashed_migrations,
    has_partly_applied_squash,
    is_before_folding,
)
from crm.platform.files.orphaned_files import get_expected_files
from crm.platform.files.storage_settings import is_bucket
from crm.platform.files.store_location import mark_store
from crm.platform.record_types import RECORD_TYPES
from crm.platform.server.start_preparation import prepare_database

ABOUT, DUMP, FILES, DEMO_PASSWORD = "leadwell.json", "database.dump", "files", "demo_password"
# The names of the files in a bucket, whose backup contains no files.
LIST = "files.txt"
# The dump, the files, and the archive of both.
STEPS = 3
# The heartbeats of workers alone give a replica something to replay every few seconds.
OLDEST_STATE = timedelta(minutes=10)
BEHIND = "SELECT now() - pg_last_xact_replay_timestamp() WHERE pg_is_in_recovery()"
PLACE = "SELECT host(inet_server_addr()), inet_server_port() WHERE pg_is_in_recovery()"
# The errors from reading a file that isn't one of our backups; a tar may be compressed, and JSON nested endlessly.
# What the apps above do once a backup is restored.
AFTER_RESTORE: list[Callable[[Say], None]] = []
BROKEN = (
    *(OSError, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError),
    *(ValueError, KeyError, TypeError, RecursionError, OverflowError),
)

Progress = Callable[[int, int], None]


def report_nothing(done: int, total: int) -> None:
    """For a backup that no one follows."""


def write_backup(say: Say, *, is_nightly: bool = False, progress: Progress = report_nothing) -> Path:
    """Write DATA/backups/leadwell-<when>.tar, or .tar.age if it is encrypted, and return its path. The name of a nightly one says
    so. `progress` is called with the steps that are done and the number of all; what it raises ends the backup, and nothing of
    it is left.

    The dump is the database at one moment. Files never change once written; they are only added and removed. So the
    files before the dump and those after it together include every file that the dump refers to.
    """
    with connection.cursor() as cursor:
        refuse_old_state(cursor)
        pin_connection_to_replica(cursor)
    folder = get_backup_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    packs_files = not is_bucket(settings.FILES)
    prefix = NIGHTLY_PREFIX if is_nightly else PREFIX
    target = folder / f"{prefix}{timezone.localtime():%Y-%m-%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as work_name:
        work = Path(work_name)
        if packs_files:
            link_files(work / FILES)
        say("Dumping the database …")
        try:
            client_programs.dump_database(work / DUMP, lambda: progress(0, STEPS))
        except client_programs.ProgramFailed as error:
            raise BackupRefused(f"The database couldn't be dumped: {error}") from None
        progress(1, STEPS)
        names = get_expected_files() if packs_files else []
        _report_packed_files(
            say, link_files(work / FILES) if packs_files else write_expected_file_names(work / LIST)
        )
        report_absent_files(say, work / FILES, names)
        (work / ABOUT).write_text(json.dumps(_build_description(), indent=1))
        if settings.DEMO and (settings.DATA / DEMO_PASSWORD).exists():
            shutil.copy2(settings.DATA / DEMO_PASSWORD, work / DEMO_PASSWORD)
        progress(2, STEPS)
        made = _pack_archive(work, target)
    record_backup()
    return made


def refuse_old_state(cursor: Any) -> None:
    """A replica that no longer replays would give a backup of some earlier day, with today's name. Raises BackupRefused."""
    cursor.execute(BEHIND)
    replica = cursor.fetchone()
    if replica and (replica[0] is None or replica[0] > OLDEST_STATE):
        fault = f"is {str(replica[0]).partition('.')[0]} behind" if replica[0] else "has replayed nothing yet"
        raise BackupRefused(f"This replica {fault}, so the backup would be an old one.")


def pin_connection_to_replica(cursor: Any) -> None:
    """One address may lead to several replicas; the dump comes from the one that was asked. The name stays for TLS."""
    cursor.execute(PLACE)
    address, port = cursor.fetchone() or (None, None)
    if address:
        told = connection.settings_dict
        told["PORT"], told["OPTIONS"] = str(port), told["OPTIONS"] | {"hostaddr": address}


def _report_packed_files(say: Say, count: int) -> None:
    files = f"{count:,} file{'' if count == 1 else 's'}"
    if is_bucket(settings.FILES):
        say(
            f"Packing the dump with the list of {files}. The files themselves stay in the bucket, which needs its own "
            "versioning or backup."
        )
    else:
        say(f"Packing the dump with {files} …")


def _build_description() -> dict:
    applied = MigrationRecorder(connection).applied_migrations()
    return {
        "made_at": timezone.now().isoformat(),
        "postgresql": client_programs.get_server_major(),
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
    }


def _pack_archive(work: Path, target: Path) -> Path:
    draft = work / "backup.tar"
    draft.touch(mode=0o600)
    # Two names of one file are packed as two files, because a restore accepts no links.
    with tarfile.open(draft, "w", dereference=True) as tar:
        for name in (ABOUT, DEMO_PASSWORD, DUMP, LIST, FILES):
            if (work / name).exists():
                tar.add(work / name, arcname=name)
    if settings.BACKUP_KEYS:
        sealed = work / f"backup.tar{SUFFIX}"
        encrypt_backup(draft, sealed, settings.BACKUP_KEYS)
        draft, target = sealed, target.with_name(target.name + SUFFIX)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    return draft.rename(target)


def restore_backup(source: Path, say: Say, *, force: bool = False, key: Path | None = None) -> None:
    """Restore a backup into an empty database without files, or with `force` in place of what is there.

    With `force`, the previous files are kept under another name. `key` is the file with the private key of an encrypted
    backup. Raises BackupRefused.
    """
    connect_directly()
    if not force:
        _refuse_to_overwrite()
    _refuse_while_in_use()
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.DATA) as work_name:
        work = Path(work_name)
        say("Unpacking …")
        about = _unpack_archive(source, work, key)
        _refuse_other_versions(about)
        require_no_other_store(work / DUMP)
        say(f"Restoring the database from {about['made_at']:%Y-%m-%d %H:%M} UTC …")
        connections.close_all()
        try:
            client_programs.load_dump(work / DUMP)
        except client_programs.ProgramFailed as error:
            raise BackupRefused(f"The database couldn't be restored and hasn't changed: {error}") from None
        if not settings.FILES:
            _put_in_place(work / FILES, Path(settings.MEDIA_ROOT), say)
        if settings.DEMO and (work / DEMO_PASSWORD).exists():
            _put_in_place(work / DEMO_PASSWORD, settings.DATA / DEMO_PASSWORD, say)
        prepare_database(say)
        # The folder of this server was replaced; other stores still have files that only a newer backup names.
        mark_store(rest=bool(settings.FILES))
        if settings.FILES:
            add_missing_files_to_store(work / FILES)
    report_missing_files(say)
    for step in AFTER_RESTORE:
        step(say)


def _refuse_to_overwrite() -> None:
    found = []
    held = [(kind.model, kind.words.many) for kind in RECORD_TYPES.values()] + [(get_user_model(), "users")]
    with connection.cursor() as cursor:
        for model, words in held:
            cursor.execute("SELECT to_regclass(%s)", [model._meta.db_table])
            if cursor.fetchone()[0]:
                found.append((model._default_manager.count(), words))
    holds = " and ".join(f"{count:,} {words}" for count, words in found if count)
    if holds:
        raise BackupRefused(
            f"The database contains {holds}. `make restore FILE=… FORCE=1` replaces all of it."
        )
    if not settings.FILES and list_folder_files(settings.MEDIA_ROOT):
        raise BackupRefused(
            f"{settings.MEDIA_ROOT} contains files. Move them, or `make restore FILE=… FORCE=1` renames the folder."
        )


def _refuse_while_in_use() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
               AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
        )
        others = cursor.fetchone()[0]
    if others:
        raise BackupRefused("Leadwell or another program is using the database. Stop it first.")


def _unpack_archive(source: Path, work: Path, key: Path | None = None) -> dict:
    """The backup's description of itself; its parts are in `work` afterwards."""
    if not source.exists():
        raise BackupRefused(f"{source} doesn’t exist.")
    try:
        with tarfile.open(_decrypt_backup(source, work, key)) as tar:
            unpack_backup(tar, work)
        return _read_description(work)
    except CannotOpen as error:
        raise BackupRefused(str(error)) from None
    except BROKEN:
        raise BackupRefused(f"{source} isn’t a Leadwell backup, or it’s damaged.") from None


def _decrypt_backup(source: Path, work: Path, key: Path | None) -> Path:
    if not is_encrypted(source):
        return source
    opened = work / "backup.tar"
    decrypt_backup(source, opened, key)
    return opened


def _read_description(work: Path) -> dict:
    """Raises ValueError or the like if a part is missing or isn't what our backups contain."""
    about = json.loads((work / ABOUT).read_text())
    made_at, migrations = datetime.fromisoformat(about["made_at"]), about["migrations"]
    if not isinstance(migrations, list) or not all(isinstance(name, str) for name in migrations):
        raise TypeError("migrations")
    if not (work / DUMP).is_file() or (work / FILES).is_file() or (work / DEMO_PASSWORD).is_dir():
        raise ValueError("parts")
    return {"made_at": made_at, "migrations": migrations}


def _refuse_other_versions(about: dict) -> None:
    if is_before_folding(about["migrations"]):
        raise BackupRefused(
            f"This backup was made before version 0.1. The last version that can read it is {LAST_READER}."
        )
    if has_partly_applied_squash(about["migrations"]):
        raise BackupRefused(
            f"This backup was made by an earlier Leadwell. It has to pass through the last {PASSES_THROUGH}: restore it with that "
            "version, and back up again."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(get_unsquashed_migrations(about["migrations"]) - known)
    if unknown:
        raise BackupRefused(
            f"This backup was made by a newer Leadwell (it knows {unknown[-1]}). Update first, then restore."
        )


def _put_in_place(new: Path, place: Path, say: Say) -> None:
    if place.is_file() and new.is_file() and place.read_bytes() == new.read_bytes():
        return
    if place.is_file() or list_folder_files(place):
        aside = place.with_name(f"{place.name}.before-{timezone.localtime():%Y-%m-%d-%H%M%S}")
        place.rename(aside)
        say(f"The previous {place} is now {aside.name}.")
    elif place.is_dir():
        shutil.rmtree(place)
    if new.exists():
        new.rename(place)

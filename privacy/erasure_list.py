"""The list of erasures beside the database: ids and keyed digests, nothing that can be read.

An older backup brings erased persons back. The list isn't part of a backup, so it survives a restore, and the erasures since
the backup are repeated (privacy/management/commands/erase_again.py).

It is a file of this server, or, if LEADWELL_FILES is set, one file for each erasure in the store that all servers share. While the store
can't be reached, new ones are in the file of the server, whose worker uploads them.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from crm.platform.files.store import NotKept, list_file_names, put_file, read_file
from crm.platform.files.temporary_files import open_draft

NAME = "erased.jsonl"
ERASURE_LIST_FOLDER = "erased"


def get_list_path() -> Path:
    return (Path(settings.DATA) if settings.FILES else Path(settings.MEDIA_ROOT).parent) / NAME


def append_erasure(erasure: Any) -> None:
    """Once it is committed."""
    line = {"at": erasure.at.isoformat(), "records": erasure.records, "digests": erasure.digests}
    transaction.on_commit(partial(_write_line, json.dumps(line)))


def _write_line(line: str) -> None:
    if settings.FILES:
        try:
            return _store_line(line)
        except NotKept:
            pass  # the store can't be reached now
    place = get_list_path()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
    return None


def _store_line(line: str) -> None:
    """Its name begins with the time, so that names are in the order of the erasures. Raises NotKept."""
    at = datetime.fromisoformat(json.loads(line)["at"])
    name = f"{ERASURE_LIST_FOLDER}/{at:%Y%m%dT%H%M%S%f}-{sha256(line.encode()).hexdigest()[:8]}"
    with open_draft() as whole:
        whole.write_text(line)
        put_file(whole, name)


def upload_pending_lines() -> int:
    """Those that this server keeps until the store can be reached. Returns how many there were. Raises NotKept; then they stay."""
    if not settings.FILES or not get_list_path().exists():
        return 0
    with get_list_path().open("r+") as file:
        # Until they are uploaded, none is added.
        fcntl.flock(file, fcntl.LOCK_EX)
        found = list(_iterate_whole_lines(file.read().splitlines()))
        for line in found:
            _store_line(line)
        file.truncate(0)
    return len(found)


def _iterate_whole_lines(texts: list[str]) -> Iterator[str]:
    """Those that weren't cut off."""
    for text in texts:
        with suppress(ValueError):
            json.loads(text)
            yield text


def read_erasure_lines() -> Iterator[dict[str, Any]]:
    """All erasures that were made, the oldest first. A line that was cut off is skipped. Raises StoreAway."""
    texts = get_list_path().read_text().splitlines() if get_list_path().exists() else []
    if settings.FILES:
        texts += [read_file(file).decode() for file in sorted(list_file_names(ERASURE_LIST_FOLDER))]
    # One that was uploaded and is still in the file is there twice.
    yield from sorted(
        map(json.loads, dict.fromkeys(_iterate_whole_lines(texts))), key=lambda line: line["at"]
    )

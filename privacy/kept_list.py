"""The list of erasures beside the database: ids and keyed digests, nothing that can be read.

An older backup brings erased persons back. The list isn't part of a backup, so it survives a restore, and the erasures since
the backup are repeated (privacy/management/commands/erase_again.py).

It is a file of this server, or, if LEADWELL_FILES is set, one file for each erasure in the store that all servers share.
"""

import json
import os
import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.files.drafts import draft
from crm.files.store import NotKept, names, put, read

NAME = "erased.jsonl"
FOLDER = "erased"


def path() -> Path:
    return (Path(settings.DATA) if settings.FILES else Path(settings.MEDIA_ROOT).parent) / NAME


def append(erasure: Any) -> None:
    """Once it is committed."""
    line = {"at": erasure.at.isoformat(), "records": erasure.records, "digests": erasure.digests}
    transaction.on_commit(partial(_write, json.dumps(line)))


def _write(line: str) -> None:
    if settings.FILES:
        try:
            return _store(line)
        except NotKept:
            pass  # the store can't be reached now
    place = path()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
        file.write(line + "\n")
    return None


def _store(line: str) -> None:
    """Its name begins with the time, so that names are in the order of the erasures."""
    with draft() as whole:
        whole.write_text(line)
        put(whole, f"{FOLDER}/{timezone.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}")


def lines() -> Iterator[dict[str, Any]]:
    """All erasures that were made, the oldest first. A line that was cut off is skipped. Raises StoreAway."""
    texts = path().read_text().splitlines() if path().exists() else []
    if settings.FILES:
        texts += [read(file).decode() for file in sorted(names(FOLDER))]
    found = []
    for text in texts:
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    yield from sorted(found, key=lambda line: line["at"])

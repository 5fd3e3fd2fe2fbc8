"""The list of erasures beside the database: ids and keyed digests, nothing that can be read.

An older backup brings erased persons back. The list isn't part of a backup, so it survives a restore, and the erasures since
the backup are repeated (privacy/management/commands/erase_again.py).
"""

import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

NAME = "erased.jsonl"


def path() -> Path:
    return Path(settings.MEDIA_ROOT).parent / NAME


def append(erasure: Any) -> None:
    """Once it is committed."""
    line = {"at": erasure.at.isoformat(), "records": erasure.records, "digests": erasure.digests}
    transaction.on_commit(partial(_write, json.dumps(line)))


def _write(line: str) -> None:
    place = path()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
        file.write(line + "\n")


def lines() -> Iterator[dict[str, Any]]:
    """All erasures that were made on this server, the oldest first. A line that was cut off is skipped."""
    if path().exists():
        for line in path().read_text().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

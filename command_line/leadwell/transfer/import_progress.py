"""How far an import is, kept in a file, so that one that was stopped goes on where it was and nothing is sent twice.

Each batch is written down with its Idempotency-Key before it is sent, and with its outcome afterwards. A batch without an outcome is
sent again, byte for byte: if Leadwell has written it before, it answers with the first outcome.
"""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from leadwell.connection.profiles import get_folder, make_private_folder
from leadwell.failures import Exit, Failure

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

# Leadwell keeps the answer to a key for a day.
KEY_LIFETIME = 20 * 3600
# Seconds for which an import that was stopped is kept.
KEPT = 30 * 24 * 3600


@dataclass
class Totals:
    """`refused` has a sentence for the number of each row that wasn't written."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    operations: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    last_row: int = 0

    @property
    def rows(self) -> int:
        return self.added + self.changed + self.unchanged + len(self.refused)

    def add(self, other: "Totals") -> None:
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.operations += [one for one in other.operations if one not in self.operations]
        self.refused |= other.refused
        self.last_row = max(self.last_row, other.last_row)


@dataclass(frozen=True)
class SentBatch:
    """`rows` are the numbers of the rows in `body`; `refused` are those between them that weren't sent."""

    key: str
    at: float
    rows: list[int]
    body: str
    refused: dict[int, str]
    last_row: int

    @property
    def is_old(self) -> bool:
        return time.time() - self.at > KEY_LIFETIME


class ImportProgress:
    """`waiting` is the batch whose outcome isn't known."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.totals, self.waiting = Totals(), None
        for line in read_lines(file):
            if "sending" in line:
                self.waiting = SentBatch(
                    **{**line["sending"], "refused": read_numbers(line["sending"]["refused"])}
                )
            elif "outcome" in line:
                self.waiting = None
                self.totals.add(
                    Totals(**{**line["outcome"], "refused": read_numbers(line["outcome"]["refused"])})
                )

    @property
    def has_begun(self) -> bool:
        return self.waiting is not None or self.totals.last_row > 0

    def begin_batch(self, batch: SentBatch) -> None:
        self.waiting = batch
        self.write({"sending": asdict(batch)})

    def end_batch(self, outcome: Totals) -> None:
        self.waiting = None
        self.totals.add(outcome)
        self.write({"outcome": asdict(outcome)})

    def write(self, line: dict[str, Any]) -> None:
        """On the disk before this returns: the batch is sent only then."""
        make_private_folder(self.file.parent)
        number = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            # A line that was begun when the program was killed ends here.
            file.write(("\n" if os.fstat(number).st_size else "") + json.dumps(line))
            file.flush()
            os.fsync(number)

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)
        self.totals, self.waiting = Totals(), None


@contextlib.contextmanager
def open_progress(path: Path, *told: Any) -> Iterator[ImportProgress]:
    """That of this content of the file, sent in this way to this place. Raises Failure if another program is just doing the same."""
    digest = hashlib.sha256(json.dumps(told).encode())
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    folder = get_folder() / "imports"
    make_private_folder(folder)
    forget_old(folder)
    kept = folder / f"{digest.hexdigest()[:32]}.jsonl"
    with lock(kept.with_suffix(".lock")):
        yield ImportProgress(kept)


def forget_old(folder: Path) -> None:
    """What was stopped so long ago isn't continued any more, and has personal data in it."""
    for file in folder.iterdir():
        if time.time() - file.stat().st_mtime > KEPT:
            file.unlink(missing_ok=True)


@contextlib.contextmanager
def lock(file: Path) -> Iterator[None]:
    """Held by one program at a time; the system lets go of it when the program ends, however it ends. Windows has no such locks."""
    if fcntl is None:
        yield
        return
    with file.open("w") as locked:
        try:
            fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failure(Exit.REFUSED, "This file is being imported in the same way right now.") from error
        yield


def read_lines(file: Path) -> list[dict[str, Any]]:
    """The lines that were written completely."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def read_numbers(refused: dict[str, str]) -> dict[int, str]:
    """JSON has texts as keys."""
    return {int(number): sentence for number, sentence in refused.items()}

"""Reading rows: a separate process (crm/platform/excel/reading/reader_process.py) reads the file and returns its rows in chunks.

A cell is a letter for its kind and a text: s text, n number, d date, t date and time, c time of day, b yes or no, e
error, f formula without a value, q text whose quote is never closed. `value_of` converts them to what the widgets take.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.cell_links import LinkedText
from crm.platform.excel.reading.error_messages import get_rejection_sentence

log = logging.getLogger(__name__)

# A row: its number in the sheet, the kinds of its cells ('' if all are texts), the cells.
Row = tuple[int, str, list[str]]


class UnreadableFile(Exception):
    """The file was rejected; the text is a sentence for the user."""


@dataclass
class SourceFile:
    """A file being read. `rows` can be iterated once; `about` has their number if it is known; `sheets` is empty for
    text files; `linked` says that cells may be LinkedText (crm/platform/excel/reading/cell_links.py); `unclosed`, known after the
    last row, is the line of a quote that is never closed."""

    kind: str
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    about: int = 0
    linked: bool = False
    unclosed: int = 0
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))


@contextmanager
def open_file_rows(
    path: Path, name: str, *, sheet: str = "", encoding: str = "", eastern: bool = True
) -> Iterator[SourceFile]:
    """Read the file at `path`, which the user calls `name`. Raises Unreadable, also while the rows are read.

    The process always ends when the block ends.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "crm.platform.excel.reading.reader_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )
    alarm = threading.Timer(limits.SECONDS, process.kill)
    alarm.start()
    asked = {"path": str(path), "name": name, "sheet": sheet, "encoding": encoding, "eastern": eastern}
    with process, cast(IO[bytes], process.stdin) as into:
        try:
            into.write(json.dumps(asked).encode() + b"\n")
            into.flush()
            messages = _read_messages(process, alarm)
            head = next(messages)
            source = SourceFile(**head)
            source.rows = _build_rows(messages, source)
            yield source
        finally:
            alarm.cancel()
            process.kill()


def _read_messages(process: subprocess.Popen, alarm: threading.Timer) -> Iterator[dict]:
    for line in cast(IO[bytes], process.stdout):
        try:
            message = json.loads(line)
        except ValueError:
            # An incomplete line: the process was killed while writing.
            break
        if "refused" in message:
            if message.get("why"):
                log.warning("A file was not read: %s", message["why"])
            raise UnreadableFile(get_rejection_sentence(message["refused"], message.get("detail", "")))
        yield message
        if "end" in message:
            return
    # The process ended without a final message: it was killed by the alarm or by its own limits.
    process.wait()
    log.warning("The reading process ended with %s", process.returncode)
    if not alarm.is_alive() or process.returncode == -signal.SIGXCPU:
        raise UnreadableFile(get_rejection_sentence("time", str(limits.SECONDS)))
    raise UnreadableFile(get_rejection_sentence("memory"))


def _build_rows(messages: Iterator[dict], source: SourceFile) -> Iterator[Row]:
    for message in messages:
        source.unclosed = message.get("unclosed", 0)
        for number, kinds, cells, *links in message.get("rows", []):
            for place, target in (links[0] if links else {}).items():
                cells[int(place)] = LinkedText(cells[int(place)], target)
            yield number, kinds, cells


def get_cell_value(kind: str, text: str) -> Any:
    """A cell as the widgets take it."""
    if kind == "n":
        return float(text) if "." in text or "e" in text or "n" in text else int(text)
    if kind == "b":
        return text == "TRUE"
    if kind == "d":
        return date.fromisoformat(text)
    if kind == "t":
        return datetime.fromisoformat(text)
    if kind == "c":
        return time.fromisoformat(text)
    return text

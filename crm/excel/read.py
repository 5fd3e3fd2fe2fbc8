"""Rows in: a file is read by a process of its own (crm/excel/child.py) that gives its rows one portion after the other.

A cell is a letter for its kind and a text: s text, n number, d date, t date and time, c time of day, b yes or no,
e error, f formula without a value, q text whose quote is never closed. `value_of` makes of them what the widgets take.
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

from crm.excel import limits
from crm.excel.refusals import sentence

log = logging.getLogger(__name__)

# A row as it comes: its number in the sheet, the kinds of its cells ('' where all are texts), the cells.
Row = tuple[int, str, list[str]]


class Unreadable(Exception):
    """The file was refused; the text is a sentence for its owner."""


@dataclass
class Source:
    """A file that is being read. `rows` can be gone through once, `about` says how many there will be if that is known;
    `sheets` are empty for text files; `unclosed` is known after the last row: the line of a quote that is never closed."""

    kind: str
    sheets: list[str] = field(default_factory=list)
    sheet: str = ""
    encoding: str = ""
    separator: str = ""
    about: int = 0
    unclosed: int = 0
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))


@contextmanager
def opened(
    path: Path, name: str, *, sheet: str = "", encoding: str = "", eastern: bool = True
) -> Iterator[Source]:
    """Read the file at `path`, which its owner calls `name`. Raises Unreadable, also while the rows are read.

    The process ends with the block, however that ends.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "crm.excel.child"],
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
            messages = _messages(process, alarm)
            head = next(messages)
            source = Source(**head)
            source.rows = _rows(messages, source)
            yield source
        finally:
            alarm.cancel()
            process.kill()


def _messages(process: subprocess.Popen, alarm: threading.Timer) -> Iterator[dict]:
    for line in cast(IO[bytes], process.stdout):
        try:
            message = json.loads(line)
        except ValueError:
            # A line that breaks off: the process was killed while it wrote.
            break
        if "refused" in message:
            if message.get("why"):
                log.warning("A file was not read: %s", message["why"])
            raise Unreadable(sentence(message["refused"], message.get("detail", "")))
        yield message
        if "end" in message:
            return
    # It ended without a last word: the alarm or its own limits have killed it.
    process.wait()
    log.warning("The reading process ended with %s", process.returncode)
    if not alarm.is_alive() or process.returncode == -signal.SIGXCPU:
        raise Unreadable(sentence("time", str(limits.SECONDS)))
    raise Unreadable(sentence("memory"))


def _rows(messages: Iterator[dict], source: Source) -> Iterator[Row]:
    for message in messages:
        source.unclosed = message.get("unclosed", 0)
        yield from message.get("rows", [])


def value_of(kind: str, text: str) -> Any:
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

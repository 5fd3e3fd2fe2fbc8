"""Files that Leadwell writes outside the database: the security log, and the emails of the demo."""

import email
import re
from email import policy
from pathlib import Path
from typing import Any

from django.conf import settings

from privacy.spelling_variants import compile_for_python


def clear_written_files(pattern: str) -> None:
    """Called when the erasure is committed."""
    if not pattern:
        return
    found = compile_for_python(pattern)
    for path in _list_files(settings.DATA / "logs"):
        _overwrite_matches(path, found)
    for path in _list_files(Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.DATA / "mail")):
        if found.search(_read_text(path)):
            path.unlink(missing_ok=True)


def _list_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.is_file()] if folder.is_dir() else []


def _overwrite_matches(path: Path, found: "re.Pattern[str]") -> None:
    """In place and with the same length, because others append to the file meanwhile."""
    with path.open("r+b") as file:
        start = 0
        while line := file.readline():
            text = line.decode("utf-8", "surrogateescape")
            cleared = found.sub(lambda match: "*" * len(match[0].encode("utf-8", "surrogateescape")), text)
            if cleared != text:
                here = file.tell()
                file.seek(start)
                file.write(cleared.encode("utf-8", "surrogateescape"))
                file.seek(here)
            start += len(line)


def _read_text(path: Path) -> str:
    """An email with its headers, decoded."""
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    parts = [str(value) for value in message.values()]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            payload: Any = part.get_payload(decode=True) or b""
            parts.append(payload.decode("utf-8", "replace"))
    return "\n".join(parts)

"""The schema of the APIs in a file, because each process would take seconds to build it. Any change of the code makes another file."""

import gzip
import os
import zlib
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from crm.platform.configuration.environment import ROOT

FOLDER = "api_schema"
# Neither decides about the schema, and both are large.
IGNORED = {"tests", "var", "node_modules"}


def read_kept_schema() -> tuple[bytes, bytes] | None:
    """The schema of this code, plain and compressed; None if it wasn't kept, or not in full."""
    try:
        compressed = _get_path().read_bytes()
        return gzip.decompress(compressed), compressed
    except (OSError, EOFError, zlib.error):
        return None


def keep_schema(compressed: bytes) -> None:
    """For the other processes and the next start, in the place of those of earlier code. Without a folder that can be written, each process
    builds its own."""
    path = _get_path()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        started = path.with_suffix(f".{os.getpid()}")
        started.write_bytes(compressed)
        for older in path.parent.glob("*.gz"):
            older.unlink(missing_ok=True)
        started.replace(path)


@cache
def _get_path() -> Path:
    """Named after everything that the schema depends on: the code, its libraries, and the address of the site."""
    files = [*ROOT.glob("requirements*.txt"), *_iterate_code(ROOT)]
    states = [(str(file.relative_to(ROOT)), file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    text = f"{settings.SITE_URL} {sorted(states)}"
    return Path(settings.DATA) / FOLDER / f"{sha256(text.encode()).hexdigest()[:20]}.gz"


def _iterate_code(folder: Path):
    for entry in os.scandir(folder):
        if (
            entry.is_dir(follow_symlinks=False)
            and not entry.name.startswith(".")
            and entry.name not in IGNORED
        ):
            yield from _iterate_code(Path(entry.path))
        elif entry.name.endswith(".py"):
            yield Path(entry.path)

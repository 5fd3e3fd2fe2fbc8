"""A backup is unpacked: plain files and folders below one folder, whatever else someone has put into the tar.

The filters of tarfile would do this too, but Python has them only since 3.11.4, and Debian 12 has 3.11.2.
"""

import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO, cast


def unpack_backup(tar: tarfile.TarFile, into: Path) -> None:
    """Write the parts of `tar` into the empty folder `into`.

    Raises ValueError before anything is written if a part is a link, a device or another special file, or would be
    outside of `into`. Raises OSError if two parts have the same name, or one is inside a file.
    """
    parts = tar.getmembers()
    for part in parts:
        _require_plain(part)
    for part in parts:
        target = into.joinpath(*PurePosixPath(part.name).parts)
        if part.isdir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_member(tar, part, target)


def _require_plain(part: tarfile.TarInfo) -> None:
    if not part.isdir() and (not part.isreg() or part.issparse()):
        raise ValueError(f"{part.name} is neither a file nor a folder")
    path = PurePosixPath(part.name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{part.name} is outside")


def _write_member(tar: tarfile.TarFile, part: tarfile.TarInfo, target: Path) -> None:
    content = cast(IO[bytes], tar.extractfile(part))
    # Never over a file that is already there.
    with target.open("xb") as file:
        shutil.copyfileobj(content, file)
    # Readable for others as before, but never writable for them, executable, or with the rights of another user.
    target.chmod(part.mode & 0o644 | 0o600)
    os.utime(target, (part.mtime, part.mtime))

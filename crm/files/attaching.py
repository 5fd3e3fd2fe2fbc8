"""Keeping uploaded files that are about to be attached to an activity."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Self

from django.core.files.uploadedfile import UploadedFile

from crm.files.content import PICTURES, content_type_of
from crm.files.disk import keep, path_of
from crm.files.limits import most_bytes
from crm.files.names import safe_name
from crm.files.thumbnails import make_thumbnail, thumbnail_of

FOLDER = "attached"


@dataclass(frozen=True)
class KeptFile:
    """A file on the disk that isn't attached yet; its fields are those of AttachedFile."""

    name: str
    size: int
    content_type: str
    sha256: str
    file: str
    has_thumbnail: bool

    @classmethod
    def of(cls, attached: Any) -> Self:
        """An AttachedFile, to attach it again: both rows name the same file on the disk."""
        return cls(**{each.name: getattr(attached, each.name) for each in fields(cls)})


@contextmanager
def kept(uploads: Iterable[UploadedFile]) -> Iterator[list[KeptFile]]:
    """The uploads as files on the disk. If anything fails inside, they are removed again; what a failed commit leaves behind
    is removed by the hourly cleanup.

    Raises NotKept.
    """
    found: list[KeptFile] = []
    try:
        for upload in uploads:
            found.append(_keep(upload))
        yield found
    except BaseException:
        for each in found:
            remove(each.file)
        raise


def _keep(upload: UploadedFile) -> KeptFile:
    file, size, sha256 = keep(upload.chunks(), FOLDER, most=most_bytes())
    path = path_of(file)
    try:
        with path.open("rb") as content:
            content_type = content_type_of(content)
        has_thumbnail = content_type in PICTURES and make_thumbnail(path)
    except BaseException:
        remove(file)
        raise
    return KeptFile(safe_name(upload.name or ""), size, content_type, sha256, file, has_thumbnail)


def remove(file: str) -> None:
    """Remove a file and its thumbnail from the disk."""
    path = path_of(file)
    thumbnail_of(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)

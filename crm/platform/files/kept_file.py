"""A file in the store, as rows and values name it."""

from dataclasses import dataclass, fields
from typing import Any, Self

from crm.platform.files.thumbnails import THUMBNAIL_ENDING


@dataclass(frozen=True)
class KeptFile:
    """A stored file that isn't attached yet, or that a custom value names; its fields are those of AttachedFile."""

    name: str
    size: int
    content_type: str
    sha256: str
    file: str
    has_thumbnail: bool

    def __str__(self) -> str:
        return self.name

    @property
    def thumbnail(self) -> str:
        """Its name in the store."""
        return self.file + THUMBNAIL_ENDING

    @classmethod
    def from_attached(cls, attached: Any) -> Self:
        """An AttachedFile, to attach it again: both rows name the same file in the store."""
        return cls(**{each.name: getattr(attached, each.name) for each in fields(cls)})

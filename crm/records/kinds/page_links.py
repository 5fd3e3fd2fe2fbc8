"""Links on the page of a record to pages of the apps above."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class RecordLink:
    label: str | Promise
    icon: str
    url: str


# Each is called with the record and the viewer, and returns None if there is no link for them.
LINKS: list[Callable[[Any, Any], RecordLink | None]] = []


def get_record_links(record: Any, viewer: Any) -> list[RecordLink]:
    return [link for find in LINKS if (link := find(record, viewer))]

"""An event of a calendar in plain values, as Leadwell compares it with a meeting or a task."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json import dumps

from crm.platform.web.calendar_files import get_site_host
from crm.work.models.activity import LONGEST_PLACE, LONGEST_SUBJECT


@dataclass(frozen=True)
class EventValues:
    """What both sides have. The times are in UTC, without fractions of a second. The description and the link are only written."""

    title: str
    place: str
    begins: datetime
    ends: datetime
    description: str = ""
    link: str = ""

    @property
    def digest(self) -> str:
        """Equal for values that are the same to both sides."""
        moments = [_format_utc(self.begins), _format_utc(self.ends)]
        return sha256(
            dumps([clean_title(self.title), clean_place(self.place), *moments]).encode()
        ).hexdigest()


@dataclass(frozen=True)
class ReadTime:
    """One time of an event as the server has it. `people` are the addresses of its organizer and of those invited, in lower case;
    `modified` is when it was changed last, or None. A private one says nothing about its people."""

    recurrence: str
    values: EventValues
    busy: bool
    canceled: bool
    private: bool
    organizer: str
    people: tuple[str, ...]
    declined: tuple[str, ...]
    modified: datetime | None


@dataclass(frozen=True)
class ReadEvent:
    """An event or a series as the server has it. Of one that can't be read, only its version is known."""

    path: str
    etag: str
    uid: str = ""
    recurring: bool = False
    times: tuple[ReadTime, ...] = ()
    is_readable: bool = True


def build_event_uid(key: str) -> str:
    """What the event of Leadwell with this key is called in every calendar."""
    return f"{key}@{get_site_host()}"


def clean_title(text: str) -> str:
    return " ".join(text.split())[:LONGEST_SUBJECT].strip()


def clean_place(text: str) -> str:
    return " ".join(text.split())[:LONGEST_PLACE].strip()


def _format_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()

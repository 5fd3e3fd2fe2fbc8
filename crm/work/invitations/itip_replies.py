"""Answers to invitations as calendar programs write them (iTIP, RFC 5546): accepted, declined, or another time proposed.

The files come from anyone, so they are read where emails are taken apart, in a process with limits and without Django's models.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

LONGEST_FILE = 200_000
MOST_EVENTS, MOST_ATTENDEES = 20, 200
LONGEST_COMMENT = 1_000
PROPOSED = "proposed"
ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
# Outlook keeps what someone writes with their answer in a parameter.
COMMENT_PARAMETER = "X-RESPONSE-COMMENT"


@dataclass(frozen=True)
class InvitationReply:
    """What one of those invited answered: a value of InvitationAnswer.Answer. The address is in lower case.

    If they propose another time, `begins` and `ends` are that, unless the file doesn't say it.
    """

    uid: str
    sequence: int
    stamp: datetime
    address: str
    answer: str
    comment: str = ""
    begins: datetime | None = None
    ends: datetime | None = None


def parse_replies(file: str) -> list[InvitationReply]:
    """The answers in a calendar file with the method REPLY or COUNTER; of any other file, none."""
    try:
        calendars = Calendar.from_ical(file[:LONGEST_FILE].replace("\0", ""), multiple=True)
        return [reply for calendar in calendars for reply in _generate_replies(calendar)]
    except Exception:
        # The library raises various errors for what isn't a calendar file.
        return []


def _generate_replies(calendar: Any) -> Iterator[InvitationReply]:
    method = str(calendar.get("METHOD", "")).upper()
    if method not in ("REPLY", "COUNTER"):
        return
    for event in calendar.walk("VEVENT")[:MOST_EVENTS]:
        uid, sequence = event.get("UID"), event.get("SEQUENCE", 0)
        stamp = _convert_to_utc(event.get("DTSTAMP"))
        if stamp is None or not uid or not isinstance(sequence, int) or sequence < 0:
            continue
        for person in _get_values(event, "ATTENDEE")[:MOST_ATTENDEES]:
            parameters = _get_readable_part(person, "params") or {}
            answer = ANSWERS.get(str(parameters.get("PARTSTAT", "")).upper(), "")
            of_person: dict[str, Any] = {"comment": _get_comment(event, parameters)}
            if method == "COUNTER":
                answer = PROPOSED
                of_person |= _get_proposed_time(event)
            if answer:
                yield InvitationReply(
                    str(uid), int(sequence), stamp, _parse_address(str(person)), answer, **of_person
                )


def _get_readable_part(value: Any, name: str) -> Any:
    """None of a value that the library couldn't read, which it keeps with an error."""
    try:
        return getattr(value, name, None)
    except ValueError:
        return None


def _get_values(event: Any, name: str) -> list[Any]:
    value = event.get(name, [])
    return value if isinstance(value, list) else [value]


def _parse_address(value: str) -> str:
    return (value[7:] if value.lower().startswith("mailto:") else value).strip().lower()


def _get_comment(event: Any, parameters: Any) -> str:
    texts = [str(parameters.get(COMMENT_PARAMETER, "")), *map(str, _get_values(event, "COMMENT"))]
    return next(filter(None, (" ".join(text.split()) for text in texts)), "")[:LONGEST_COMMENT]


def _get_proposed_time(event: Any) -> dict[str, Any]:
    begins, ends = _convert_to_utc(event.get("DTSTART")), _convert_to_utc(event.get("DTEND"))
    length = _get_readable_part(event.get("DURATION"), "dt")
    if (
        begins
        and ends is None
        and isinstance(length, timedelta)
        and timedelta() <= length < timedelta(days=30)
    ):
        ends = begins + length
    return {"begins": begins, "ends": ends if begins and ends and ends >= begins else None}


def _convert_to_utc(value: Any) -> datetime | None:
    """In UTC. None for a day, for a time without a zone, and for what can't be read."""
    at: date | None = _get_readable_part(value, "dt")
    try:
        return at.astimezone(UTC).replace(microsecond=0) if isinstance(at, datetime) and at.tzinfo else None
    except (ValueError, OverflowError):
        return None

"""Invitations to meetings and their answers as calendar files (iTIP, RFC 5546, in the format of RFC 5545)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crm.models.invitation import Invitation, InvitationAnswer
from crm.web.icalendar import Property, calendar, moment, parameter, properties_of, text

Answer = InvitationAnswer.Answer
PARTSTAT = {"ACCEPTED": Answer.ACCEPTED, "DECLINED": Answer.DECLINED, "TENTATIVE": Answer.TENTATIVE}


def file_of(invitation: Invitation, organizer: Any) -> str:
    """The calendar file of an invitation. Its times are in UTC, so they are right on both sides of a change to summer time."""
    request = invitation.is_request
    asked = ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE" if request else ""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{invitation.uid}",
        f"SEQUENCE:{invitation.sequence}",
        f"DTSTAMP:{moment(invitation.created_at)}",
        f"DTSTART:{moment(invitation.at)}",
        f"DTEND:{moment(invitation.ends_at)}",
        f"SUMMARY:{text(invitation.subject)}",
        *([f"LOCATION:{text(invitation.place)}"] if invitation.place else []),
        f"ORGANIZER;CN={parameter(organizer.name)}:mailto:{organizer.email}",
        *(
            f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{asked}:mailto:{address}"
            for address in invitation.to
        ),
        f"STATUS:{'CONFIRMED' if request else 'CANCELLED'}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]
    return calendar(invitation.method, "Meetings", lines)


@dataclass(frozen=True)
class Reply:
    """What one of those invited answered. The address is in lower case."""

    uid: str
    sequence: int
    stamp: datetime
    address: str
    answer: Answer


def replies_in(file: str) -> list[Reply]:
    """The answers in a calendar file with the method REPLY. Anything else, such as a proposal of another time, is none."""
    properties = list(properties_of(file))
    if not any(found.name == "METHOD" and found.value.upper() == "REPLY" for found in properties):
        return []
    replies: list[Reply] = []
    event: list[Property] | None = None
    for found in properties:
        mark = (found.name, found.value.upper())
        if mark == ("BEGIN", "VEVENT"):
            event = []
        elif mark == ("END", "VEVENT"):
            replies += _replies_of(event or [])
            event = None
        elif event is not None:
            event.append(found)
    return replies


def _replies_of(event: list[Property]) -> list[Reply]:
    values = {found.name: found.value for found in event}
    stamp, sequence = _moment(values.get("DTSTAMP", "")), values.get("SEQUENCE") or "0"
    if stamp is None or "UID" not in values or not (sequence.isascii() and sequence.isdecimal()):
        return []
    number = int(sequence[:9])
    return [
        Reply(values["UID"], number, stamp, _address(found.value), PARTSTAT[answer])
        for found in event
        if found.name == "ATTENDEE" and (answer := found.parameters.get("PARTSTAT", "").upper()) in PARTSTAT
    ]


def _address(value: str) -> str:
    return value[7:].strip().lower() if value.lower().startswith("mailto:") else value.strip().lower()


def _moment(value: str) -> datetime | None:
    """A time in UTC, as a time stamp always is."""
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None

"""Invitations to meetings as calendar files (iTIP, RFC 5546, in the format of RFC 5545)."""

from typing import Any

from icalendar import vCalAddress

from crm.platform.web.calendar_files import (
    build_calendar_file,
    build_event,
    build_parameter_text,
    render_calendar,
)
from crm.work.models.invitation import Invitation

ASKED = {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}


def build_invitation_file(invitation: Invitation, organizer: Any, answers_to: str) -> str:
    """The calendar file of an invitation. Its times are in UTC, so they are right on both sides of a change to summer time.
    Calendar programs send answers to the address of the organizer, `answers_to`."""
    request = invitation.is_request
    calendar = build_calendar_file(invitation.method, "Meetings")
    event = build_event(
        uid=invitation.uid,
        sequence=invitation.sequence,
        dtstamp=invitation.created_at,
        dtstart=invitation.at,
        dtend=invitation.ends_at,
        summary=invitation.subject,
        location=invitation.place,
        # Calendar programs don't know how RFC 6868 writes quotes.
        organizer=_build_person(answers_to, {"CN": build_parameter_text(organizer.name)}),
        status="CONFIRMED" if request else "CANCELLED",
        transp="OPAQUE",
    )
    of_attendees = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", **(ASKED if request else {})}
    for address in invitation.to:
        event.add("attendee", _build_person(address, of_attendees))
    calendar.add_component(event)
    return render_calendar(calendar)


def _build_person(address: str, parameters: dict[str, str]) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    for name, value in parameters.items():
        person.params[name] = value
    return person

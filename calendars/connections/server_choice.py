"""The protocol that a connected calendar speaks."""

from collections.abc import Callable

from calendars.connections.caldav_server import CalDavServer
from calendars.connections.calendar_server import LONGEST, CalendarServer
from calendars.connections.google_server import GoogleServer
from calendars.connections.microsoft_server import MicrosoftServer
from calendars.models import ConnectedCalendar
from mailboxes.models.oauth_client import GOOGLE, MICROSOFT

SERVERS: dict[str, Callable[[ConnectedCalendar, float], CalendarServer]] = {
    "caldav": CalDavServer,
    GOOGLE: GoogleServer,
    MICROSOFT: MicrosoftServer,
}


def open_calendar_server(calendar: ConnectedCalendar, seconds: float = LONGEST) -> CalendarServer:
    """`seconds` are how long a call may take. Raises CalendarProblem."""
    return SERVERS[calendar.provider](calendar, seconds)

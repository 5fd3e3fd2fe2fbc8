"""Calendar files (iCalendar, RFC 5545): what all of ours have. The library `icalendar` writes and reads the format."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event


def build_calendar_file(method: str, product: str) -> Calendar:
    """An empty file for a method of RFC 5546, such as PUBLISH or REQUEST."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Leadwell//{product}//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def build_event(**values: Any) -> Event:
    """Empty texts and None are no properties. Moments are written in UTC, so that no change to summer time can be misread."""
    event = Event()
    for name, value in values.items():
        if isinstance(value, datetime):
            event.add(name, value.astimezone(UTC))
        elif value is not None and value != "":
            event.add(name, remove_control_characters(value) if type(value) is str else value)
    return event


def render_calendar(calendar: Calendar) -> str:
    """The file, in lines of at most 75 bytes."""
    return calendar.to_ical().decode()


def get_site_host() -> str:
    """The host name that makes our ids unique in the world."""
    return urlsplit(settings.SITE_URL).hostname or "leadwell"


def remove_control_characters(text: str) -> str:
    """Without control characters other than line breaks and tabs, which the format doesn't allow."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if (letter >= " " and letter != "\x7f") or letter in "\n\t")


def build_parameter_text(text: str) -> str:
    """The text of a parameter, such as the name of a person. It may not contain quotation marks, and readers take a backslash
    before the end of the parameter for an escape, so that the next parameter becomes a part of the name."""
    return remove_control_characters(text).translate({ord('"'): None, ord("\\"): None})

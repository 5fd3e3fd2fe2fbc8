"""Reading our calendar files as other programs do: with the library's parser."""

from typing import Any, NamedTuple

from icalendar import Calendar
from icalendar.parser import Contentlines


class Property(NamedTuple):
    name: str
    parameters: Any
    value: str


def properties_of(file: str) -> list[Property]:
    """The lines of a valid file, with their values as they are written."""
    calendar = Calendar.from_ical(file)
    assert isinstance(calendar, Calendar)
    assert [problem for part in calendar.walk() for problem in part.errors] == []
    return [
        Property(name.upper(), *rest)
        for name, *rest in (line.parts() for line in Contentlines.from_ical(file) if line)
    ]

"""The format of calendar files (iCalendar, RFC 5545): the parts that all of ours are written with, and reading their lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

LONGEST_LINE = 75
# More lines than any answer to an invitation has.
MOST_LINES = 5_000


def calendar(method: str, product: str, lines: Iterable[str]) -> str:
    """A file for a method of RFC 5546, such as PUBLISH or REQUEST, with these lines."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Leadwell//{product}//EN", "CALSCALE:GREGORIAN"]
    lines = [*head, f"METHOD:{method}", *lines, "END:VCALENDAR"]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def site() -> str:
    """The host name that makes our ids unique in the world."""
    return urlsplit(settings.SITE_URL).hostname or "leadwell"


def moment(at: datetime) -> str:
    """In UTC, so that no change to summer time can be misread."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text(value: str) -> str:
    """With its special characters escaped; other control characters aren't allowed."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = "".join(letter for letter in value if letter >= " " or letter in "\n\t")
    for letter in ("\\", ";", ","):
        value = value.replace(letter, f"\\{letter}")
    return value.replace("\n", "\\n")


def parameter(value: str) -> str:
    """The quoted value of a parameter, which can't contain quotes."""
    return '"' + "".join(letter for letter in value if letter >= " " and letter not in '"\x7f') + '"'


def _folded(line: str) -> list[str]:
    """In parts of at most 75 bytes, as the format wants; the following ones start with a space."""
    parts, part, size = [], "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > LONGEST_LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + length
    return [*parts, part]


@dataclass(frozen=True)
class Property:
    """A line of a file. The names of the property and of its parameters are in capitals."""

    name: str
    parameters: dict[str, str]
    value: str


def properties_of(file: str) -> Iterator[Property]:
    """The properties of a file in their order, among them BEGIN and END; what isn't one is skipped."""
    whole = file.replace("\0", "").replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    for line in whole.split("\n")[:MOST_LINES]:
        named, *parameters = _split(line, ";", until=":")
        value = line[len(";".join([named, *parameters])) + 1 :]
        if named and len(line) > len(named):
            pairs = (part.partition("=") for part in parameters)
            found = {name.strip().upper(): given.strip('"') for name, _equals, given in pairs}
            yield Property(named.strip().upper(), found, value.strip())


def _split(line: str, by: str, *, until: str) -> list[str]:
    """The parts before the sign that ends them; neither sign counts within quotes."""
    parts, quoted = [""], False
    for letter in line:
        quoted ^= letter == '"'
        if letter == until and not quoted:
            break
        if letter == by and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts

"""Which part of an email's text quotes the email that it answers: the timeline folds it.

Mail programs mark a quotation in two ways: each line begins with ">", or the headers of the answered email stand above its text.
A page in HTML has become Markdown before (mailboxes/messages/html_to_markdown.py), where a block quote has ">" too, and so have
the quotations of Gmail, Apple Mail and Thunderbird. Outlook writes the headers.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from crm.work.grouped_timeline.email_threads import FORWARD

# The line above a quotation, such as "On 3 March 2026, Ana wrote:", in the languages of our customers.
WROTE = r"wrote|writes|a scris|scrie|schrieb|a écrit|ha scritto|escribió|napisał\(?a?\)?|napsal\(?a?\)?|írta|skrev"
INTRODUCED = re.compile(rf"\b({WROTE})\b[^\n]{{0,120}}:\s*$", re.IGNORECASE)
# A mail program breaks a long one into lines.
LONGEST_INTRODUCTION = 3
# It begins like this where no ">" follows, so that "Ana wrote:" in the middle of a text isn't taken for one.
DATED = re.compile(r"^[\s*_>]*(On|Pe|În|In|Am|Le|Il|El|Dnia|Dne|Den)\b.*\d|^[^\n]*\b20\d\d\b", re.IGNORECASE)
QUOTED = re.compile(r"^\s*>")
# "-----Original Message-----", and the line that Outlook draws above the headers.
SEPARATOR = re.compile(
    r"^\s*-{2,}\s*(original message|mesaj(ul)? (original|inițial)|ursprüngliche nachricht|message d.origine|"
    r"messaggio originale|eredeti üzenet|původní zpráva|mensaje original)\s*-{2,}\s*$",
    re.IGNORECASE,
)
RULE = re.compile(r"^\s*(_{8,}|-{8,})\s*$")
FORWARDED = re.compile(
    r"^\s*(-{2,}\s*)?(forwarded (message|email)|begin forwarded message|(mesaj|e-mail) redirecționat|"
    r"weitergeleitete nachricht|message transféré|messaggio inoltrato)\b",
    re.IGNORECASE,
)
# The headers of an answered email: the first one, and those that follow within a few lines.
FROM = r"from|de la|expeditor|von|de|da|feladó|od"
DATE = r"sent|date|trimis|data|dată|gesendet|datum|envoyé|inviato|elküldve|odesláno|wysłano|enviado"
TO = r"to|către|an|à|a|címzett|komu|do|para"
SUBJECT = r"subject|subiect|betreff|objet|oggetto|tárgy|předmět|temat|asunto"


def build_header_pattern(names: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*\*{{0,2}}({names})\s*:\*{{0,2}}(\s|$)", re.IGNORECASE)


FIRST_HEADER, *OTHER_HEADERS = map(build_header_pattern, (FROM, DATE, TO, SUBJECT))
HEADER_LINES = 8


class QuotedText(NamedTuple):
    """What an email says itself, and what it quotes; either may be ''."""

    said: str
    quoted: str


def split_quotation(text: str, subject: str = "") -> QuotedText:
    """The text with its quotation apart. All of it is said if it is forwarded, because then the quotation is what it is about,
    if it answers line by line, or if it says nothing else."""
    whole = QuotedText(text, "")
    lines = text.split("\n")
    if FORWARD.match(subject) or any(map(FORWARDED.match, lines)):
        return whole
    begin, end = find_headers(lines), len(lines)
    if begin is None:
        begin, end = find_marked_lines(lines)
    said = "\n".join([*lines[:begin], *lines[end:]]).strip("\n")
    quoted = "\n".join(lines[begin:end]).strip("\n")
    return QuotedText(said, quoted) if said.strip() and quoted.strip() else whole


def find_headers(lines: Sequence[str]) -> int | None:
    """Where the headers of an answered email begin, or a line that dates it, with no ">" in the lines below."""
    for place, line in enumerate(lines):
        if SEPARATOR.match(line):
            return place
        if FIRST_HEADER.match(line):
            below = lines[place + 1 : place + HEADER_LINES]
            if sum(any(map(header.match, below)) for header in OTHER_HEADERS) >= 2:
                return place - 1 if place and RULE.match(lines[place - 1]) else place
        if introduction := find_introduction(lines, place):
            below = lines[place + introduction :]
            if DATED.match(" ".join(lines[place : place + introduction])) and not any(
                map(QUOTED.match, below)
            ):
                return place
    return None


def find_introduction(lines: Sequence[str], place: int) -> int:
    """How many lines from here say who wrote what follows; 0 if they don't."""
    for number in range(1, LONGEST_INTRODUCTION + 1):
        found = lines[place : place + number]
        if not all(map(str.strip, found)) or any(map(QUOTED.match, found)):
            return 0
        if INTRODUCED.search(" ".join(found)) and (number == 1 or DATED.match(found[0])):
            return number
    return 0


def find_marked_lines(lines: Sequence[str]) -> tuple[int, int]:
    """The only block of lines with ">", with the line above that introduces it, at the end of the text or at its beginning.
    Of several blocks, between which is the answer to each, none."""
    blocks = find_marked_blocks(lines)
    nothing = len(lines), len(lines)
    if not blocks:
        return nothing
    begin, end = blocks[-1]
    begin = include_introduction(lines, begin)
    if not any(map(str.strip, lines[end:])):
        # Above an answer line by line, only the last block would be folded.
        return nothing if len(blocks) > 1 else (begin, len(lines))
    return (0, end) if len(blocks) == 1 and not any(map(str.strip, lines[:begin])) else nothing


def find_marked_blocks(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where each run of lines with ">" begins and ends. Empty lines don't end one."""
    blocks: list[tuple[int, int]] = []
    for place, line in enumerate(lines):
        if not QUOTED.match(line):
            continue
        if blocks and not any(map(str.strip, lines[blocks[-1][1] : place])):
            blocks[-1] = blocks[-1][0], place + 1
        else:
            blocks.append((place, place + 1))
    return blocks


def include_introduction(lines: Sequence[str], begin: int) -> int:
    """Where the quotation begins, whose first line with ">" is `begin`."""
    last = begin
    while last and not lines[last - 1].strip():
        last -= 1
    for first in range(max(0, last - LONGEST_INTRODUCTION), last):
        if find_introduction(lines, first) == last - first:
            return first
    return begin

"""Where the texts of cells lead: "Email" to mailto:ana@example.com. The reading library returns only the texts.

Only a sheet that says that it has such links is looked through once more, in chunks. Runs in the reading process, without Django.
"""

import re
import zipfile
from collections.abc import Iterable
from html import unescape
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.file_inspection import PORTION, read_portions
from crm.platform.excel.reading.unreadable_cells import UncalculatedFormula
from crm.platform.excel.reading.used_range import get_column_number

PREFIX = rb"(?:\w{1,20}:)?"
RELATIONSHIP = re.compile(rb"<%bRelationship\b[^>]*>" % PREFIX)
HYPERLINK = re.compile(rb"<%bhyperlink\b[^>]*>" % PREFIX)
REFERENCE = re.compile(rb'\bref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
# A link of more cells than this is that of the first one: no one writes so many contacts with one address.
MOST_OF_A_LINK = 1_000
ID = re.compile(rb'\b\w{1,20}:id="([^"]*)"')
# The formula of a link, unless it puts the address together from other cells.
FORMULA = re.compile(
    rb'<%b(c\b[^>]*)>\s*<%bf\b[^>]*>\s*HYPERLINK\(\s*(?:&quot;|")([^<"&]*(?:&amp;[^<"&]*)*)(?:&quot;|")\s*[,;)]'
    % (PREFIX, PREFIX)
)
LITERAL = re.compile(r'=\s*HYPERLINK\(\s*"([^"]*)"\s*[,;)]')
CALCULATED = re.compile(r'=HYPERLINK\(\s*"[^"]*"\s*(?:[,;]\s*"([^"]*)"\s*)?\)')
ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
FOLLOWED = re.compile(r"(?:mailto:|https?://|tel:)\S", re.IGNORECASE)
MAIL = re.compile(r"mailto:", re.IGNORECASE)
PHONE = re.compile(r"tel:", re.IGNORECASE)
WEB = re.compile(r"https?://", re.IGNORECASE)
# What people leave out when they write an address.
BEFORE = re.compile(r"(?:mailto:|https?://)?(?:www\.)?")
LONGEST = 2_000

# The targets of a sheet by row and place of the column, both as in the file.
Links = dict[int, dict[int, str]]


class LinkCollection:
    """The links that are found in a sheet, up to the limit."""

    def __init__(self) -> None:
        self.by_row: Links = {}
        self.count = 0

    def add(self, rows: range, places: range, target: str) -> bool:
        """Add the link of these cells; False if there are more than the limit."""
        if len(rows) * len(places) > MOST_OF_A_LINK:
            rows, places = rows[:1], places[:1]
        for row in rows:
            of_row = self.by_row.setdefault(row, {})
            for place in places:
                self.count += place not in of_row
                if self.count > limits.LINKS:
                    return False
                of_row[place] = target
        return True


class LinkedText(str):
    """The text of a cell that leads to `target`, a mailto:, tel:, http: or https: address."""

    target: str

    def __new__(cls, text: str, target: str) -> "LinkedText":
        found = super().__new__(cls, text)
        found.target = target
        return found


def link_text(text: str, target: str) -> str:
    """The text with its link, if that says anything else than the text."""
    target = target.strip()
    if len(target) > LONGEST or not FOLLOWED.match(target) or not text.strip():
        return text
    if MAIL.match(target):
        # Without the subject, and written as people are searched for when they're erased.
        target = f"mailto:{get_linked_emails(target)}"
    return text if _get_bare_address(text) == _get_bare_address(target) else LinkedText(text, target)


def _get_bare_address(text: str) -> str:
    return BEFORE.sub("", text.strip().casefold(), count=1).rstrip("/")


def get_targets(cells: Iterable[str]) -> dict[str, str]:
    """The targets of a row's cells by their place, as JSON has it: {"3": "mailto:ana@example.com"}."""
    return {str(place): cell.target for place, cell in enumerate(cells) if isinstance(cell, LinkedText)}


def get_linked_emails(target: str) -> str:
    """The addresses that an email to this target goes to, separated by commas; '' if it is none."""
    return unquote(target[len("mailto:") :].partition("?")[0]).strip() if MAIL.match(target) else ""


def get_linked_phone(target: str) -> str:
    return unquote(target[len("tel:") :].partition(";")[0]).strip() if PHONE.match(target) else ""


def get_linked_website(target: str) -> str:
    return target if WEB.match(target) else ""


def find_cell_links(path: Path, part: str, *, formulas: bool) -> Links:
    """The links of a sheet of an .xlsx file, in formulas only if it may have `formulas`."""
    found = LinkCollection()
    with zipfile.ZipFile(path) as archive:
        targets = _read_targets(archive, part)
        if not targets and not formulas:
            return found.by_row
        rest = b""
        for data in read_portions(archive, part):
            data = rest + data
            for rows, places, target in chain(
                _iterate_links(data, targets), _iterate_formulas(data, formulas)
            ):
                if not found.add(rows, places, target):
                    return found.by_row
            # A link that continues in the next chunk; one that was already found is found again.
            last = max(data.rfind(mark) for mark in (b"<c ", b":c ", b"<hyperlink ", b":hyperlink "))
            rest = data[max(last, len(data) - PORTION) :] if last >= 0 else data[-PORTION:]
    return found.by_row


def _read_targets(archive: zipfile.ZipFile, part: str) -> dict[bytes, str]:
    """The addresses that a sheet links to, by the ID of their relationship."""
    folder, name = PurePosixPath(part).parent, PurePosixPath(part).name
    found: dict[bytes, str] = {}
    try:
        info = archive.getinfo(f"{folder}/_rels/{name}.rels")
    except KeyError:
        return found
    rest = b""
    for data in read_portions(archive, info):
        data = rest + data
        for tag in RELATIONSHIP.finditer(data):
            attributes = dict(re.findall(rb'\b(Id|Type|Target)="([^"]*)"', tag[0]))
            target = unescape(attributes.get(b"Target", b"").decode("utf-8", "replace"))
            if attributes.get(b"Type", b"").endswith(b"/hyperlink") and FOLLOWED.match(target):
                found[attributes.get(b"Id", b"")] = target
                if len(found) >= limits.LINKS:
                    return found
        rest = data[max(data.rfind(b"<"), len(data) - PORTION) :]
    return found


def _iterate_links(data: bytes, targets: dict[bytes, str]) -> Iterable[tuple[range, range, str]]:
    """The rows, the places of the columns and the target of each link."""
    for tag in HYPERLINK.finditer(data) if targets and b"hyperlink " in data else ():
        reference, key = REFERENCE.search(tag[0]), ID.search(tag[0])
        if reference and key and key[1] in targets:
            yield *_get_cells(*reference.groups()), targets[key[1]]


def _get_cells(
    letters: bytes, row: bytes, last_letters: bytes | None, last_row: bytes | None
) -> tuple[range, range]:
    place, number = get_column_number(letters) - 1, int(row)
    last_place = get_column_number(last_letters) - 1 if last_letters else place
    return range(number, int(last_row or number) + 1), range(place, last_place + 1)


def _iterate_formulas(data: bytes, formulas: bool) -> Iterable[tuple[range, range, str]]:
    for cell in FORMULA.finditer(data) if formulas and b"HYPERLINK(" in data else ():
        address, target = ADDRESS.search(cell[1]), unescape(cell[2].decode("utf-8", "replace"))
        if address and FOLLOWED.match(target):
            yield *_get_cells(address[1], address[2], None, None), target


def get_formula_target(formula: str) -> str:
    """The address in the formula of a link; '' for any other formula."""
    found = LITERAL.match(formula)
    return found[1] if found else ""


def add_links(values: list[Any], targets: dict[int, str]) -> list[Any]:
    """The values of a row; texts that lead elsewhere have their targets."""
    for place, target in targets.items():
        text = values[place] if place < len(values) else None
        if isinstance(text, UncalculatedFormula):
            # What the formula would show, if it says that itself.
            said = CALCULATED.fullmatch(text)
            text = (said[1] or get_linked_emails(target) or target) if said else None
        if isinstance(text, str):
            values[place] = link_text(text, target)
    return values

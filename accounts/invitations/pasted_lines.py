"""Reading people from pasted text: addresses as email programs write them, and cells as spreadsheets copy them."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm.platform.text.text_folding import normalize_heading

# What the columns of a list of people are called, without case, marks and punctuation.
HEADINGS = {
    "email": {
        "email",
        "e mail",
        "mail",
        "email address",
        "e mail address",
        "address",
        "adresa",
        "adresa de e mail",
    },
    "name": {"name", "full name", "nume", "nume complet"},
    "first": {"first name", "given name", "prenume"},
    "last": {"last name", "family name", "surname", "nume de familie"},
    "role": {"role", "roles", "rol", "roluri"},
    "department": {"department", "departments", "team", "departament", "departamente", "echipa"},
}
DELIMITERS = "\t;,"
# "Ana Pop <ana@example.com>"
IN_BRACKETS = re.compile(r"^(.*?)<\s*([^<>]*?)\s*>$", re.DOTALL)
AROUND = " \t\u00a0\u200b\ufeff\"'“”„,;<>()"


@dataclass(frozen=True)
class PastedLine:
    """A person as written, with the number of the line; all but the number may be empty or wrong."""

    number: int
    email: str
    name: str = ""
    role: str = ""
    department: str = ""


def read_people(text: str) -> list[PastedLine]:
    """The people of a text, in its order."""
    rows = [(number, row) for number, row in enumerate(text.splitlines(), 1) if row.strip(AROUND)]
    found = _find_header(rows)
    if found is None:
        return [line for number, row in rows for line in _read_row(number, row)]
    place, delimiter, columns = found
    return [_read_by_columns(number, _split(row, delimiter), columns) for number, row in rows[place + 1 :]]


def write_rows_as_text(rows: Iterable[list[str]]) -> str:
    """The rows of a file as spreadsheets copy them."""
    lines = ("\t".join(" ".join(cell.split()) for cell in row).rstrip() for row in rows)
    return "\n".join(line for line in lines if line.strip())


def _find_header(rows: list[tuple[int, str]]) -> tuple[int, str, list[str]] | None:
    """Its place, its delimiter and what its columns are, if it is above all addresses and one of its columns is for them."""
    for place, (_number, row) in enumerate(rows):
        if "@" in row:
            return None
        for delimiter in DELIMITERS:
            columns = [_recognize_heading(cell) for cell in _split(row, delimiter)]
            if "email" in columns and (len(columns) > 1 or len(rows) > place + 1):
                return place, delimiter, columns
    return None


def _recognize_heading(cell: str) -> str:
    heading = normalize_heading(cell)
    return next((column for column, words in HEADINGS.items() if heading in words), "")


def _read_by_columns(number: int, cells: list[str], columns: list[str]) -> PastedLine:
    """The first cell of each column that is known; "Nume" beside "Prenume" is the family name."""
    found: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        found.setdefault(column, cell)
    name, email = _split_address(found.get("email", ""))
    names = [found.get(part, "") for part in ("first", "name", "last")]
    written = " ".join(part for part in names if part)
    return PastedLine(number, email, written or name, found.get("role", ""), found.get("department", ""))


def _read_row(number: int, row: str) -> Iterator[PastedLine]:
    """Without a header: the cells of one person, or the addresses of several."""
    if "\t" in row:
        yield _read_cells(number, _split(row, "\t"))
    elif row.count("@") < 2:
        yield _read_cells(number, _split(row, ";" if ";" in row else ","))
    else:
        before: list[str] = []
        for part in (part for chunk in _split(row, ";") for part in _split(chunk, ",")):
            if "@" not in part:
                before.append(part)
                continue
            yield _read_cells(number, [*before, part] if "<" in part else [part])
            before = []


def _read_cells(number: int, cells: list[str]) -> PastedLine:
    """The name is before the address; the role and the department are after it."""
    place = next((place for place, cell in enumerate(cells) if "@" in cell), None)
    if place is None:
        return PastedLine(number, " ".join(cell for cell in cells if cell))
    name, email = _split_address(cells[place])
    before = [cell for cell in cells[:place] if cell] + ([name] if name else [])
    if "<" in cells[place] and len(before) == 2 and place == 1:
        # Outlook writes "Pop, Ana <ana@example.com>".
        before.reverse()
    role, department = [*cells[place + 1 :], "", ""][:2]
    return PastedLine(number, email, " ".join(before), role, department)


def _split_address(cell: str) -> tuple[str, str]:
    """The name and the address of "Ana Pop <ana@example.com>" or "Ana Pop ana@example.com"."""
    found = IN_BRACKETS.match(cell)
    if found:
        name, address = found.groups()
    else:
        words = cell.split()
        address = next((word for word in words if "@" in word), cell)
        name = " ".join(word for word in words if word != address) if "@" in address else ""
    family, _comma, given = name.strip(AROUND).partition(",")
    return f"{given.strip()} {family}".strip(), address.strip(AROUND).removeprefix("mailto:")


def _split(row: str, delimiter: str) -> list[str]:
    """Its cells; a delimiter between quotation marks belongs to its cell."""
    cells = next(csv.reader([row.strip(" ")], delimiter=delimiter, skipinitialspace=True), [])
    return [cell.strip() for cell in cells]

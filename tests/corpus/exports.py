"""The exports of other programs: their headers, with made-up rows, and the field that each column should get.

Those of later/ were written down when the rules for all others were ready. A file begins with the program and its source. `[lead] Contacts` begins an export that is imported as leads, and
`[lead activities]` one with activities of leads. Each line is a column: its header, the field that is right, and values that repeat row
by row, in which {n} is the number of the row. Columns of a field have values of that field if the line says none.

    field       the field, as the import names it
    new         the program's ID: offered as a custom field, or skipped
    new:city    a field that the record type lacks: offered as a custom field
    -           no field: skipped, offered as a custom field, or a line of the description
    ?           not judged
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PLACE = Path(__file__).parent
ROWS = 6
SEPARATOR = " | "
NAMES = ["Ana", "Dan", "Eva", "Ion", "Radu", "Ilinca"]
# By field. What isn't here is read from no file, or named in it.
SAMPLES = {
    "name": [f"{name} Popescu" for name in NAMES],
    "first_name": NAMES,
    "last_name": ["Popescu", "Rusu", "Marin", "Nagy", "Weber", "Dinu"],
    "title": ["Buyer", "CEO", "Office manager"],
    "email": ["ana{n}@firm{n}.example"],
    "second_email": ["ana{n}@home{n}.example"],
    "phone": ["+40 264 555 60{n}"],
    "mobile": ["+40 722 111 00{n}"],
    "company": ["Acme {n}"],
    "website": ["https://firm{n}.example"],
    "domain": ["firm{n}.example"],
    "tax_id": ["RO1234567{n}"],
    "parent": ["Acme Holding"],
    "address": ["Strada Lungă {n}"],
    "zip": ["40012{n}"],
    "city": ["Cluj-Napoca", "Arad"],
    "state": ["Cluj", "Arad"],
    "country": ["Romania", "Germany"],
    "language": ["ro", "de"],
    "status": ["New", "Contacted"],
    "lost_reason": ["Price"],
    "source": ["Website", "Event"],
    "owner": ["Bob", "Ann"],
    "department": ["Sales", "Export"],
    "value": ["1200", "900"],
    "currency": ["EUR", "RON"],
    "tags": ["fair", "hot"],
    "contact": ["Ana Popescu"],
    "expected_close": ["2026-12-0{n}"],
    "probability": ["40", "60"],
    "description": ["Met at the fair {n}"],
    "notes": ["Met at the fair {n}"],
    "created_at": ["2026-03-0{n} 10:15"],
    "last_contacted_at": ["2026-04-0{n} 09:00"],
}
# These are called otherwise by the import of deals and companies.
OF_NAMES = {"company": ["Acme {n}"], "deal": ["Stair lift {n}"]}


@dataclass(frozen=True)
class Column:
    heading: str
    wanted: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Export:
    """`table` is the record type that it is imported as."""

    program: str
    table: str
    activities: bool
    title: str
    columns: tuple[Column, ...]

    @property
    def label(self) -> str:
        return f"{self.program}: {self.title}, as {self.table}"

    def content(self) -> bytes:
        """The file, in CSV."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(column.heading for column in self.columns)
        writer.writerows(zip(*(column.cells for column in self.columns), strict=True))
        return text.getvalue().encode("utf-8-sig")


def exports() -> list[Export]:
    """All of them, by program."""
    paths = sorted(PLACE.glob("*/*.txt"), key=lambda path: path.stem)
    return [export for path in paths for export in _read(path)]


def _read(path: Path) -> Iterator[Export]:
    first, *parts = path.read_text().split("\n\n[")
    program = first.removeprefix("# ").split(". ")[0]
    for part in parts:
        head, *lines = part.strip().splitlines()
        kind, title = head.split("] ", 1)
        table, _space, activities = kind.partition(" ")
        columns = tuple(_column(line, table) for line in lines)
        yield Export(program, table, bool(activities), title, columns)


def _column(line: str, table: str) -> Column:
    heading, wanted, *values = line.split(SEPARATOR)
    field = wanted.removeprefix("new:")
    samples = OF_NAMES.get(table, SAMPLES["name"]) if field == "name" else SAMPLES.get(field, [""])
    cells = values or samples
    return Column(
        heading, wanted, tuple(cells[row % len(cells)].replace("{n}", str(row + 1)) for row in range(ROWS))
    )

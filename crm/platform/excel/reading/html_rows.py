"""Rows of the tables in a page: many programs call such a page .xls. Runs in the reading process, without Django."""

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.cell_links import link_text
from crm.platform.excel.reading.csv_rows import SAMPLE, detect_file_encoding
from crm.platform.excel.reading.file_inspection import PORTION, RefusedFile

CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
UNSEEN = ("script", "style", "title", "template")
# Marks a break until the spaces of the source, which mean one space, are joined.
BREAK = "\x1e"
SPACES = re.compile(r"\s+")
MOST_NESTED = 20


def read_html_rows(path: Path, *, encoding: str, eastern: bool) -> tuple[dict, Iterator[list[str]]]:
    """The encoding (`encoding`, unless it is ''), and the rows. Raises RefusedFile, also while the rows are read."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    told = CHARSET.search(sample[:4096].replace(b"\0", b""))
    shown = detect_file_encoding(path, sample, eastern=eastern)
    found = encoding or choose_encoding(shown, told[1].decode() if told else "")
    return {"encoding": found, "linked": True}, _read_rows(path, found)


def choose_encoding(shown: str, told: str) -> str:
    """As the bytes show it, if they are Unicode, else as the page says."""
    try:
        name = codecs.lookup(told).name
        "".encode(name)
    except LookupError:
        return shown
    return shown if shown.startswith("utf") or name.startswith("utf") else name


def _read_rows(path: Path, encoding: str) -> Iterator[list[str]]:
    reader = TableReader()
    try:
        with path.open(encoding=encoding, newline="") as file:
            while text := file.read(PORTION):
                reader.feed(text)
                yield from reader.take_rows()
        reader.close()
    except UnicodeDecodeError:
        raise RefusedFile("encoding", encoding) from None
    reader.end_rows(0)
    yield from reader.take_rows()
    if not reader.ended:
        raise RefusedFile("disguised", "HTML")


class TableReader(HTMLParser):
    """A table may be within a cell of another one, so several rows can be open, the innermost last: `open` has the texts of their cells,
    `links` where cells lead, by place, and `at` the place of the cell that is being read, or None. For each open table, `outside` says how many rows are open around it, and
    `spans` how many rows each place is still taken by a cell above."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.open: list[list[list[str]]] = []
        self.links: list[dict[int, str]] = []
        self.at: list[int | None] = []
        self.outside: list[int] = []
        self.spans: list[dict[int, int]] = []
        # How many rows have ended, those that were taken included.
        self.ended = self.unseen = self.length = 0

    def take_rows(self) -> list[list[str]]:
        taken, self.rows = self.rows, []
        return taken

    def handle_starttag(self, tag, attrs):
        if tag in UNSEEN:
            self.unseen += 1
        elif tag == "table":
            if len(self.outside) >= MOST_NESTED:
                raise RefusedFile("suspicious")
            self.outside.append(len(self.open))
            self.spans.append({})
        elif tag == "tr" and self.outside:
            self._begin_row()
        elif tag in ("td", "th") and self.outside:
            self._begin_cell(dict(attrs))
        elif tag == "br":
            self.handle_data(BREAK)
        elif tag == "a" and self.at and self.at[-1] is not None:
            self.links[-1].setdefault(self.at[-1], dict(attrs).get("href") or "")

    def handle_endtag(self, tag):
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag == "table" and self.outside:
            self.end_rows(self.outside.pop())
            self.spans.pop()
        elif tag == "tr" and self.outside:
            self.end_rows(self.outside[-1])
        elif tag in ("td", "th") and self.at:
            self.at[-1] = None

    def handle_data(self, data):
        if self.unseen or not self.at or self.at[-1] is None:
            return
        self.length += len(data)
        if self.length > limits.CELL_CHARACTERS:
            raise RefusedFile("cell", str(self.ended + 1))
        self.open[-1][self.at[-1]].append(data)

    def end_rows(self, most: int) -> None:
        """End the innermost rows, so that this many are open."""
        while len(self.open) > most:
            row = [_join_texts(texts) for texts in self.open.pop()]
            for place, target in self.links.pop().items():
                row[place] = link_text(row[place], target)
            self.rows.append(row)
            self.at.pop()
            self.ended += 1

    def _begin_row(self) -> None:
        self.end_rows(self.outside[-1])
        self.open.append([])
        self.links.append({})
        self.at.append(None)
        self.spans[-1] = {place: left - 1 for place, left in self.spans[-1].items() if left > 1}

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        if len(self.open) <= self.outside[-1]:
            self._begin_row()
        row, spans = self.open[-1], self.spans[-1]
        while len(row) in spans:
            row.append([])
        begin = len(row)
        if begin > limits.COLUMNS:
            raise RefusedFile("columns", str(limits.COLUMNS))
        # The text is in the first of the columns that the cell takes.
        row += [[] for _place in range(_read_span(attributes.get("colspan"), limits.COLUMNS))]
        if (high := _read_span(attributes.get("rowspan"), limits.ROWS)) > 1:
            spans |= dict.fromkeys(range(begin, len(row)), high)
        self.at[-1], self.length = begin, 0


def _read_span(text: str | None, most: int) -> int:
    return max(1, min(int(text), most)) if text and text.isdecimal() and len(text) < 8 else 1


def _join_texts(texts: list[str]) -> str:
    """As a browser shows it: with one space between words, and a line for each break."""
    lines = [SPACES.sub(" ", line).strip() for line in "".join(texts).split(BREAK)]
    return "\n".join(lines).strip()

"""Rows of a CSV file: detects its encoding and separator. Runs in the reading process, without Django."""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.file_inspection import RefusedFile
from crm.platform.excel.writing.csv_writer import unguard_formula_text

# The order of preference when two are equally frequent.
SEPARATORS = "\t;|,"
SEP_LINE = re.compile(r'"?sep=(.)"?')
SAMPLE = 200_000
# Letters that are common in the languages of an encoding, and characters that would be odd in a word.
CENTRAL = set("ăâîșțşţćčđšžąęłńóśźżáéíúýďěňřťůöüőűäôĺľŕĂÂÎŞŢĆČĐŠŽĄĘŁŃÓŚŹŻÁÉÍÚÝĎĚŇŘŤŮÖÜŐŰÄ")
WESTERN = set("äöüßéèêëàâçîïôûùœæøåñáíóúãõìòÄÖÜÉÈÊËÀÂÇÎÏÔÛÙŒÆØÅÑÁÍÓÚÃÕ")
ODD = set("¡¢£¥¦¨©ª¬¯±²³´µ¶·¸¹º¼½¾¿×÷ðþÐÞýÝÿ˘˛ˇ˙˝")
LINE_END = re.compile(r"\r\n|\r|\n")
WORD_WITH_HIGH = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


class UnclosedQuote(str):
    """A cell whose quote is never closed, so it contains the rest of the file; `line` is where it opens."""

    line: int

    def __new__(cls, text: str, line: int) -> "UnclosedQuote":
        found = super().__new__(cls, text)
        found.line = line
        return found


def detect_encoding(data: bytes, *, whole: bool, eastern: bool = True) -> str:
    """The encoding of a text that starts like this. `whole`: the data is complete; `eastern`: prefer Central European
    when in doubt."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data[1::2].count(0) > len(data) * 0.2:
        return "utf-16-le"
    if data[0::2].count(0) > len(data) * 0.2:
        return "utf-16-be"
    try:
        (data if whole else data[:-4]).decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if not whole and error.start >= len(data) - 8:
            return "utf-8"
    return _guess_one_byte_encoding(data, eastern)


def _guess_one_byte_encoding(data: bytes, eastern: bool) -> str:
    words = WORD_WITH_HIGH.findall(data)
    letters = b"".join(words)
    high = sum(byte >= 0xC0 for byte in letters)
    if letters and high > len(letters) * 0.6:
        return "cp1251"
    central = _score_plausibility(letters.decode("cp1250", "replace"), CENTRAL)
    western = _score_plausibility(letters.decode("cp1252", "replace"), WESTERN)
    if central == western:
        return "cp1250" if eastern else "cp1252"
    return "cp1250" if central > western else "cp1252"


def _score_plausibility(text: str, usual: set[str]) -> int:
    return sum(letter in usual for letter in text) - 2 * sum(
        letter in ODD or letter == "\ufffd" for letter in text
    )


def detect_separator(line: str) -> str:
    """The most frequent separator in the header line, outside quotes."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", line)
    return max(SEPARATORS, key=bare.count) if any(mark in bare for mark in SEPARATORS) else ","


def read_csv_rows(path: Path, *, encoding: str, eastern: bool) -> tuple[dict, Iterator[list[str]]]:
    """The format, detected unless `encoding` names it, and the rows. Raises RefusedFile, also while the rows are read."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    whole = len(sample) < SAMPLE
    encoding = encoding or detect_file_encoding(path, sample, eastern=eastern)
    try:
        text = sample.decode(encoding, "ignore" if not whole else "strict").lstrip("\ufeff")
    except UnicodeDecodeError:
        raise RefusedFile("encoding", encoding) from None
    head = next((line for line in text.splitlines() if line.strip()), "")
    told = SEP_LINE.fullmatch(head.strip())
    separator = told[1] if told else detect_separator(head)
    found = {"encoding": encoding, "separator": separator}
    return found, _read_rows(path, encoding, separator, skip=bool(told))


def detect_file_encoding(path: Path, sample: bytes, *, eastern: bool) -> str:
    """The encoding of a file that begins with this sample."""
    whole = len(sample) < SAMPLE
    encoding = detect_encoding(sample, whole=whole, eastern=eastern)
    if not whole and encoding == "utf-8" and not _can_decode(path, encoding):
        # The beginning is plain ASCII; other letters come only further down.
        return _guess_one_byte_encoding(path.read_bytes(), eastern)
    return encoding


def _can_decode(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return False
    return True


class CountedLines:
    """The lines of a file, counted. A row returned after the last line was waiting for a closing quote."""

    def __init__(self, file: Iterable[str]) -> None:
        self.file, self.number, self.ended = file, 0, False

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.number += 1
            yield line.replace("\0", "")
        self.ended = True


def _read_rows(path: Path, encoding: str, separator: str, *, skip: bool) -> Iterator[list[str]]:
    csv.field_size_limit(limits.CELL_CHARACTERS)
    with path.open(encoding=encoding, newline="") as file:
        lines = CountedLines(file)
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=False)
        before = 0
        try:
            for place, row in enumerate(reader):
                if skip and not place:
                    yield []
                    continue
                if row and not place:
                    row[0] = row[0].lstrip("\ufeff")
                cells = [unguard_formula_text(text) if text[:1] == "'" else text for text in row]
                if lines.ended and cells:
                    within = LINE_END.findall(row[-1])
                    opened = lines.number - len(within) + row[-1].endswith(("\r", "\n"))
                    cells[-1] = UnclosedQuote(cells[-1], opened)
                before = lines.number
                yield cells
        except UnicodeDecodeError:
            raise RefusedFile("encoding", encoding) from None
        except csv.Error:
            # An endless cell that spans several lines: its opening quote is never closed.
            code = "quote" if lines.number > before + 1 else "cell"
            raise RefusedFile(code, str(before + 1)) from None

"""Cells that the reading library returns as empty although they aren't: errors, and formulas without a stored value.

A program that writes a formula doesn't have to calculate it; one that only edits a workbook drops the stored values of
all formulas. Runs in the reading process, without Django.
"""

import re
import zipfile
from html import unescape
from pathlib import Path

from crm.platform.excel.reading.file_inspection import PORTION, read_portions

# Parts that contain neither are skipped (LOST in crm/platform/excel/reading/file_inspection.py).
PREFIX = rb"(?:\w{1,20}:)?"
ERROR = re.compile(
    rb'<c\b[^>]*\br="([A-Z]{1,3}\d{1,7})"[^>]*\bt="e"[^>]*>(?:<f\b[^>]*>.*?</f>|<f\b[^>]*/>)?<v>([^<]*)</v>'
)
FORMULA = re.compile(
    rb"<%(p)s(c\b[^>]*)>\s*<%(p)sf\b[^>]*(?:/>|>([^<]*)</%(p)sf>)\s*(<%(p)sv\b[^>]*(?:/>|>\s*</%(p)sv>))?\s*</%(p)sc>"
    % {b"p": PREFIX}
)
ADDRESS = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')


class UncalculatedFormula(str):
    """A formula as written, without a known value."""

    __slots__ = ()


def find_lost_cells(path: Path, part: str) -> dict[str, str]:
    """The cells of a sheet by address: {"D6": "#DIV/0!", "D7": Uncalculated("=A7+1")}."""
    found: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive:
        rest = b""
        for data in read_portions(archive, part):
            data = rest + data
            for cell in ERROR.finditer(data):
                found[cell[1].decode()] = cell[2].decode()
            for cell in FORMULA.finditer(data):
                address = ADDRESS.search(cell[1])
                # With this type, an empty value is real: the formula returned an empty text.
                if address and not (cell[3] and b't="str"' in cell[1]):
                    formula = unescape((cell[2] or b"").decode("utf-8", "replace"))
                    found[address[1].decode()] = UncalculatedFormula(f"={formula}")
            # A cell that continues in the next chunk; one that was already found is found again.
            last = max(data.rfind(b"<c "), data.rfind(b":c "))
            rest = data[max(last, len(data) - PORTION) :] if last >= 0 else data[-PORTION:]
    return found

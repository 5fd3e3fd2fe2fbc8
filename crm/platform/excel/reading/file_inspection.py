"""Checks what a file really is and whether it is safe to unpack; runs in the reading process, without Django."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.used_range import Extent, SheetScan, TablesScan

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP = b"PK\x03\x04"
# File types that often have the wrong extension, by their first bytes.
DISGUISES = [
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
]
MARKUP = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|\?xml|table|meta|head|body|style|center)",
    re.IGNORECASE,
)
# A workbook that is one XML file says so at its beginning (crm/platform/excel/reading/xml_rows.py).
XML_WORKBOOK = b"urn:schemas-microsoft-com:office:spreadsheet"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
PORTION = 1 << 18
# A cell with an error, or a formula (crm/platform/excel/reading/unreadable_cells.py).
LOST = (b't="e"', b"f>", b"<f ", b":f ")

# A cell of an .ods file that leads somewhere.
LINKED = (b"<text:a ", b"HYPERLINK(")


class RefusedFile(Exception):
    """The file is rejected; `code` and `detail` become a sentence (crm/platform/excel/reading/error_messages.py)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def detect_file_kind(path: Path, name: str) -> str:
    """ "xlsx", "xls", "ods", "xml", "text" or "html"; the content must match the file name. Many programs call a text, a page or an XML
    workbook .xls.

    Raises RefusedFile.
    """
    extension = Path(name.lower()).suffix
    if extension not in limits.EXTENSIONS:
        raise RefusedFile("kind")
    size = path.stat().st_size
    if not size:
        raise RefusedFile("empty")
    if size > limits.FILE_BYTES:
        raise RefusedFile("size", str(limits.FILE_BYTES // 1_000_000))
    with path.open("rb") as file:
        begin = file.read(4096)
    found = _detect_content(path, begin)
    if extension == ".xls" and found in ("text", "HTML", "xml"):
        return found.lower()
    if extension == ".xml" and found in ("text", "HTML"):
        # XML of any other kind.
        raise RefusedFile("kind")
    expected = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods", ".xml": "xml"}.get(
        extension, "text"
    )
    if found != expected:
        raise RefusedFile("broken" if not begin.strip(b"\0") else "disguised", found)
    return found


def _detect_content(path: Path, begin: bytes) -> str:
    if begin.startswith(OLE):
        if _contains_word(path, "EncryptedPackage".encode("utf-16-le")):
            raise RefusedFile("password")
        return "xls"
    if begin.startswith(ZIP):
        return _detect_archive(path)
    for mark, name in DISGUISES:
        if begin.startswith(mark):
            return name
    # Two-byte encodings have a zero beside each letter.
    plain = begin.removeprefix(UTF16[0]).removeprefix(UTF16[1]).replace(b"\0", b"")
    if (
        plain.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
        and XML_WORKBOOK in plain
        and b"<html" not in plain.lower()
    ):
        return "xml"
    if MARKUP.match(plain):
        return "HTML"
    if b"\0" in begin and not begin.startswith(UTF16) and not _looks_like_utf16(begin):
        return "?"
    return "text"


def _looks_like_utf16(begin: bytes) -> bool:
    """Whether the text looks like UTF-16 without a byte order mark: every second byte is zero."""
    return begin[1::2].count(0) > len(begin) * 0.4 or begin[0::2].count(0) > len(begin) * 0.4


def _contains_word(path: Path, word: bytes) -> bool:
    """Whether the word appears anywhere in the file, which may be large."""
    with path.open("rb") as file:
        tail = b""
        while data := file.read(PORTION):
            if word in tail + data:
                return True
            tail = data[-len(word) :]
    return False


def _detect_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if len(names) > limits.PARTS:
                raise RefusedFile("suspicious")
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "xl/workbook.bin" in names:
                return "xlsb"
            if "mimetype" in names and b"opendocument.spreadsheet" in _read_beginning(archive, "mimetype"):
                if b"encryption-data" in _read_beginning(archive, "META-INF/manifest.xml"):
                    raise RefusedFile("password")
                return "ods"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, KeyError, EOFError):
        raise RefusedFile("broken") from None
    return "ZIP"


def _read_beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(200_000)


@dataclass
class WorkbookParts:
    """What the parts of a workbook contain: how far each sheet extends, which sheets may have cells that only look
    empty, whether any has links, and how long the shared strings are. An .ods file has one part for all sheets."""

    extents: dict[str, Extent] = field(default_factory=dict)
    with_lost: set[str] = field(default_factory=set)
    linked: bool = False
    texts: int = 0

    @property
    def memory(self) -> int:
        """How many bytes reading any of the sheets within the limits may take."""
        sheets = [extent for extent in self.extents.values() if extent.area <= limits.CELLS]
        places = max([extent.area for extent in sheets], default=0)
        filled = max([extent.cells for extent in sheets], default=0)
        needed = places * limits.PLACE_BYTES + filled * limits.FILLED_BYTES + self.texts * limits.TEXT_BYTES
        needed += limits.LINKS * limits.LINK_BYTES if self.linked or self.with_lost else 0
        return min(limits.FIRST_BYTES + needed, limits.MEMORY_BYTES)


def check_unpacked_size(path: Path) -> WorkbookParts:
    """Unpack all parts once and count the bytes instead of trusting the archive's own figures.

    Raises RefusedFile.
    """
    total, parts = 0, WorkbookParts()
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.flag_bits & 1:
                    raise RefusedFile("password")
                name, size, tail = info.filename, 0, b""
                scan = (
                    SheetScan() if "/worksheets/" in name else TablesScan() if name == "content.xml" else None
                )
                for data in read_portions(archive, info):
                    total, size = total + len(data), size + len(data)
                    if size > max(limits.BOMB_BYTES, limits.BOMB_RATIO * info.compress_size):
                        raise RefusedFile("bomb")
                    if total > limits.UNPACKED_BYTES:
                        raise RefusedFile("unpacked", str(limits.UNPACKED_BYTES // 1_000_000))
                    if size == len(data) and _has_entities(name, data):
                        raise RefusedFile("suspicious")
                    if "/worksheets/_rels/" in name:
                        parts.linked = parts.linked or b"/hyperlink" in data
                    if "/worksheets/" in name and name not in parts.with_lost:
                        looked_at = tail + data
                        if any(mark in looked_at for mark in LOST):
                            parts.with_lost.add(name)
                        tail = data[-len(LOST[0]) :]
                    if name == "content.xml" and not parts.linked:
                        parts.linked = any(mark in tail + data for mark in LINKED)
                        tail = data[-len(LINKED[1]) :]
                    if scan and scan.extent.area <= limits.CELLS:
                        scan.feed(data)
                if scan:
                    parts.extents[name] = scan.extent
                elif name.endswith("sharedStrings.xml"):
                    parts.texts += size
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        MemoryError,
    ):
        raise RefusedFile("broken") from None
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        raise RefusedFile("broken") from None
    cells = sum(extent.cells for extent in parts.extents.values())
    if parts.texts > limits.SHARED_BYTES + limits.SHARED_BYTES_A_CELL * cells:
        raise RefusedFile("bomb")
    return parts


def read_portions(archive: zipfile.ZipFile, info: zipfile.ZipInfo | str) -> Iterator[bytes]:
    with archive.open(info) as part:
        while data := part.read(PORTION):
            yield data


def _has_entities(name: str, data: bytes) -> bool:
    return name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in data or b"<!ENTITY" in data)


def check_extent(extent: Extent) -> None:
    """Raises RefusedFile for a sheet too large to read."""
    if extent.area > limits.CELLS:
        raise RefusedFile("cells", f"{limits.CELLS:,}")
    if extent.last > limits.ROWS + 100:
        raise RefusedFile("rows", f"{limits.ROWS:,}")


def find_sheet_part(path: Path, sheet: str) -> str:
    """The name of the part that contains a sheet of an .xlsx file."""
    with zipfile.ZipFile(path) as archive:
        return _find_sheet_part_in(archive, sheet)


def _find_sheet_part_in(archive: zipfile.ZipFile, sheet: str) -> str:
    """The name of the part that contains a sheet."""
    # Only processes that inspect a workbook parse XML.
    from xml.etree import ElementTree  # nosec - entities were rejected before

    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  # nosec
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  # nosec
    targets = {entry.get("Id"): entry.get("Target", "") for entry in relations}
    for entry in workbook.iter():
        if entry.tag.endswith("}sheet") and entry.get("name") == sheet:
            key = next((value for name, value in entry.attrib.items() if name.endswith("}id")), "")
            target = targets.get(key, "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""

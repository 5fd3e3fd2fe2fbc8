"""Workbooks from another program, and how a file is refused."""

import io
import zipfile

import pytest
import xlsxwriter

from crm.platform.excel.reading.reader import UnreadableFile


def workbook(fill, **options) -> bytes:
    """A workbook filled by `fill(workbook, sheet)`."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, options)
    fill(book, book.add_worksheet("Contacts"))
    book.close()
    return file.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """A workbook with some of its parts replaced; `__` stands for a slash, `_dot_` for a dot."""
    file = io.BytesIO()
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in named:
                new.writestr(info.filename, old.read(info))
        for name, content in named.items():
            new.writestr(name, content)
    return file.getvalue()


def refusal(read, data, name) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read(data, name)
    return str(refused.value)


SPREADSHEET = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)


def open_document(*rows: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        table = f'<table:table table:name="A">{"".join(rows)}</table:table>'
        end = "</office:spreadsheet></office:body></office:document-content>"
        archive.writestr("content.xml", SPREADSHEET + table + end)
    return file.getvalue()

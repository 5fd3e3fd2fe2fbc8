"""Files that can't be imported: each is refused quickly, with a message that says what to do."""

import io
import os
import zipfile

import pytest

from crm.platform.excel.reading import limits
from crm.platform.excel.reading.file_inspection import RefusedFile, check_unpacked_size
from crm.platform.excel.reading.reader import open_file_rows
from tests.crm.platform.excel.workbooks import refusal, repacked, workbook


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods", "a.csv", "a.tsv"])
def test_an_empty_file_is_refused(read, name):
    assert refusal(read, b"", name) == "The file is empty."


def test_a_file_of_blanks_is_refused(read):
    assert refusal(read, b"\n \n;;\n", "a.csv") == "The file is empty."
    assert refusal(read, workbook(lambda book, sheet: None), "a.xlsx") == "The sheet “Contacts” is empty."


@pytest.mark.parametrize("name", ["a.exe", "a.pdf", "a", "a.xlsx.zip", "a.html"])
def test_other_kinds_of_files_are_refused(read, name):
    assert "This file type can’t be imported." in refusal(read, b"x", name)


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (b"Name;City", "a.xlsx", "plain text"),
        (b"%PDF-1.7 ...", "a.xlsx", "PDF"),
        (b"<html><p>Name", "a.xls", "HTML"),
        (b"<html><table><tr><td>Name", "a.xlsx", "HTML"),
        (b"<html><table><tr><td>Name", "a.csv", "HTML"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "PNG"),
        (workbook(lambda book, sheet: sheet.write("A1", "x")), "a.csv", "an Excel workbook, .xlsx"),
        (workbook(lambda book, sheet: sheet.write("A1", "x")), "a.xls", "an Excel workbook, .xlsx"),
        (workbook(lambda book, sheet: sheet.write("A1", "x")), "a.ods", "an Excel workbook, .xlsx"),
        (b"MZ\x90\0", "a.csv", "EXE"),
    ],
)
def test_a_file_that_does_not_match_its_extension_is_refused(read, data, name, what):
    assert f"doesn’t match its content ({what})." in refusal(read, data, name)


def test_a_file_from_no_spreadsheet_program_is_refused_without_a_question(read):
    assert refusal(read, b"\x01\x02\0\x03 binary", "a.csv").startswith("This file isn’t a spreadsheet.")


def test_a_plain_archive_is_refused(read):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "content (ZIP)" in refusal(read, file.getvalue(), "a.xlsx")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(read, share):
    data = workbook(lambda book, sheet: [sheet.write_row(row, 0, [f"cell {row}", row]) for row in range(500)])
    assert "The file is damaged or incomplete." in refusal(read, data[: int(len(data) * share)], "a.xlsx")


def test_a_workbook_with_a_flipped_byte_is_refused(read):
    data = bytearray(
        workbook(lambda book, sheet: [sheet.write_row(row, 0, [f"cell {row}", row]) for row in range(500)])
    )
    data[len(data) // 2] ^= 0xFF
    assert "The file is damaged or incomplete." in refusal(read, bytes(data), "a.xlsx")


def test_a_file_protected_with_a_password_is_refused(read):
    ole = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + b"\0" * 2000
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 2000
    )
    assert "The file is password-protected." in refusal(read, ole, "a.xlsx")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert "The file is password-protected." in refusal(read, file.getvalue(), "a.ods")


def test_entities_are_refused(read):
    plain = workbook(lambda book, sheet: sheet.write("A1", "x"))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    data = repacked(plain, xl__sharedStrings_dot_xml=bomb)
    assert "The file contains content that doesn’t belong in a spreadsheet, such as XML entities." in refusal(
        read, data, "a.xlsx"
    )


@pytest.mark.hard
def test_a_sheet_that_unpacks_beyond_the_limit_is_refused_quickly(read, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(limits.UNPACKED_BYTES // 10_000_000 + 1):
                sheet.write(b"<row/>" * 1_666_667)
    assert path.stat().st_size < 10_000_000
    begun = processor_seconds()
    assert "The file becomes hundreds of times larger when unpacked." in refusal(read, path, "bomb.xlsx")
    assert processor_seconds() - begun < 10


def test_a_file_that_unpacks_beyond_the_limit_is_refused_at_any_packed_size(read, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 1_000)
    with pytest.raises(RefusedFile) as refused:
        check_unpacked_size(write(tmp_path, workbook(lambda book, sheet: sheet.write("A1", "x"))))
    assert refused.value.code == "unpacked"


def processor_seconds() -> float:
    """Of this process and of its children that have ended: so a busy machine changes nothing."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def write(folder, data: bytes):
    path = folder / "a.xlsx"
    path.write_bytes(data)
    return path


def test_texts_that_would_fill_the_memory_are_refused_in_time(read):
    plain = workbook(lambda book, sheet: sheet.write("A1", "x"))
    texts = b"<si><t>" + b"x" * 900 + b"</t></si>"
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = repacked(
        plain, xl__sharedStrings_dot_xml=b'<sst xmlns="' + main + b'">' + texts * 100_000 + b"</sst>"
    )
    assert "hundreds of times larger" in refusal(read, data, "a.xlsx")


def test_a_sheet_whose_only_cells_are_very_far_apart_is_refused(read):
    plain = workbook(lambda book, sheet: sheet.write("A1", "x"))
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + cells
    )
    data = repacked(plain, xl__worksheets__sheet1_dot_xml=sheet + b"</sheetData></worksheet>")
    assert "spans more than 10,000,000 cells" in refusal(read, data, "a.xlsx")


def test_too_many_rows_columns_or_characters_are_refused(read):
    many = b"a;b\n" + b"1;2\n" * (limits.ROWS + 10)
    assert "more than 500,000 rows" in refusal(read, many, "a.csv")
    assert "more than 250 columns" in refusal(read, b";".join([b"x"] * 251), "a.csv")
    assert "is too long to be saved." in refusal(read, b'a;b\n"' + b"x" * 300_000, "a.csv")


def test_a_file_over_the_limit_is_refused_before_it_is_read(read, tmp_path):
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(limits.FILE_BYTES + 1)
    assert "larger than 100 MB" in refusal(read, path, "large.xlsx")


def test_a_reader_that_takes_too_long_is_stopped(read, monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.3)
    data = b"a;b\n" + b"1;2\n" * 400_000
    assert "took longer than 0.3 seconds" in refusal(read, data, "a.csv")


def test_no_process_is_left_behind_when_reading_is_aborted(tmp_path):
    import psutil

    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + b"1;2\n" * 100_000)

    def give_up():
        with open_file_rows(path, "a.csv") as source:
            next(source.rows)
            raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        give_up()
    children = psutil.Process().children()
    assert not any(
        "crm.platform.excel.reading.reader_process" in child.cmdline()
        for child in children
        if child.status() != "zombie"
    )

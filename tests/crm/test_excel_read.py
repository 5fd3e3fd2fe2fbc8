"""Files that come in: each kind is read right, or refused with a sentence that says what to do."""

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic as time_now

import openpyxl
import pytest
import xlsxwriter

from crm.excel import limits
from crm.excel.delimited import encoding_of, separator_of
from crm.excel.read import Unreadable, opened, value_of


@pytest.fixture
def read(tmp_path):
    """read(data, name) gives (source, rows as lists of values by row number)."""

    def run(data: bytes | Path, name: str, **keywords):
        path = data if isinstance(data, Path) else tmp_path / "upload"
        if isinstance(data, bytes):
            path.write_bytes(data)
        with opened(path, name, **keywords) as source:
            rows = {
                number: [value_of(kinds[place : place + 1] or "s", text) for place, text in enumerate(cells)]
                for number, kinds, cells in source.rows
            }
        return source, rows

    return run


def workbook(fill, **options) -> bytes:
    """A workbook that `fill(workbook, sheet)` has filled."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, options)
    fill(book, book.add_worksheet("Contacts"))
    book.close()
    return file.getvalue()


def refusal(read, data, name) -> str:
    with pytest.raises(Unreadable) as refused:
        read(data, name)
    return str(refused.value)


def test_a_workbook_is_read_cell_by_cell_with_its_row_numbers(read):
    def fill(book, sheet):
        sheet.write_row("B3", ["Name", "Phone", "Value"])
        sheet.write_row("B5", ["Ana", 40721123456, 12.5])
        sheet.write_row("B6", ["Ben", "0040 721", True])

    source, rows = read(workbook(fill), "a.XLSX")
    assert (source.kind, source.sheets, source.sheet) == ("xlsx", ["Contacts"], "Contacts")
    assert rows == {
        3: ["", "Name", "Phone", "Value"],
        5: ["", "Ana", 40721123456, 12.5],
        6: ["", "Ben", "0040 721", True],
    }


def test_dates_times_and_the_calendar_of_1904_are_read(read):
    def fill(book, sheet):
        for column, format_ in enumerate(("yyyy-mm-dd", "dd.mm.yyyy hh:mm", "hh:mm:ss", "d mmm")):
            moment = datetime(2020, 2, 29, 13, 14, 15) if column in (1, 2) else datetime(2020, 2, 29)
            value = moment.time() if column == 2 else moment
            sheet.write_datetime(0, column, value, book.add_format({"num_format": format_}))

    for options in ({}, {"date_1904": True}):
        _source, rows = read(workbook(fill, **options), "a.xlsx")
        assert rows[1] == [
            date(2020, 2, 29),
            datetime(2020, 2, 29, 13, 14, 15),
            time(13, 14, 15),
            date(2020, 2, 29),
        ]


def test_texts_stay_as_they_are(read):
    texts = [
        "007",
        " spaces ",
        "=1+1",
        "tab\there",
        "two\nlines",
        "carriage\r\nreturn",
        "👍 שלום é e\u0301",
        "x" * 32_767,
    ]

    def fill(book, sheet):
        for column, text in enumerate(texts):
            sheet.write_string(0, column, text)

    assert read(workbook(fill), "a.xlsx")[1] == {1: texts}
    inline = openpyxl.Workbook(write_only=True)
    inline.create_sheet("x").append(["inline", "007"])
    file = io.BytesIO()
    inline.save(file)
    assert read(file.getvalue(), "a.xlsx")[1] == {1: ["inline", "007"]}


def test_formulas_give_the_value_that_was_stored_with_them(read):
    def fill(book, sheet):
        sheet.write_formula("A1", "=1+1", value=2)
        sheet.write_formula("B1", '="a"&"b"', value="ab")

    assert read(workbook(fill), "a.xlsx")[1] == {1: [2, "ab"]}


def test_cells_with_errors_are_found_and_not_taken_for_empty(read, tmp_path):
    def fill(book, sheet):
        sheet.write_row("A1", ["a", "b", "c"])
        sheet.write_formula("B2", "=1/0", value="#DIV/0!")
        sheet.write("A2", "x")
        sheet.write_formula("C3", "=NA()", value="#N/A")

    path = tmp_path / "errors.xlsx"
    path.write_bytes(workbook(fill))
    with opened(path, "errors.xlsx") as source:
        rows = {number: (kinds, cells) for number, kinds, cells in source.rows}
    assert rows[2] == ("se", ["x", "#DIV/0!"])
    assert rows[3] == ("sse", ["", "", "#N/A"])


def test_rows_and_columns_that_are_empty_at_the_end_are_not_there(read):
    def fill(book, sheet):
        sheet.write_row("A1", ["a", "b"])
        bold = book.add_format({"bold": True})
        sheet.write_blank("Z500", None, bold)
        sheet.write_string("C3", "   ")
        sheet.write_row("A4", ["x", "", "", ""])

    assert read(workbook(fill), "a.xlsx")[1] == {1: ["a", "b"], 4: ["x"]}


def test_the_first_sheet_that_holds_something_is_taken_and_another_can_be_asked_for(read):
    def fill(book, sheet):
        book.add_worksheet("Second").write("A1", "two")
        book.add_worksheet("Third").write("A1", "three")
        hidden = book.add_worksheet("Hidden")
        hidden.write("A1", "secret")
        hidden.hide()

    data = workbook(fill)
    source, rows = read(data, "a.xlsx")
    assert (source.sheets, source.sheet, rows) == (["Contacts", "Second", "Third"], "Second", {1: ["two"]})
    assert read(data, "a.xlsx", sheet="Third")[1] == {1: ["three"]}
    with pytest.raises(Unreadable, match="There is no sheet “Hidden”"):
        read(data, "a.xlsx", sheet="Hidden")


def test_a_merged_head_stands_in_its_first_cell(read):
    def fill(book, sheet):
        sheet.merge_range("A1:C1", "Person")
        sheet.write_row("A2", ["a", "b", "c"])

    assert read(workbook(fill), "a.xlsx")[1] == {1: ["Person"], 2: ["a", "b", "c"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_csv_file_is_read_whatever_its_unicode_and_separator(read, encoding, separator):
    lines = [["Name", "Notă"], ["Ștefan", "a\nb"], ["李明", 'say "so", or; or|or\tor']]
    text = "\r\n".join(separator.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    source, rows = read(text.encode(encoding), "a.csv")
    assert list(rows.values()) == lines
    assert source.separator == separator


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Nume;Oraş\nŞtefan Ţepeş;Bucureşti\nIonuţ;Braşov", "cp1250"),
        ("Jméno;Město\nJiří Dvořák;Plzeň\nŠárka Růžičková;České Budějovice", "cp1250"),
        ("Nazwisko;Miasto\nŁukasz Wójcik;Łódź\nMałgorzata Kaczyńska;Gdańsk", "cp1250"),
        ("Name;Stadt\nGönül Yıldız;Köln\nMüller;Nürnberg".replace("ı", "i"), "cp1252"),
        ("Nom;Ville\nFrançois Lefèvre;Besançon\nHélène;Nîmes", "cp1252"),
        ("Nombre;Ciudad\nMuñoz;Logroño\nPeña;A Coruña", "cp1252"),
        ("Имя;Город\nИван Петров;София\nГеорги;Пловдив", "cp1251"),
    ],
)
def test_the_encodings_of_windows_are_told_apart(read, text, encoding):
    source, rows = read(text.encode(encoding), "a.csv", eastern=encoding != "cp1252")
    assert source.encoding == encoding
    assert "\n".join(";".join(row) for row in rows.values()) == text


def test_an_encoding_can_be_asked_for(read):
    assert read("é".encode("cp1252") + b";x", "a.csv", encoding="cp1252")[1] == {1: ["é", "x"]}


def test_letters_that_come_late_in_a_large_file_count_too(read):
    data = b"Name;City\n" + b"Ana;Arad\n" * 40_000 + "Ştefan;Braşov\n".encode("cp1250")
    source, rows = read(data, "a.csv")
    assert source.encoding == "cp1250"
    assert rows[40_002] == ["Ştefan", "Braşov"]


def test_the_line_that_names_the_separator_is_no_row(read):
    assert read(b"sep=;\r\nName;City, State\r\nAna;Arad", "a.csv")[1] == {
        2: ["Name", "City, State"],
        3: ["Ana", "Arad"],
    }
    assert read(b"\xef\xbb\xbfsep=|\nA|B", "a.csv")[1] == {2: ["A", "B"]}


def test_separators_are_counted_in_the_head_outside_of_quotes():
    assert separator_of('"a;b;c;d",e,f') == ","
    assert separator_of("a\tb, c") == "\t"
    assert separator_of("only one") == ","


def test_numbers_in_text_files_stay_texts_with_their_zeros(read):
    assert read(b"Zip,Phone\n007,+40721\n1.50,1E5", "a.csv")[1] == {
        1: ["Zip", "Phone"],
        2: ["007", "+40721"],
        3: ["1.50", "1E5"],
    }


def test_text_with_a_mark_of_utf8_or_without_is_the_same():
    assert encoding_of(b"plain", whole=True) == "utf-8"
    assert encoding_of("é".encode() * 10, whole=False) == "utf-8"
    assert encoding_of("é".encode()[:1], whole=False) == "utf-8"


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods", "a.csv", "a.tsv"])
def test_an_empty_file_is_refused(read, name):
    assert refusal(read, b"", name) == "The file is empty."


def test_a_file_of_blanks_is_refused(read):
    assert refusal(read, b"\n \n;;\n", "a.csv") == "The file is empty."
    assert refusal(read, workbook(lambda book, sheet: None), "a.xlsx") == "The sheet “Contacts” is empty."


@pytest.mark.parametrize("name", ["a.exe", "a.pdf", "a", "a.xlsx.zip", "a.html"])
def test_other_kinds_of_files_are_refused(read, name):
    assert "none of the kinds" in refusal(read, b"x", name)


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (b"Name;City", "a.xlsx", "text"),
        (b"%PDF-1.7 ...", "a.xlsx", "PDF"),
        (b"<html><table><tr><td>Name", "a.xls", "HTML"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "PNG"),
        (workbook(lambda book, sheet: sheet.write("A1", "x")), "a.csv", "xlsx"),
        (workbook(lambda book, sheet: sheet.write("A1", "x")), "a.xls", "xlsx"),
        (workbook(lambda book, sheet: sheet.write("A1", "x")), "a.ods", "xlsx"),
        (b"MZ\x90\0", "a.csv", "EXE"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(read, data, name, what):
    assert f"its content another: it is {what}." in refusal(read, data, name)


def test_a_plain_archive_is_refused(read):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "it is ZIP" in refusal(read, file.getvalue(), "a.xlsx")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_is_refused(read, share):
    data = workbook(lambda book, sheet: [sheet.write_row(row, 0, [f"cell {row}", row]) for row in range(500)])
    assert "damaged or not complete" in refusal(read, data[: int(len(data) * share)], "a.xlsx")


def test_a_workbook_with_a_flipped_byte_is_refused(read):
    data = bytearray(
        workbook(lambda book, sheet: [sheet.write_row(row, 0, [f"cell {row}", row]) for row in range(500)])
    )
    data[len(data) // 2] ^= 0xFF
    assert "damaged or not complete" in refusal(read, bytes(data), "a.xlsx")


def test_a_file_protected_with_a_password_is_refused(read):
    ole = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + b"\0" * 2000
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 2000
    )
    assert "protected with a password" in refusal(read, ole, "a.xlsx")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert "protected with a password" in refusal(read, file.getvalue(), "a.ods")


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


def test_entities_are_refused(read):
    plain = workbook(lambda book, sheet: sheet.write("A1", "x"))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    data = repacked(plain, xl__sharedStrings_dot_xml=bomb)
    assert "things that no table needs" in refusal(read, data, "a.xlsx")


def test_a_sheet_that_unpacks_to_more_than_is_allowed_is_refused_quickly(read, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(limits.UNPACKED_BYTES // 10_000_000 + 1):
                sheet.write(b"<row/>" * 1_666_667)
    assert path.stat().st_size < 10_000_000
    begun = time_now()
    assert "Unpacked, the file is larger than 1000 MB" in refusal(read, path, "bomb.xlsx")
    assert time_now() - begun < 10


def test_a_sheet_whose_only_cells_are_worlds_apart_is_refused(read):
    plain = workbook(lambda book, sheet: sheet.write("A1", "x"))
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + cells
    )
    data = repacked(plain, xl__worksheets__sheet1_dot_xml=sheet + b"</sheetData></worksheet>")
    assert "needs more memory" in refusal(read, data, "a.xlsx")


def test_too_many_rows_columns_or_characters_are_refused(read):
    many = b"a;b\n" + b"1;2\n" * (limits.ROWS + 10)
    assert "more than 500,000 rows" in refusal(read, many, "a.csv")
    assert "more than 250 columns" in refusal(read, b";".join([b"x"] * 251), "a.csv")
    assert "longer than any text" in refusal(read, b'a;b\n"' + b"x" * 300_000, "a.csv")


def test_a_file_over_the_limit_is_refused_before_it_is_read(read, tmp_path):
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(limits.FILE_BYTES + 1)
    assert "larger than 100 MB" in refusal(read, path, "large.xlsx")


def test_a_reader_that_takes_too_long_is_ended(read, monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.3)
    data = b"a;b\n" + b"1;2\n" * 400_000
    assert "took longer than 0.3 seconds" in refusal(read, data, "a.csv")


def test_no_process_is_left_behind_when_reading_is_given_up(tmp_path):
    import psutil

    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + b"1;2\n" * 100_000)

    def give_up():
        with opened(path, "a.csv") as source:
            next(source.rows)
            raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        give_up()
    children = psutil.Process().children()
    assert not any("crm.excel.child" in child.cmdline() for child in children if child.status() != "zombie")

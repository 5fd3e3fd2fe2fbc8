"""Imported text files, with any encoding and separator."""

import pytest

from crm.fields.widgets.lookup_widgets import TagsCell, quote_name_with_separator
from crm.platform.excel.reading.csv_rows import detect_encoding, detect_separator
from crm.platform.excel.reading.reader import open_file_rows
from tests.crm.platform.excel.workbooks import refusal


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_csv_file_is_read_in_any_unicode_encoding_and_with_any_separator(read, encoding, separator):
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
def test_windows_encodings_are_distinguished(read, text, encoding):
    source, rows = read(text.encode(encoding), "a.csv", eastern=encoding != "cp1252")
    assert source.encoding == encoding
    assert "\n".join(";".join(row) for row in rows.values()) == text


def test_an_encoding_can_be_chosen(read):
    assert read("é".encode("cp1252") + b";x", "a.csv", encoding="cp1252")[1] == {1: ["é", "x"]}


def test_letters_late_in_a_large_file_count_too(read):
    data = b"Name;City\n" + b"Ana;Arad\n" * 40_000 + "Ştefan;Braşov\n".encode("cp1250")
    source, rows = read(data, "a.csv")
    assert source.encoding == "cp1250"
    assert rows[40_002] == ["Ştefan", "Braşov"]


def test_the_line_that_names_the_separator_is_not_a_row(read):
    assert read(b"sep=;\r\nName;City, State\r\nAna;Arad", "a.csv")[1] == {
        2: ["Name", "City, State"],
        3: ["Ana", "Arad"],
    }
    assert read(b"\xef\xbb\xbfsep=|\nA|B", "a.csv")[1] == {2: ["A", "B"]}


def test_separators_are_counted_in_the_header_outside_quotes():
    assert detect_separator('"a;b;c;d",e,f') == ","
    assert detect_separator("a\tb, c") == "\t"
    assert detect_separator("only one") == ","


def test_numbers_in_text_files_stay_texts_with_their_zeros(read):
    assert read(b"Zip,Phone\n007,+40721\n1.50,1E5", "a.csv")[1] == {
        1: ["Zip", "Phone"],
        2: ["007", "+40721"],
        3: ["1.50", "1E5"],
    }


def test_utf8_text_is_the_same_with_and_without_a_byte_order_mark():
    assert detect_encoding(b"plain", whole=True) == "utf-8"
    assert detect_encoding("é".encode() * 10, whole=False) == "utf-8"
    assert detect_encoding("é".encode()[:1], whole=False) == "utf-8"


def test_the_quote_that_escapes_a_formula_is_removed(read):
    _source, rows = read(b"Company,Phone\n'=1+1,'+40721\n'quoted,''-\n", "a.csv")
    assert list(rows.values())[1:] == [["=1+1", "+40721"], ["'quoted", "'-"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_a_quote_that_is_never_closed_is_found_with_the_line_where_it_opens(read, tmp_path, end, last):
    lines = ["Name,City", '"Ana', 'Maria",Arad', 'Ion,"Cluj', "Eva,Iași", "Dan,Deva"]
    path = tmp_path / "a.csv"
    path.write_bytes((end.join(lines) + (end if last else "")).encode())
    with open_file_rows(path, "a.csv") as source:
        rows = list(source.rows)
    assert source.unclosed == 4
    assert [(number, kinds) for number, kinds, _cells in rows] == [(1, ""), (2, ""), (3, "sq")]
    assert rows[2][2][1].replace(end, " ").strip() == "Cluj Eva,Iași Dan,Deva"


@pytest.mark.parametrize("text", ['a,"b"', 'a,"b\nc"\n', 'a,6"\n', 'a,"6"" pipe"', "a,b", '"a'[1:]])
def test_closed_quotes_cause_no_warning(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with open_file_rows(path, "a.csv") as source:
        rows = list(source.rows)
    assert (source.unclosed, len(rows)) == (0, 1)


def test_a_quote_longer_than_a_cell_is_refused_with_its_line(read):
    data = b'Name,City\nAna,Arad\nIon,"Cluj\n' + b"Eva,Deva\n" * 30_000
    assert "row that starts on line 3 is never closed" in refusal(read, data, "a.csv")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('Music, "Song, and dance"', ["Music", "Song, and dance"]),
        ('"Song, and dance" ; Music', ["Song, and dance", "Music"]),
        ('6" pipe, 8" pipe', ['6" pipe', '8" pipe']),
        ('A, "6"" pipe"', ["A", '6" pipe']),
    ],
)
def test_a_name_in_quotes_may_have_commas_wherever_it_is_in_a_list(text, names):
    assert TagsCell.parse_names(text) == names


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Music", "Music"),
        ("Song, and dance", '"Song, and dance"'),
        ("A; B", '"A; B"'),
        ('6" pipe', '"6"" pipe"'),
    ],
)
def test_a_name_is_written_in_quotes_only_if_it_would_be_read_as_several(name, written):
    assert quote_name_with_separator(name) == written
    assert TagsCell.parse_names(f"{written}, Music") == [name, "Music"]

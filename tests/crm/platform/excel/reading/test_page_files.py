"""Files called .xls that are texts or pages inside, as accounting programs and web exports write them."""

import pytest

from tests.crm.platform.excel.workbooks import refusal

PAGE = "<html><head><meta {}></head><body><table border=1><tr><th>Nume<th>Oraș<tr><td>Ștefan<td>Brașov</table></body></html>"
ROWS = {1: ["Nume", "Oraș"], 2: ["Ștefan", "Brașov"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_page_is_read_in_any_unicode_encoding(read, encoding):
    source, rows = read(PAGE.format("charset=utf-8").encode(encoding), "a.xls")
    assert rows == ROWS
    assert (source.kind, source.sheets) == ("html", [])


@pytest.mark.parametrize(
    "told", ['charset="iso-8859-2"', 'http-equiv="Content-Type" content="text/html; charset=iso-8859-2"']
)
def test_a_page_is_read_in_the_encoding_that_it_names(read, told):
    page = PAGE.format(told).replace("ș", "ş").replace("Ș", "Ş")
    assert read(page.encode("iso-8859-2"), "a.xls")[1] == {1: ["Nume", "Oraş"], 2: ["Ştefan", "Braşov"]}


def test_a_page_that_names_no_encoding_or_an_unknown_one_is_read_as_its_letters_show(read):
    for told in ("", "charset=klingon"):
        page = PAGE.format(told).replace("ș", "ş").replace("Ș", "Ş")
        assert read(page.encode("cp1250"), "a.xls")[1][2] == ["Ştefan", "Braşov"]


@pytest.mark.parametrize("text", ["Nume\tOraș\r\nȘtefan\tBrașov\r\n", "Nume;Oraș\nȘtefan;Brașov"])
def test_a_text_called_xls_is_read_as_a_text_file(read, text):
    for encoding in ("utf-8", "utf-16"):
        source, rows = read(text.encode(encoding), "a.xls")
        assert (source.kind, rows) == ("text", ROWS)


def test_a_page_without_a_table_is_refused(read):
    assert "doesn’t match its content (HTML)." in refusal(
        read, b"<html><p>Please sign in</p></html>", "a.xls"
    )


def test_a_page_has_the_limits_of_other_files(read, monkeypatch):
    wide = "<table><tr>" + "<td>x" * 251
    assert "more than 250 columns" in refusal(read, wide.encode(), "a.xls")
    endless = "<table><tr><td>" + "x" * 200_001
    assert "too long to be saved" in refusal(read, endless.encode(), "a.xls")
    tall = "<table>" + "<tr><td>x" * 500_002
    assert "more than 500,000 rows" in refusal(read, tall.encode(), "a.xls")

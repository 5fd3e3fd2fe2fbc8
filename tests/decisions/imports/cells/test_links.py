"""Cells whose text leads to an address: which of the two is the value of a field."""

import zipfile
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from crm.models import Import
from crm.platform.excel.reading import cell_links
from crm.platform.excel.reading.cell_links import LinkedText, add_links, find_cell_links, link_text
from crm.platform.excel.reading.unreadable_cells import UncalculatedFormula
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.cell_cleaning import RowCleaner
from crm.transfer.imports.columns.cell_evidence import contradicts_header
from tests.decisions.imports.on_paper import SHEETS, added, ann, cleaned, custom, defined

MAIL, SITE = "mailto:ana@example.com", "https://omnia.example/"
NOTE = "Link read instead of its text"


class Case(NamedTuple):
    """`read` is the value of the cell, or the beginning of the sentence that says why there is none."""

    field: str
    text: str
    target: str
    read: str
    error: bool = False
    of: str = "lead"


CASES = {
    "a word for an email": Case("email", "Email", MAIL, "ana@example.com"),
    "a name for an email": Case("email", "Ana Pop", MAIL, "ana@example.com"),
    "a second email": Case("second_email", "Write", MAIL, "ana@example.com"),
    "an email that leads to another one": Case("email", "dan@example.com", MAIL, "dan@example.com"),
    "an email with its name": Case("email", "Dan <dan@example.com>", MAIL, "dan@example.com"),
    "a word that leads to a page": Case("email", "Email", SITE, "Enter a valid email", error=True),
    "a word that leads to no email": Case("email", "Email", "mailto:nobody", "Enter a valid email", error=True),
    "several emails": Case("email", "Write", "mailto:ana@example.com,dan@example.com", "ana@example.com"),
    "a word for a website": Case("website", "Visit", SITE, SITE),
    "a name for a website": Case("website", "Omnia S.R.L. Cluj", SITE, SITE),
    "a website that leads elsewhere": Case("website", "omnia.ro", SITE, "omnia.ro"),
    "a page that leads elsewhere": Case("website", "HTTPS://omnia.ro:80/a?b=1", SITE, "HTTPS://omnia.ro:80/a?b=1"),
    "an email above a website": Case("website", "ana@omnia.ro", SITE, SITE),
    "a website that is an email": Case("website", "Visit", MAIL, "Visit"),
    "a word for a domain": Case("domain", "Visit", SITE, "omnia.example", of="company"),
    "a domain": Case("domain", "omnia.ro", SITE, "omnia.ro", of="company"),
    "a word for a phone": Case("phone", "Call", "tel:+40722111222", "+40722111222"),
    "a phone that leads to another one": Case("phone", "0722 333 444", "tel:+40722111222", "0722 333 444"),
    "a name that leads to a page": Case("last_name", "Pop", SITE, "Pop"),
    "a whole name that leads to an email": Case("name", "Ana Pop", MAIL, "Ana Pop"),
    "a city that leads to a map": Case("city", "Cluj", SITE, "Cluj"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_read_of_a_cell_with_a_link(on_paper, name):
    case = CASES[name]
    sheet = SHEETS[case.of](KINDS[case.of], ann(of=case.of))
    cell = cleaned(sheet, {case.field: case.text}, targets={"0": case.target})[case.field]
    assert (cell.error if case.error else cell.value).startswith(case.read)
    assert bool(cell.error) is case.error
    assert (NOTE in cell.notes) is (not case.error and case.text not in (cell.value, f"Dan <{cell.value}>"))


# A phone whose calling code is in another column: its text, its link, the code, and what is read.
WITH_CODE = {
    "a word, and a whole number in its link": ("Call", "tel:+40722111222", "+40", "+40722111222"),
    "a word, and a number without its code in the link": ("Call", "tel:0722111222", "40", "+40 722 111 222"),
    "a word that leads to a page": ("Call", SITE, "+40", "Call"),
    "a number that leads to another one": ("0722 333 444", "tel:+33612345678", "+40", "+40 722 333 444"),
    "a number without a link": ("0722 333 444", "", "+40", "+40 722 333 444"),
    "a link without a code": ("Call", "tel:0722111222", "", "0722111222"),
}


@pytest.mark.parametrize(("text", "target", "code", "read"), WITH_CODE.values(), ids=WITH_CODE)
def test_a_phone_that_is_a_link_is_joined_with_its_calling_code(on_paper, text, target, code, read):
    sheet = SHEETS["lead"](KINDS["lead"], ann())
    targets = {"0": target} if target else {}
    cell = cleaned(sheet, {"phone": text, "calling_code": code}, targets=targets)["phone"]
    assert cell.value == read
    is_linked = target.startswith("tel:") and text == "Call"
    assert (NOTE in cell.notes, cell.linked) == (is_linked, text if is_linked else "")
    assert ("Calling code joined with the number" in cell.notes) is (" 722" in read)


def test_a_correction_replaces_the_link_too(on_paper):
    sheet = SHEETS["lead"](KINDS["lead"], ann())
    cleaner = RowCleaner(sheet, Import(table="lead", mapping=["website"]))
    row = SimpleNamespace(cells=["Visit"], kinds="", targets={"0": SITE}, fixes={})
    assert cleaner.clean_row(row)["website"].value == SITE
    row.fixes = {"0": "Visit"}
    assert cleaner.clean_row(row)["website"].value == "Visit"


def test_the_same_text_with_another_link_is_another_value(on_paper):
    cleaner = RowCleaner(SHEETS["lead"](KINDS["lead"], ann()), Import(table="lead", mapping=["email"]))
    rows = [SimpleNamespace(cells=["Email"], kinds="", targets=told, fixes={}) for told in TOLD]
    assert [cleaner.clean_row(row)["email"].value for row in rows] == [None, "a@example.com", "b@example.com"]


TOLD: list[dict[str, str]] = [{}, {"0": "mailto:a@example.com"}, {"0": "mailto:b@example.com"}]


def test_the_preview_says_which_text_was_replaced_by_its_link(on_paper):
    found = added({"last_name": "Pop", "email": "Write to Ana"}, targets={"1": MAIL})
    assert found.values["email"] == "ana@example.com"
    assert found.notes == [("email", NOTE, "Write to Ana", "ana@example.com")]


def test_a_custom_field_with_a_web_address_takes_the_link():
    with defined([custom("Profile", "url")]):
        sheet = SHEETS["lead"](KINDS["lead"], ann())
        assert cleaned(sheet, {"c1": "Profile"}, targets={"0": SITE})["c1"].value == SITE


@pytest.mark.parametrize("target", ["", SITE])
def test_links_speak_for_the_header_of_their_column_and_words_against_it(on_paper, target):
    words = [("s", LinkedText("Email", target) if target else "Email")] * 5
    assert contradicts_header(KINDS["lead"], "email", words)
    assert not contradicts_header(KINDS["lead"], "email", [("s", LinkedText("Email", MAIL))] * 5)


# The field, a value that speaks for it, one that speaks against it, how many of each, and whether these contradict the header.
AGAINST = {
    "half of the emails": ("email", "ana@example.com", "Email", (5, 5), False),
    "most of the emails": ("email", "ana@example.com", "Email", (5, 6), True),
    "all of too few": ("email", "ana@example.com", "Email", (0, 4), False),
    "all of just enough": ("email", "ana@example.com", "Email", (0, 5), True),
    "most of too few with gaps": ("email", "", "Email", (5, 4), False),
    "half of the job titles": ("title", "CEO", "Mr.", (2, 2), False),
    "most of the job titles": ("title", "CEO", "Mr.", (2, 3), True),
    "most of those that are filled": ("title", " ", "Mr.", (2, 1), True),
}


@pytest.mark.parametrize(("field", "good", "bad", "counts", "against"), AGAINST.values(), ids=AGAINST)
def test_how_many_cells_contradict_the_header_of_their_column(on_paper, field, good, bad, counts, against):
    cells = [("s", good)] * counts[0] + [("s", bad)] * counts[1]
    assert contradicts_header(KINDS["lead"], field, cells) is against


# A cell, its link, and what is read of both.
LINKED = {
    "a text": ("Email", MAIL, "Email", MAIL),
    "a formula with a text": (UncalculatedFormula(f'=HYPERLINK("{MAIL}","Email")'), MAIL, "Email", MAIL),
    "a formula of an email without a text": (UncalculatedFormula(f'=HYPERLINK("{MAIL}")'), MAIL, "ana@example.com", ""),
    "a formula of a page without a text": (UncalculatedFormula(f'=HYPERLINK("{SITE}")'), SITE, SITE, ""),
    "a formula that computes its text": (UncalculatedFormula(f'=HYPERLINK("{SITE}",A1)'), SITE, f'=HYPERLINK("{SITE}",A1)', ""),
    "a number": (5, SITE, 5, ""),
}  # fmt: skip


@pytest.mark.parametrize(("cell", "target", "text", "kept"), LINKED.values(), ids=LINKED)
def test_a_cell_gets_its_link(cell, target, text, kept):
    values = ["first", cell, "last"]
    assert add_links(values, {1: target, 3: target}) == ["first", text, "last"]
    assert getattr(values[1], "target", "") == kept


# What is kept of a link; '' if the text says the same, or no field takes such an address.
KEPT = {
    "an email": ("Email", MAIL, MAIL),
    "an email with a subject": ("Email", "mailto:ana%40example.com?subject=Hello", MAIL),
    "in capitals": ("Email", "MAILTO:ana@example.com", MAIL),
    "a page": ("Visit", f" {SITE} ", SITE),
    "the same email": ("Ana@example.com", MAIL, ""),
    "the same page": ("www.omnia.example", SITE, ""),
    "another page of it": ("omnia.example", f"{SITE}about", f"{SITE}about"),
    "a file": ("Visit", "file:///C:/a.xlsx", ""),
    "a script": ("Visit", "javascript:alert(1)", ""),
    "a place in the workbook": ("Visit", "#Sheet2!A1", ""),
    "an empty text": (" ", SITE, ""),
    "an endless address": ("Visit", SITE + "x" * 2_000, ""),
}


@pytest.mark.parametrize(("text", "target", "kept"), KEPT.values(), ids=KEPT)
def test_what_is_kept_of_a_link(text, target, kept):
    found = link_text(text, target)
    assert found == text
    assert getattr(found, "target", "") == kept


RELATIONSHIPS = """<Relationships>
<Relationship Id="r1" Type="http://x/relationships/hyperlink" Target="mailto:ana@example.com"/>
<Relationship Id="r2" Type="http://x/relationships/hyperlink" Target="file:///a.txt"/>
<Relationship Id="r3" Type="http://x/relationships/comments" Target="https://omnia.example/"/>
<Relationship Id="r4" Type="http://x/relationships/hyperlink" Target="https://omnia.example/?a=1&amp;b=2"/>
</Relationships>"""
LINKED = '<hyperlink ref="{}" r:id="{}"/>'
CALCULATED = '<c r="{}"><f>HYPERLINK("{}","Email")</f></c>'
TWO = "https://omnia.example/?a=1&b=2"
# What is in the sheet, and the targets by row and place of the column.
FOUND: dict[str, tuple[str, dict[int, dict[int, str]]]] = {
    "no link": ("<c/>", {}),
    "a link of one cell": (LINKED.format("B3", "r1"), {3: {1: MAIL}}),
    "a link with another prefix": ('<x:hyperlink ref="B3" rel:id="r1"/>', {3: {1: MAIL}}),
    "a link of a column": (LINKED.format("A2:A4", "r1"), {2: {0: MAIL}, 3: {0: MAIL}, 4: {0: MAIL}}),
    "a link of a row": (LINKED.format("A2:C2", "r4"), {2: {0: TWO, 1: TWO, 2: TWO}}),
    "a link of as many cells as one may have": (
        LINKED.format("A1:A1000", "r1"), {row: {0: MAIL} for row in range(1, 1001)},
    ),
    "a link of more cells": (LINKED.format("B2:B1002", "r1"), {2: {1: MAIL}}),
    "two links of a cell": (LINKED.format("B3", "r1") + LINKED.format("B3", "r4"), {3: {1: TWO}}),
    "a link to a file": (LINKED.format("B3", "r2"), {}),
    "a link that is a comment": (LINKED.format("B3", "r3"), {}),
    "a link to nothing": (LINKED.format("B3", "r9"), {}),
    "a link in a formula": (CALCULATED.format("C5", "https://omnia.example/"), {5: {2: SITE}}),
    "a link in a formula with escaped characters": (CALCULATED.format("C5", TWO.replace("&", "&amp;")), {5: {2: TWO}}),
    "a link to a file in a formula": (CALCULATED.format("C5", "file:///a.txt"), {}),
    "another formula": ('<c r="C5"><f>SUM(A1:A2)</f></c>', {}),
    "both": (
        CALCULATED.format("A1", SITE) + LINKED.format("B1", "r1"), {1: {0: SITE, 1: MAIL}},
    ),
}  # fmt: skip


def write_sheet(path, sheet: str, relationships: str = RELATIONSHIPS):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<sheet>{sheet}</sheet>")
        if relationships:
            archive.writestr("xl/worksheets/_rels/sheet1.xml.rels", relationships)
    return path, "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("sheet", "links"), FOUND.values(), ids=FOUND)
@pytest.mark.parametrize("portion", [cell_links.PORTION, 128], ids=["at once", "in portions"])
def test_which_cells_of_a_sheet_are_links(portion, sheet, links, tmp_path, monkeypatch):
    monkeypatch.setattr(cell_links, "PORTION", portion)
    monkeypatch.setattr("crm.platform.excel.reading.file_inspection.PORTION", portion)
    whole = write_sheet(tmp_path / "a.xlsx", sheet)
    assert find_cell_links(*whole, formulas=True) == links
    # Without relationships, only formulas have targets, and those only if they're asked for.
    alone = write_sheet(tmp_path / "b.xlsx", sheet, "")
    if "hyperlink" not in sheet:
        assert find_cell_links(*alone, formulas=True) == links
    assert find_cell_links(*alone, formulas=False) == {}
    if "<f>" in sheet:
        assert find_cell_links(*whole, formulas=False) == (
            {1: {1: MAIL}} if len(links.get(1, {})) == 2 else {}
        )


def test_of_too_many_links_the_first_ones_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(cell_links.limits, "LINKS", 3)
    whole = write_sheet(tmp_path / "a.xlsx", LINKED.format("A1:B1", "r1") + LINKED.format("A2:A9", "r4"))
    assert find_cell_links(*whole, formulas=False) == {1: {0: MAIL, 1: MAIL}, 2: {0: TWO}, 3: {}}

"""Rows of a file that become no records: its header again, and the totals at its end."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from crm.models import PlannedRow
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.columns.file_columns import ColumnContent
from crm.transfer.imports.read.rows_without_records import (
    RowsWithoutRecords,
    describe_rows_without_records,
    has_only_totals,
    repeats_header,
)
from crm.transfer.imports.read.staging import _build_copy_line, _build_copy_lines

HEADINGS = ["Last name", "City of birth", ""]
# Whether a row is the header of the file again.
HEADERS = {
    "the same texts": (["Last name", "City of birth"], True),
    "in other capitals, with other spaces": (["LAST NAME ", "City  of birth", " "], True),
    "one other text": (["Last name", "City"], False),
    "one more text": (["Last name", "City of birth", "Cluj"], False),
    "one text less": (["Last name"], False),
    "nothing": ([], False),
}


@pytest.mark.parametrize(("cells", "found"), HEADERS.values(), ids=HEADERS)
def test_a_row_that_repeats_the_header(cells, found):
    assert repeats_header(HEADINGS, cells) is found


def test_the_first_hundred_letters_of_a_header_are_compared():
    assert repeats_header(["x" * 100], ["x" * 100 + "y"])
    assert not repeats_header(["x" * 99 + "y"], ["x" * 100])


def test_a_file_without_headers_has_none_to_repeat():
    assert not repeats_header(["", ""], ["", ""])
    assert not repeats_header([], [])


class Row(NamedTuple):
    cells: list[str]
    found: bool
    mapping: tuple[str, ...] = ("company", "value", "")
    kinds: str = ""


TOTALS = {
    "a total": Row(["Total", "1.250,50"], True),
    "a general total": Row(["TOTAL GENERAL", "1250", "12"], True),
    "a total with a colon": Row(["Total:", "1250"], True),
    "in German": Row(["Summe", "", "7"], True),
    "a grand total": Row(["Grand total", "1,250.00 lei"], True),
    "cells with numbers": Row(["Total", "1250", "7"], True, kinds="snn"),
    "a formula without its value": Row(["Total", "=SUM(B2:B9)"], True, kinds="sf"),
    "the word isn't in the first column": Row(["", "Total", "7"], True, ("company", "city", "")),
    "a field that the import creates": Row(["Total", "", "7"], True, ("company", "value", "new_2")),
    "only the word": Row(["Total"], False),
    "a company of this name with a phone": Row(["Total", "0722111222"], False, ("company", "phone", "")),
    "a company of this name with an email": Row(["Total", "1250", "office@total.example"], False),
    "a company with a number of the register": Row(["Total", "", "12345"], False, ("company", "value", "tax_id")),
    "a company whose name begins so": Row(["Total Energies", "1250"], False),
    "an exported record": Row(["#7", "Total", "1250"], False, ("id", "company", "value")),
    "a number behind an ID": Row(["Total", "7"], False, ("company", "id", "")),
    "a date": Row(["Total", "", "2026-12-31"], False, kinds="ssd"),
    "only numbers": Row(["1250", "7"], False),
    "nothing": Row([], False),
}  # fmt: skip


@pytest.mark.parametrize("row", TOTALS.values(), ids=TOTALS)
def test_a_row_with_nothing_but_totals(row):
    assert has_only_totals(row.kinds, row.cells, row.mapping, ["value"]) is row.found


# The cells of the last row, their kinds, what the user has corrected, and what the row is.
CORRECTED = {
    "a date that was corrected to an amount": (["Total", "2026-12-31"], "sd", {"1": "1250"}, "total"),
    "an amount that was corrected to a text": (["Total", "1250"], "sn", {"1": "unknown"}, ""),
    "a word beside a formula": (["Totals of May", "=SUM(B2:B9)"], "sf", {"0": "Totals"}, "total"),
    "a text that was corrected to that of a header": (["Firm", "Value"], "ss", {"0": "Company"}, "head"),
    "nothing": (["Total", "1250"], "sn", {}, "total"),
}


@pytest.mark.usefixtures("on_paper")
@pytest.mark.parametrize(("cells", "kinds", "fixes", "found"), CORRECTED.values(), ids=CORRECTED)
def test_a_row_is_judged_as_it_was_corrected(cells, kinds, fixes, found):
    columns = [{"heading": "Company"}, {"heading": "Value"}]
    imported: Any = SimpleNamespace(
        table="lead", columns=columns, header_row=None, mapping=["company", "value"]
    )
    judge = RowsWithoutRecords(imported)
    judge.last = 7
    assert judge.judge(SimpleNamespace(row=7, cells=cells, kinds=kinds, fixes=fixes)) == found


def plans(imported) -> dict[int, tuple[str, str]]:
    RecordCheck(imported, imported.user).run()
    imported.refresh_from_db()
    found = PlannedRow.objects.filter(of=imported).in_order()
    return {plan.row: (plan.verdict, plan.errors[0][1] if plan.errors else "") for plan in found}


def test_repeated_headers_and_the_last_totals_are_skipped_with_their_row_numbers(read, ann):
    rows = [
        ["Total", "50"],
        ["Pop", "100"],
        ["last_name", "value"],
        ["Rus", "200"],
        ["LAST_NAME", "Value"],
        ["Total", "350"],
    ]
    imported = read(ann, ["last_name", "value"], rows)
    header, totals = "This row repeats the header.", "This row only has totals."
    assert plans(imported) == {
        2: ("new", ""),
        3: ("new", ""),
        4: ("left_out", header),
        5: ("new", ""),
        6: ("left_out", header),
        7: ("left_out", totals),
    }
    assert (imported.counts["new"], imported.counts["left_out"]) == (3, 3)
    assert describe_rows_without_records(imported) == [
        "Rows 4, 6 repeat the header, so they’re skipped.",
        "Row 7 only has totals, so it’s skipped.",
    ]
    # Once corrected, it is a record.
    row = imported.file_rows.get(row=7)
    row.fixes = {"0": "Total Energies"}
    row.save()
    assert plans(imported)[7] == ("new", "")


@pytest.mark.parametrize(("rows", "more"), [(10, ""), (11, ", …")])
def test_no_more_than_ten_row_numbers_are_named(read, ann, rows, more):
    other = read(ann, ["last_name", "value"], [["last_name", "value"]], first=99)
    imported = read(ann, ["last_name", "value"], [["last_name", "value"]] * rows)
    plans(other)
    plans(imported)
    told = describe_rows_without_records(imported)
    assert told == [f"Rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11{more} repeat the header, so they’re skipped."]


# The row of the header, 0 if there is none, and what a row with the same texts is.
HEADER_ROWS = {"the first one": (1, "left_out"), "a later one": (3, "left_out"), "none": (0, "new")}


@pytest.mark.parametrize(("row", "verdict"), HEADER_ROWS.values(), ids=HEADER_ROWS)
def test_a_file_without_headers_has_a_record_in_each_row(read, ann, row, verdict):
    imported = read(ann, ["last_name", "city"], [["last_name", "city"], ["Pop", "Cluj"]], header_row=row)
    assert [found for found, _reason in plans(imported).values()] == [verdict, "new"]


def test_totals_above_the_end_are_read(read, ann):
    imported = read(ann, ["last_name", "value"], [["Total", "7"], ["Pop", "7"]])
    assert {verdict for verdict, _reason in plans(imported).values()} == {"new"}


def test_a_repeated_header_says_nothing_about_its_columns():
    columns = [ColumnContent("Course"), ColumnContent("Places")]
    for cells in (["Excel", "7"], ["Course", "Places"], ["Word", "8"]):
        _build_copy_line(1, (2, "", cells), columns)
    assert [column.filled for column in columns] == [2, 2]
    assert columns[1].as_json()["new"]["type"] == "number"


# The last row of a file, and what is seen of its columns below "Ana" and "7".
LAST = {
    "totals": (["Total", "8"], "", 1),
    "a total with a formula": (["TOTAL GENERAL", "=SUM(B2:B9)"], "sf", 1),
    "a record": (["Dan", "8"], "", 2),
    "a company of this name with an email": (["Total", "office@total.example"], "", 2),
    "only the word": (["Total", ""], "", 1),
}


@pytest.mark.parametrize(("cells", "kinds", "filled"), LAST.values(), ids=LAST)
def test_totals_at_the_end_say_nothing_about_their_columns(cells, kinds, filled):
    columns = [ColumnContent("Name"), ColumnContent("Places")]
    rows = [(2, "", ["Ana", "7"]), (3, kinds, cells)]
    lines = list(_build_copy_lines(1, rows, columns, linked=False))
    assert [line.split("\t")[1] for line in lines] == ["2", "3"]
    assert columns[1].filled == filled


def test_totals_above_the_end_say_what_they_say():
    columns = [ColumnContent("Name"), ColumnContent("Places")]
    rows = [(2, "", ["Total", "7"]), (3, "", ["Ana", "7"])]
    assert len(list(_build_copy_lines(1, rows, columns, linked=False))) == 2
    assert [column.filled for column in columns] == [2, 2]

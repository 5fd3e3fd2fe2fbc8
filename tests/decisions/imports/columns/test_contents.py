"""What is kept of the cells of a column while a file is read, which fields its columns can have, and in which formats it is read."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from crm.models import Import
from crm.platform.excel.parsing.day_order import DayOrder
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns import file_columns
from crm.transfer.imports.columns.column_day_orders import get_day_orders
from crm.transfer.imports.columns.file_columns import (
    ASK,
    CALLING_CODE,
    TO_DESCRIPTION,
    ColumnContent,
    get_column_targets,
    get_description_lines,
    get_mapping_errors,
    get_number_columns,
    guess_reading_formats,
)
from crm.transfer.imports.read.staging import _build_copy_line
from tests.decisions.imports.on_paper import ann, custom, defined

DAY, MONTH, EITHER = DayOrder(day=1), DayOrder(month=1), DayOrder(either=1)


class Cell(NamedTuple):
    """A cell by its letter and its text; what it shows of the order of day and month, and of the decimal separator."""

    text: str
    kind: str = "s"
    days: DayOrder = DayOrder()
    decimal: str = ""


CELLS = {
    "a date": Cell("31.12.2026", days=DAY),
    "a date with the month first": Cell("12/31/2026", days=MONTH),
    "a date that shows no order": Cell("01/02/2026", days=EITHER),
    "a date after a space": Cell(" 5/11/2026"),
    "a cell that is a date": Cell("31.12.2026", kind="d"),
    "a decimal comma": Cell("1,5", decimal=","),
    "a decimal point": Cell("1.5", decimal="."),
    "an amount with its sign before": Cell("€ 1.250,50", decimal=","),
    "a short amount with its sign before": Cell("€ 1,5", decimal=","),
    "an amount with its sign behind": Cell("1,250.50 €", decimal="."),
    "thousands that may be decimals": Cell("1.250"),
    "a number without a separator": Cell("1250"),
    "a text with a comma": Cell("Pop, Ana"),
    "a text with a number between its words": Cell("(1,5)"),
    "a cell that is a number": Cell("1,5", kind="n"),
    "a number of 39 characters": Cell(f"0,{'5' * 37}", decimal=","),
    "a number of 40 characters": Cell(f"0,{'5' * 38}"),
}  # fmt: skip


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_what_a_cell_shows(cell):
    column = ColumnContent("Value")
    column.add_cell(cell.kind, cell.text)
    assert (column.days, column.decimal) == (cell.days, cell.decimal)
    assert (column.filled, column.kinds, column.cells) == (1, {cell.kind}, [(cell.kind, cell.text)])


def test_the_first_number_that_shows_it_decides_the_separator():
    column = ColumnContent("Value")
    for text in ("1.250", "1,5", "2.5"):
        column.add_cell("s", text)
    assert column.decimal == ","


def test_a_column_keeps_so_many_texts_and_counts_so_many_different_ones(monkeypatch):
    monkeypatch.setattr(file_columns, "TEXTS", 2)
    monkeypatch.setattr(file_columns, "MOST_COUNTED", 2)
    column = ColumnContent("City")
    for text in ("Cluj", "Arad", "Cluj"):
        column.add_cell("s", text)
    assert (column.texts, column.counts, column.many) == (["Cluj", "Arad"], {"Cluj": 2, "Arad": 1}, False)
    column.add_cell("s", "Deva")
    assert (column.filled, column.counts, column.many) == (4, {"Cluj": 2, "Arad": 1}, True)


def test_what_is_kept_of_a_column():
    column = ColumnContent("Born")
    for text in ("31.12.1980", "31.12.1980", "01.02.1981", "x" * 70, "more", "and more"):
        column.add_cell("s", text)
    kept = column.as_json()
    assert kept["samples"] == ["31.12.1980", "01.02.1981", "x" * 60]
    assert (kept["filled"], kept["kinds"], kept["days"]) == (6, "s", [2, 0, 1])
    assert "days" not in ColumnContent("Born").as_json()


def test_rows_are_kept_as_they_are_and_only_filled_cells_are_looked_at():
    columns = [ColumnContent("City")]
    lines = [_build_copy_line(7, row, columns) for row in [(2, "", ["Cluj", ""]), (3, "sn", ["", "12"])]]
    assert lines == ['7\t2\t\t["Cluj",""]\t{}\t{}\t\t[]\n', '7\t3\tsn\t["","12"]\t{}\t{}\t\t[]\n']
    assert [(column.heading, column.cells) for column in columns] == [
        ("City", [("s", "Cluj")]),
        ("", [("n", "12")]),
    ]


# A row's cells and their letters, its corrections, and the lines of the description that they become.
LINES: dict[str, tuple[list[str], str, dict[str, str], list[str]]] = {
    "texts": (["Hi", "Cluj"], "", {}, ["Remark: Hi", "Town: Cluj"]),
    "an empty cell": (["", "Cluj"], "", {}, ["Town: Cluj"]),
    "a cell of spaces": (["  ", "Cluj"], "", {}, ["Town: Cluj"]),
    "a row that ends before": (["Hi"], "", {}, ["Remark: Hi"]),
    "a correction": (["Hi", ""], "", {"1": "Arad"}, ["Remark: Hi", "Town: Arad"]),
    "a correction of a row that ends before": (["Hi"], "", {"1": "Arad"}, ["Remark: Hi", "Town: Arad"]),
    "an emptied cell": (["Hi", "Cluj"], "", {"0": ""}, ["Town: Cluj"]),
    "a number": (["12.0", "Cluj"], "ns", {}, ["Remark: 12", "Town: Cluj"]),
    "a page": (["<p>Hi <b>Ana</b></p>", ""], "", {}, ["Remark: Hi Ana"]),
}


@pytest.mark.parametrize(("cells", "kinds", "fixes", "lines"), LINES.values(), ids=LINES)
def test_the_lines_of_a_description(cells, kinds, fixes, lines):
    imported = Import(columns=[{"heading": "Remark"}, {"heading": "Town"}])
    row = SimpleNamespace(cells=cells, kinds=kinds, fixes=fixes)
    assert get_description_lines(imported, [0, 1], row) == lines


# Columns with their fields, and which of them are read day first.
ORDERS: dict[str, tuple[dict[str, DayOrder], dict[str, bool]]] = {
    "a column of dates": ({"next_action_on": DAY}, {"next_action_on": True}),
    "the month first": ({"next_action_on": MONTH}, {"next_action_on": False}),
    "a column that shows no order": ({"next_action_on": EITHER}, {}),
    "dates in a column of texts": ({"city": MONTH}, {}),
    "dates in a skipped column": ({"": MONTH}, {}),
    "two columns": (
        {"next_action_on": DAY, "created_at": MONTH, "city": MONTH}, {"next_action_on": True, "created_at": False},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "orders"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_day_and_month(columns, orders):
    days = ["next_action_on", "created_at"]
    assert get_day_orders([*columns.values()], [*columns], days) == orders


class Formats(NamedTuple):
    """Columns with their fields: the order and the separator that they show. What the file is read with."""

    columns: dict[str, tuple[DayOrder, str]]
    english: bool = True
    day_first: bool = True
    decimal: str = "."


NOT_SEEN = DayOrder()
FORMATS = {
    "nothing is shown": Formats({"city": (NOT_SEEN, "")}),
    "nothing is shown, and the user reads another language": Formats({"city": (NOT_SEEN, "")}, False, decimal=","),
    "a decimal comma": Formats({"value": (NOT_SEEN, ",")}, decimal=","),
    "a decimal point in another language": Formats({"value": (NOT_SEEN, ".")}, False, decimal="."),
    "a comma in a text": Formats({"city": (NOT_SEEN, ",")}),
    "a comma in the version": Formats({"version": (NOT_SEEN, ",")}),
    "the month first": Formats({"next_action_on": (MONTH, "")}, day_first=False),
    "the month first in one column and the day in another": Formats(
        {"next_action_on": (MONTH, ""), "created_at": (DAY, "")}
    ),
    "the month first in a text": Formats({"city": (MONTH, "")}),
}  # fmt: skip


@pytest.mark.parametrize("case", FORMATS.values(), ids=FORMATS)
def test_the_formats_of_a_file(case, on_paper):
    columns = [ColumnContent(name, days=days, decimal=said) for name, (days, said) in case.columns.items()]
    found = guess_reading_formats(KINDS["lead"], columns, [*case.columns], english=case.english)
    assert (found["day_first"], found["decimal"]) == (case.day_first, case.decimal)


class Numbers(NamedTuple):
    """The texts of columns with their fields, '' for none, and the separator with which a file of such numbers is read."""

    columns: dict[str, tuple[str, ...]]
    decimal: str
    english: bool = True


THOUSANDS, POINTS = ("12.500", "7.000", "900"), ("12.5", "7.25")
NUMBERS = {
    "dots of thousands": Numbers({"value": THOUSANDS}, ","),
    "commas of thousands in another language": Numbers({"value": ("12,500", "7,000")}, ".", english=False),
    "dots of thousands, and a shown decimal point": Numbers({"value": ("12.500", "1,234.50")}, "."),
    "decimals of different length": Numbers({"value": ("12.500", "7.25")}, "."),
    "dots of thousands in a column that will be mapped": Numbers({"": ("12.500 lei", "7.000 lei")}, ","),
    "decimal commas in a column that will be mapped": Numbers({"": ("12,5", "900")}, ","),
    "decimal commas in a field to create": Numbers({"new_0": ("12,5", "900")}, ","),
    "a number has more to say than another column": Numbers({"value": POINTS, "": ("12,5", "900")}, "."),
    "a column that has also texts": Numbers({"": ("12,5", "Pop, Ana")}, "."),
    "a text with commas": Numbers({"city": ("12,5", "900")}, "."),
}  # fmt: skip


@pytest.mark.parametrize("case", NUMBERS.values(), ids=NUMBERS)
def test_the_number_format_that_the_numbers_of_a_file_show(case, on_paper):
    columns = []
    for texts in case.columns.values():
        columns.append(ColumnContent("Amount"))
        for text in texts:
            columns[-1].add_cell("s", text)
    found = guess_reading_formats(KINDS["lead"], columns, [*case.columns], english=case.english)
    assert found["decimal"] == case.decimal


# The texts of columns with their fields, and the fields whose numbers have decimal points and decimal commas.
MIXED = {
    "both": ({"value": ("1.234,56", "1234.56")}, ["value"]),
    "the other way round, after many": ({"value": ("12.5", *["7.25"] * 9, "12,5")}, ["value"]),
    "points only": ({"value": ("1,234.56", "12.5")}, []),
    "commas only": ({"value": ("1.234,56", "12,5")}, []),
    "thousands show no separator": ({"value": ("12.5", "1,234")}, []),
    "thousands that occur twice do": ({"value": ("12.5", "1.234.567")}, ["value"]),
    "each in a column": ({"value": ("12.5",), "score": ("12,5",)}, []),
    "in a text": ({"city": ("12.5", "12,5")}, []),
}


@pytest.mark.parametrize(("texts_by_field", "mixed"), MIXED.values(), ids=MIXED)
def test_which_columns_have_points_and_commas(texts_by_field, mixed, on_paper):
    columns = []
    for texts in texts_by_field.values():
        columns.append(ColumnContent("Amount"))
        for text in texts:
            columns[-1].add_cell("s", text)
    found = guess_reading_formats(KINDS["lead"], columns, [*texts_by_field], english=True)
    assert found["mixed"] == mixed
    assert [column.as_json().get("mixed", False) for column in columns] == [
        column.mixed for column in columns
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("decimals", "separator"), [(2, ","), (3, ".")], ids=["two decimals", "three decimals"]
)
def test_only_a_field_with_three_decimals_has_them(decimals, separator, make_field):
    field = make_field("Rate", "number", decimals=decimals)
    column = ColumnContent("Rate")
    for text in ("12.500", "7.125"):
        column.add_cell("s", text)
    found = guess_reading_formats(KINDS["lead"], [column], [field.name], english=True)
    assert found["decimal"] == separator


def test_ids_and_versions_are_no_numbers(on_paper):
    found = get_number_columns(KINDS["lead"])
    assert "value" in found
    assert not {"id", "version", "city"} & {*found}


# By record type, the targets of a column that aren't fields: none, the calling code of a phone, and lines of the description.
TARGETS = {
    "lead": {"", "name", CALLING_CODE, TO_DESCRIPTION},
    "contact": {"", "name", CALLING_CODE},
    "company": {"", CALLING_CODE, TO_DESCRIPTION},
    "deal": {"", TO_DESCRIPTION},
}


@pytest.mark.parametrize(("of", "others"), TARGETS.items(), ids=TARGETS)
def test_the_targets_of_a_column_that_are_no_fields(of, others, on_paper):
    names = [name for name, _label in get_column_targets(KINDS[of], ann(of=of))]
    assert {name for name in names if name not in KINDS[of].fields.EXCEL} == others
    assert names[0] == ""


def test_a_field_that_the_user_may_not_edit_is_no_target():
    with defined([custom("Course"), custom("Grade", number=2, editors=[1])]):
        names = [name for name, _label in get_column_targets(KINDS["lead"], ann())]
    assert "c1" in names
    assert "c2" not in names
    assert "city" in names


MAPPED = "The column “{}” is already mapped to this field."
PARTS = "First and last name are already mapped to other columns."
MAPPINGS: dict[str, tuple[list[str], dict[int, Any]]] = {
    "different fields": (["city", "zip"], {}),
    "a field twice": (["city", "city"], {1: MAPPED.format("A")}),
    "a field three times": (["zip", "city", "city", "city"], {2: MAPPED.format("B"), 3: MAPPED.format("B")}),
    "two skipped columns": (["", ""], {}),
    "two lines of the description": ([TO_DESCRIPTION, TO_DESCRIPTION], {}),
    "two guessed ones": ([ASK, ASK], {}),
    "a whole name": (["name", "city"], {}),
    "a whole name and the last name": (["name", "last_name"], {0: PARTS}),
    "the first name and a whole name": (["first_name", "name"], {1: PARTS}),
}


@pytest.mark.parametrize(("mapping", "errors"), MAPPINGS.values(), ids=MAPPINGS)
def test_what_is_wrong_with_a_mapping(mapping, errors):
    assert get_mapping_errors(KINDS["lead"], mapping, ["A", "B", "C", "D"]) == errors


def test_a_company_has_no_parts_of_a_name():
    assert get_mapping_errors(KINDS["company"], ["name", "last_name"], ["A", "B"]) == {}

"""Day or month first: what the dates of a column show, and what is said where they don't."""

from dataclasses import dataclass

import pytest

from crm.models import Import
from crm.platform.excel.parsing.day_order import DayOrder, guess_day_first
from crm.transfer.imports.columns.column_day_orders import describe_day_order, describe_unsure_orders

SEEN = {
    "a day above 12 comes first": ("25/11/2025", DayOrder(day=1)),
    "a day above 12 comes second": ("11/25/2025", DayOrder(month=1)),
    "the 13th comes first": ("13/01/2025", DayOrder(day=1)),
    "the 13th comes second": ("01/13/2025", DayOrder(month=1)),
    "December": ("12/01/2025", DayOrder(either=1)),
    "both up to 12": ("11/01/2025", DayOrder(either=1)),
    "both the same": ("05/05/2025", DayOrder()),
    "a day above 12 before December": ("25/12/2025", DayOrder(day=1)),
    "December before a day above 12": ("12/25/2025", DayOrder(month=1)),
    "December comes second": ("11/12/2025", DayOrder(either=1)),
    "one digit each": ("1/2/2025", DayOrder(either=1)),
    "one digit, then a day above 12": ("5/25/2025", DayOrder(month=1)),
    "with spaces": ("25 11 2025", DayOrder(day=1)),
    "a space around each dot": ("25 . 11 . 2025", DayOrder(day=1)),
    "with dots": ("25.11.2025", DayOrder(day=1)),
    "with dashes and two digits of the year": ("11-25-25", DayOrder(month=1)),
    "with a time": ("11/25/2025 14:30", DayOrder(month=1)),
    "with a time of Meta": ("08/10/2024, 21:35", DayOrder(either=1)),
    "no date, both above 12": ("25/25/2025", DayOrder()),
    "the year first": ("2025-11-25", DayOrder()),
    "a month in letters": ("25 Nov 2025", DayOrder()),
    "a number": ("1250", DayOrder()),
    "a phone": ("07 22 111 001", DayOrder()),
    "a name": ("Ana", DayOrder()),
    "nothing": ("", DayOrder()),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_a_text_shows(name):
    text, order = SEEN[name]
    found = DayOrder()
    found.add_date(text)
    assert found == order


@pytest.mark.parametrize(
    ("order", "some"),
    [(DayOrder(), False), (DayOrder(day=1), True), (DayOrder(month=1), True), (DayOrder(either=1), True)],
)
def test_dates_of_any_order_are_dates(order, some):
    assert order.has_dates is some


@dataclass(frozen=True)
class Case:
    """A column of dates that is read day first unless `month_first`, and what the two pages say about it."""

    order: DayOrder
    decided: bool | None
    note: str
    warning: str = ""
    month_first: bool = False


COLUMNS = {
    "only dates with the day first": Case(DayOrder(day=5, either=9), True, "Day first"),
    "only dates with the month first": Case(DayOrder(month=1, either=400), False, "Month first", "", True),
    "no date shows it": Case(
        DayOrder(either=3),
        None,
        "Day first? No date in this column shows it.",
        "“Created” is read day first, but no date in it shows the order. Check it in the step “Columns”.",
    ),
    "dates with the year first": Case(DayOrder(), None, "Day first"),
    "most dates show it": Case(
        DayOrder(day=1, month=3),
        False,
        "Month first: 1 date can’t be read. In the other order: 3 dates.",
        "",
        True,
    ),
    "the other order would leave fewer": Case(
        DayOrder(day=1, month=3),
        False,
        "Day first: 3 dates can’t be read. In the other order: 1 date.",
        "“Created” is read day first: 3 dates can’t be read, in the other order only 1 date. "
        "Change the order in the step “Columns”.",
    ),
    "as many dates show the opposite": Case(
        DayOrder(day=2, month=2, either=1),
        None,
        "Day first: 2 dates can’t be read. In the other order: 2 dates.",
        "“Created” is read day first, but no date in it shows the order. Check it in the step “Columns”.",
    ),
}


@pytest.mark.parametrize("case", COLUMNS.values(), ids=COLUMNS)
def test_what_is_decided_and_said_about_a_column(case):
    order = case.order
    assert order.day_first is case.decided
    imported = Import(
        table="lead",
        columns=[{"heading": "Created", "days": [order.day, order.month, order.either]}],
        mapping=["created_at"],
        options={"day_orders": {"created_at": not case.month_first}},
    )
    assert describe_day_order(imported, 0) == case.note
    assert describe_unsure_orders(imported, ["created_at"]) == ([case.warning] if case.warning else [])


def test_the_last_date_of_a_file_decides_as_the_first_one_does():
    either = [f"{month:02}/01/2025" for month in range(2, 13)] * 100
    assert guess_day_first(either) is None
    assert guess_day_first([*either, "11/25/2025"]) is False
    assert guess_day_first(["11/25/2025", *either]) is False


# The type of the field that the import creates for a column, and whether the preview warns about its dates.
CREATED = {"date": True, "moment": True, "text": False, "": False}


@pytest.mark.parametrize(("type", "warns"), CREATED.items(), ids=CREATED)
def test_the_preview_warns_about_dates_of_a_field_that_the_import_creates(type, warns):
    imported = Import(
        table="lead",
        columns=[{"heading": "Born", "days": [0, 0, 3]}],
        mapping=["new_0"],
        new_fields={"0": {"type": type}} if type else {},
        options={},
    )
    assert len(describe_unsure_orders(imported, ["created_at"])) == int(warns)

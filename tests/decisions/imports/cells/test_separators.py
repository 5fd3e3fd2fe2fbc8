"""The comma and the dot in numbers: which one separates decimals, what a number without its file means, and how one is written."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from crm.platform.excel.parsing.number_parsing import (
    count_decimals,
    format_plain_number,
    guess_decimal_separator,
    guess_thousands_separator,
    is_unclear,
    parse_number,
    round_half_up,
)


class Seen(NamedTuple):
    """The separator of decimals that a text shows, and the number in a file with a decimal point and in one with a decimal
    comma; None if it is no number there."""

    separator: str | None
    with_point: str | None
    with_comma: str | None


TEXTS = {
    "1234": Seen(None, "1234", "1234"),
    "12.5": Seen(".", "12.5", "12.5"),
    "12,5": Seen(",", "12.5", "12.5"),
    "-12,5": Seen(",", "-12.5", "-12.5"),
    "0.1250": Seen(".", "0.1250", "0.1250"),
    "0.125": Seen(".", "0.125", "0.125"),
    "-0,125": Seen(",", "-0.125", "-0.125"),
    "0.125.000": Seen(None, None, None),
    # Thousands or decimals
    "1.234": Seen(None, "1.234", "1234"),
    "1,234": Seen(None, "1234", "1.234"),
    "12.345": Seen(None, "12.345", "12345"),
    "1234.567": Seen(".", "1234.567", "1234.567"),
    # Two groups of thousands
    "1.234.567": Seen(",", "1234567", "1234567"),
    "1,234,567": Seen(".", "1234567", "1234567"),
    "1.2.3": Seen(None, None, None),
    "1,2,3": Seen(None, None, None),
    # Both
    "1.234,50": Seen(",", "1234.50", "1234.50"),
    "1,234.50": Seen(".", "1234.50", "1234.50"),
    "1.234.567,5": Seen(",", "1234567.5", "1234567.5"),
    "1,234,567.5": Seen(".", "1234567.5", "1234567.5"),
    # No numbers
    "n.a": Seen(None, None, None),
    "n,a": Seen(None, None, None),
    ".5": Seen(None, None, None),
    ",5": Seen(None, None, None),
    "5.": Seen(None, None, None),
    "Cluj": Seen(None, None, None),
}


def read(text: str, decimal: str) -> str | None:
    try:
        return format(parse_number(text, decimal=decimal), "f")
    except ValueError:
        return None


@pytest.mark.parametrize("text", TEXTS)
def test_what_a_comma_or_a_dot_means(text):
    assert TEXTS[text] == (guess_decimal_separator([text]), read(text, "."), read(text, ","))


def test_a_number_has_at_most_forty_digits():
    assert read("9" * 40, ".") == "9" * 40
    assert read("9" * 41, ".") is None


def test_the_first_text_that_shows_it_decides():
    assert guess_decimal_separator(["1.234", "12", "3,5", "3.5"]) == ","
    assert guess_decimal_separator([]) is None


UNCLEAR = {
    "1.234": ".",
    "1,234": ",",
    "123.456": ".",
    "-1.234": ".",
    "1.234 lei": ".",
    # Thousands cannot be meant.
    "0.125": "",
    "1.23": "",
    "1234.567": "",
    "1.234.567": "",
    "1.234,567": "",
    "1234": "",
}


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_number_can_be_read_in_two_ways_only_if_its_decimals_may_be_thousands(text):
    assert [decimal for decimal in ".," if is_unclear(text, decimal)] == [*UNCLEAR[text]]


THOUSANDS = {
    "a dot before three digits everywhere": (["12.500", "7.000", "900"], "."),
    "a comma before three digits everywhere": (["12,500", "7,000 lei"], ","),
    "other decimals": (["12.500", "7.5"], None),
    "less than one": (["12.500", "0.125"], None),
    "both": (["12.500", "7,000"], None),
    "no separator": (["12500", "n/a"], None),
    "a text with a comma": (["12.500", "Cluj, Romania"], None),
    "nothing": ([], None),
}


@pytest.mark.parametrize(("texts", "separator"), THOUSANDS.values(), ids=THOUSANDS)
def test_three_digits_behind_each_separator_are_thousands(texts, separator):
    assert guess_thousands_separator(texts) == separator


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-7.0, "-7"),
        (1e17, "1" + "0" * 17),
        (12.5, "12.5"),
        (-0.25, "-0.25"),
        # Fifteen digits are meant, what follows is noise.
        (7832265.523200001, "7832265.5232"),
        (1.00000000000001, "1.00000000000001"),
        (123456.123456789, "123456.123456789"),
    ],
)
def test_a_number_of_a_workbook_has_fifteen_digits(number, text):
    assert format_plain_number(number) == text


@pytest.mark.parametrize(
    ("number", "places", "rounded"),
    [
        ("1.005", 2, "1.01"),
        ("-1.005", 2, "-1.01"),
        ("1.0049", 2, "1.00"),
        ("2.5", 0, "3"),
        ("1.2", 2, "1.2"),
        ("0.5", 0, "1"),
        ("1.25", 2, "1.25"),
        ("1E+3", 2, "1E+3"),
        ("123456789012345678901234567890.125", 2, "123456789012345678901234567890.13"),
    ],
)
def test_halves_are_rounded_away_from_zero_and_shorter_numbers_stay(number, places, rounded):
    assert str(round_half_up(Decimal(number), places)) == rounded


# Texts, and the most decimal places that they have if the dot or the comma is the decimal separator.
DECIMALS = {
    "none": (["12", "1,234,567"], 0, 0),
    "the longest counts": (["12.5", "12.50", "7"], 2, 2),
    "an unclear separator": (["1.234"], 3, 0),
    "after separated thousands": (["1.234,5"], 1, 1),
    "what is no number doesn't count": (["12.5", "1.2.3", "x"], 1, 1),
    "as many as a field can have": (["0.123456"], 6, 6),
    "more than a field can have": (["0.1234567"], 6, 6),
    "no texts": ([], 0, 0),
}


@pytest.mark.parametrize(("texts", "dot", "comma"), DECIMALS.values(), ids=DECIMALS)
def test_how_many_decimals_texts_have(texts, dot, comma):
    assert (count_decimals(texts, "."), count_decimals(texts, ",")) == (dot, comma)

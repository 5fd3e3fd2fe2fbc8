"""Dates and numbers as people write them into cells."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm.platform.excel.parsing.date_parsing import (
    convert_to_day,
    convert_to_moment,
    from_serial,
    is_null_date,
    parse_date,
)
from crm.platform.excel.parsing.day_order import guess_day_first
from crm.platform.excel.parsing.number_parsing import (
    format_plain_number,
    guess_decimal_separator,
    parse_number,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-05-23", date(2012, 5, 23)),
        ("2012/5/3", date(2012, 5, 3)),
        ("20120523", date(2012, 5, 23)),
        ("23.05.2012", date(2012, 5, 23)),
        ("3. 5. 2012", date(2012, 5, 3)),
        ("23/5/12", date(2012, 5, 23)),
        ("23-05-1999", date(1999, 5, 23)),
        ("23/5/71", date(1971, 5, 23)),
        ("23 May, 2012 00:00:00", datetime(2012, 5, 23)),
        ("23 May 2012", date(2012, 5, 23)),
        ("23-May-12", date(2012, 5, 23)),
        ("May 23, 2012", date(2012, 5, 23)),
        ("May 23rd 2012", date(2012, 5, 23)),
        ("Wed, 23 May 2012 14:05", datetime(2012, 5, 23, 14, 5)),
        ("23 mai 2012", date(2012, 5, 23)),
        ("3 ianuarie 2012", date(2012, 1, 3)),
        ("23. Mai 2012", date(2012, 5, 23)),
        ("3 févr. 2012", date(2012, 2, 3)),
        ("23 de mayo de 2012", date(2012, 5, 23)),
        ("05/03/2012 2:07 PM", datetime(2012, 3, 5, 14, 7)),
        ("2012-05-23T14:05:09", datetime(2012, 5, 23, 14, 5, 9)),
        ("2012-05-23T14:05:09Z", datetime(2012, 5, 23, 14, 5, 9, tzinfo=UTC)),
        ("2012-05-23 14:05:09.123", datetime(2012, 5, 23, 14, 5, 9)),
        ("29.02.2024", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read_in_any_common_format(text, expected):
    assert parse_date(text) == expected


def test_the_order_of_day_and_month_follows_the_user():
    assert parse_date("03/05/2012") == date(2012, 5, 3)
    assert parse_date("03/05/2012", day_first=False) == date(2012, 3, 5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31.11.2026", "November has only 30 days."),
        ("29.02.2023", "February has only 28 days."),
        ("12.13.2026", "There’s no month 13. Enter a month from 1 to 12."),
        ("32.01.2026", "This isn’t a date. Enter a date like 2026-11-20."),
        ("soon", "This isn’t a date. Enter a date like 2026-11-20."),
        ("12 Smarch 2026", "This isn’t a date. Enter a date like 2026-11-20."),
        ("2026-01-02 25:00", "This isn’t a time. Enter a time like 14:30."),
        ("2026-13-45T99:99:99Z", "This isn’t a date. Enter a date like 2026-11-20."),
        ("1.2", "This isn’t a date. Enter a date like 2026-11-20."),
        ("", "This isn’t a date. Enter a date like 2026-11-20."),
        ("00.01.2026", "This isn’t a date. Enter a date like 2026-11-20."),
        ("01.01.0026", "Enter a year from 1900 on."),
        ("0012-05-23", "Enter a year from 1900 on."),
        ("1899-12-31", "Enter a year from 1900 on."),
        ("23 May 0012", "Enter a year from 1900 on."),
        ("0012-05-23T00:00:00Z", "Enter a year from 1900 on."),
    ],
)
def test_an_invalid_date_says_why(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01", "0001-01-01 00:00:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00.0000000Z", "01.01.0001 00:00:00",
        "1/1/0001 12:00:00 AM", "0000-00-00", "0000-00-00 00:00:00",
    ],
)  # fmt: skip
def test_null_dates_of_other_programs_are_recognized(text):
    assert is_null_date(text)


@pytest.mark.parametrize("text", ["", "0001-01-02", "2001-01-01", "01.01.01", "0001-01-01 08:00:00"])
def test_other_dates_are_not_null_dates(text):
    assert not is_null_date(text)


def test_a_plain_number_in_a_date_column_is_an_excel_serial_date():
    assert from_serial(44927) == date(2023, 1, 1)
    assert from_serial(44927.75) == datetime(2023, 1, 1, 18)
    with pytest.raises(ValueError, match="a number, not a date"):
        from_serial(2012)


def test_dates_and_times_use_the_users_time_zone():
    late = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    assert convert_to_day(late) == date(2026, 1, 2)
    assert convert_to_moment(date(2026, 1, 1)).astimezone(UTC) == datetime(2025, 12, 31, 22, tzinfo=UTC)
    assert convert_to_moment(late) == late


def test_the_order_of_day_and_month_is_detected_from_the_texts():
    assert guess_day_first(["01/02/2026", "13/02/2026"]) is True
    assert guess_day_first(["01/02/2026", "02/13/2026"]) is False
    assert guess_day_first(["01/02/2026", "2026-01-02", ""]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234", "1234"),
        ("-1234.5", "-1234.5"),
        ("+7", "7"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("0.125", "0.125"),
        ("\u221212", "-12"),
    ],
)
def test_a_number_is_read_in_any_common_format(text, expected):
    assert parse_number(text) == Decimal(expected)


def test_an_ambiguous_number_is_read_in_the_users_format():
    assert parse_number("1.234") == Decimal("1.234")
    assert parse_number("1.234", decimal=",") == Decimal("1234")
    assert parse_number("1,234") == Decimal("1234")
    assert parse_number("1,234", decimal=",") == Decimal("1.234")


@pytest.mark.parametrize(
    "text", ["", "12 EUR", "1.2.3", "1,2,3", "1e5", "NaN", "--1", "1.", "9" * 50, "12,34,567"]
)
def test_an_invalid_number_says_so(text):
    with pytest.raises(ValueError, match="This isn’t a number"):
        parse_number(text)


def test_the_decimal_separator_is_detected_from_the_texts():
    assert guess_decimal_separator(["1.234", "1.234,50"]) == ","
    assert guess_decimal_separator(["1,234", "12.5"]) == "."
    assert guess_decimal_separator(["1.234.567"]) == ","
    assert guess_decimal_separator(["1.234", "12", "x"]) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (40721123456.0, "40721123456"),
        (7.0, "7"),
        (-3.0, "-3"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1" + "0" * 15),
    ],
)
def test_a_number_in_a_text_column_is_read_as_displayed(number, text):
    assert format_plain_number(number) == text

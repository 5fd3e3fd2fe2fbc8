"""Amounts as people and programs write them: the number, the currency of the sign or code, and what is rounded."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.widgets.value_widgets import NumberCell
from crm.platform.excel.parsing.number_parsing import Amount, parse_amount
from leads.models import Lead
from tests.decisions.imports.on_paper import UNCHANGED, added, changed, custom, defined

pytestmark = pytest.mark.usefixtures("on_paper")

NO_NUMBER = "This isn’t a number. Enter a number like 1250."
TWO_WAYS = "This number can be read in two ways. Enter it without thousands separators."
DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD")
CROWNS = ("SEK", "NOK", "DKK", "ISK")

READ = {
    "a plain number": ("1250", "1250", ()),
    "a dollar sign": ("$22,700.00", "22700.00", DOLLARS),
    "a euro sign and a space": ("€ 1.234,50", "1234.50", ("EUR",)),
    "a sign after the number": ("1.234,50 €", "1234.50", ("EUR",)),
    "a sign after the minus": ("-$500", "-500", DOLLARS),
    "a sign before the minus": ("$-500", "-500", DOLLARS),
    "spaces between thousands and lei": ("1 234,50 lei", "1234.50", ("RON", "MDL")),
    "lei in capitals, with a dot": ("500 LEI.", "500", ("RON", "MDL")),
    "a code before the number": ("EUR 500", "500", ("EUR",)),
    "a code after the number": ("500 eur", "500", ("EUR",)),
    "a code without a space": ("500RON", "500", ("RON",)),
    "a pound sign": ("£1,000", "1000", ("GBP", "EGP", "LBP", "SYP")),
    "złoty": ("99 zł", "99", ("PLN",)),
    "crowns of several countries": ("200 kr", "200", CROWNS),
    "a sign and a code that agree": ("$500 USD", "500", ("USD",)),
    "an abbreviation with a dot": ("Fr. 500", "500", ("CHF",)),
    "a negative amount of an accountant": ("(500)", "-500", ()),
    "a negative amount of an accountant in dollars": ("($1,500.00)", "-1500.00", DOLLARS),
    "a minus behind": ("500-", "-500", ()),
    "a dash for no decimals": ("2000,-", "2000", ()),
    "a dash for no decimals, and a currency": ("2.000,- €", "2000", ("EUR",)),
    "a code of a rare currency": ("500 ALL", "500", ("ALL",)),
}
WRONG = {
    "a sign and a code that don't agree": "€500 USD",
    "another unit": "500 pcs",
    "thousands in words": "12k",
    "a percentage": "10%",
    "two signs of a negative number": "(-500)",
    "a parenthesis that isn't closed": "(500",
    "a parenthesis that isn't opened": "500)",
    "no number": "n/a",
    "only a sign": "€",
    "a decimal point without a digit before it": ".5",
    "two numbers": "500 - 600",
}


@pytest.mark.parametrize("name", READ)
def test_what_an_amount_says(name):
    text, number, currencies = READ[name]
    found = parse_amount(text, decimal="," if "2.000" in text else ".")
    assert found == Amount(Decimal(number), currencies)


@pytest.mark.parametrize("name", WRONG)
def test_a_text_that_is_no_amount(name):
    with pytest.raises(ValueError, match=NO_NUMBER):
        parse_amount(WRONG[name])


@dataclass(frozen=True)
class Case:
    """The cells of a lead that has no value and euros, and what they become."""

    value: str
    currency: str = ""
    becomes: Any = UNCHANGED
    in_currency: str = "EUR"
    error: str = ""
    notes: tuple[str, ...] = ()


SIGN = "Currency read from the amount"
ROUNDED = "Rounded to 2 decimals"
CURRENCIES = {
    "a number": Case("500", becomes="500"),
    "the sign of the usual currency": Case("€500", becomes="500", notes=(SIGN,)),
    "the sign of another currency": Case("500 lei", becomes="500", in_currency="RON", notes=(SIGN,)),
    "a sign that agrees with the row": Case("500 lei", "RON", becomes="500", in_currency="RON"),
    "a sign that doesn't agree with the row": Case(
        "500 lei", "EUR", error="This amount is in RON, but its currency is EUR."
    ),
    "a currency without a rate": Case("$500", error="No exchange rate for “USD”."),
    "a sign of several currencies": Case(
        "500 kr",
        error="Several currencies have this sign: SEK, NOK, DKK, ISK. Add a column with the currency.",
    ),
    "float noise": Case("7832265.523200001", becomes="7832265.52", notes=(ROUNDED,)),
    "too many decimals": Case("12.3456", becomes="12.35", notes=(ROUNDED,)),
    "half a cent": Case("12.345", error=TWO_WAYS),
    "thousands, or three decimals that are zeros": Case("12.500", error=TWO_WAYS),
    "thousands with a sign, or three decimals that are zeros": Case("€ 7.000", error=TWO_WAYS),
    "less than one, with three decimals": Case("0.125", becomes="0.13", notes=(ROUNDED,)),
    "zeros as decimals": Case("12.5000", becomes="12.50"),
    "a negative amount": Case("(500)", error="Ensure this value is greater than or equal to 0."),
    "a sign and too many decimals": Case(
        "1.2345 lei", becomes="1.23", in_currency="RON", notes=(ROUNDED, SIGN)
    ),
}


def as_text(value: Any) -> Any:
    return UNCHANGED if value is None else format(value, "f")


@pytest.mark.parametrize("case", CURRENCIES.values(), ids=CURRENCIES)
def test_the_value_of_a_new_lead(case):
    cells = {"name": "Ana Pop", "value": case.value, **({"currency": case.currency} if case.currency else {})}
    found = added(cells)
    assert [sentence for _name, sentence in found.errors] == ([case.error] if case.error else [])
    if not case.error:
        assert (as_text(found.values["value"]), found.values["currency"]) == (case.becomes, case.in_currency)
        assert [note for _name, note, _shown, _read in found.notes] == [*case.notes]


@pytest.mark.parametrize("case", CURRENCIES.values(), ids=CURRENCIES)
def test_the_value_of_a_known_lead(case):
    cells = {"value": case.value, **({"currency": case.currency} if case.currency else {})}
    found = changed(cells)
    assert [sentence for _name, sentence in found.errors] == ([case.error] if case.error else [])
    if not case.error:
        written = {"value": case.becomes} | ({"currency": "RON"} if case.in_currency == "RON" else {})
        assert {
            name: as_text(found.values[name]) if name == "value" else found.values[name]
            for name in found.values
        } == written


def test_the_same_amount_in_another_currency_changes_the_currency():
    known = {"value": Decimal("500.00"), "currency": "EUR"}
    assert changed({"value": "500 lei"}, known).values == {"currency": "RON"}
    assert changed({"value": "500 lei"}, known, choice="fill").values == {}
    assert changed({"value": "600 lei"}, known, choice="fill").values == {}
    assert changed({"value": "500 lei"}, known | {"currency": "RON"}).values == {}


SHARED_SIGN = "Several currencies have this sign: SEK, NOK, DKK, ISK. Add a column with the currency."
UNKNOWN = "No exchange rate for “SEK”."
USUAL = {
    "a lead in a currency with this sign": ("SEK", "EUR", UNKNOWN),
    "a lead in another currency": ("EUR", "SEK", SHARED_SIGN),
    "a lead without a currency, and an import in one with this sign": ("", "SEK", UNKNOWN),
    "neither has one with this sign": ("", "EUR", SHARED_SIGN),
}


@pytest.mark.parametrize(("held", "usual", "error"), USUAL.values(), ids=USUAL)
def test_which_currency_a_sign_of_several_means(held, usual, error):
    """That of the lead, else that of the import; here, there are no rates for any of them."""
    found = changed({"value": "500 kr"}, {"currency": held}, defaults={"currency": usual})
    assert [sentence for _name, sentence in found.errors] == [error]


def test_a_note_says_what_is_written_and_what_is_read():
    assert changed({"value": "1.2345 lei"}).notes == [
        ("value", ROUNDED, "1.2345 lei", "1.23"),
        ("value", SIGN, "1.2345 lei", "1.23 RON"),
    ]


def test_a_number_without_a_currency_is_read_without_the_sign():
    with defined([custom("Budget", "number", decimals=0)]):
        found = added({"name": "Ana Pop", "c1": "€ 1.234,50"})
    assert as_text(found.values["c1"]) == "1235"
    assert [note for _name, note, _shown, _read in found.notes] == [
        "Rounded to a whole number",
        "Currency removed",
    ]


def test_a_typed_number_of_a_workbook_is_never_unclear():
    widget = NumberCell(Lead._meta.get_field("value"))
    assert widget.read(12.345).value == Decimal("12.35")


# A text of a column with decimal points and decimal commas: its amount, or None if it can be read in two ways.
MIXED = {
    "a decimal comma and thousands": ("1.234,56", "1234.56"),
    "a decimal point and thousands": ("1,234.56", "1234.56"),
    "a decimal point": ("1234.56", "1234.56"),
    "a decimal comma": ("12,5", "12.5"),
    "three digits after a comma": ("1,234", None),
    "three digits after a dot": ("1.234", None),
    "with a currency": ("£1,000", None),
    "thousands twice": ("1.234.567", "1234567"),
    "less than one": ("0.125", "0.13"),
    "a whole number": ("1234", "1234"),
}


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize(("text", "amount"), MIXED.values(), ids=MIXED)
def test_an_amount_of_a_column_with_points_and_commas(text, amount, decimal):
    widget = NumberCell(Lead._meta.get_field("value"))
    widget.prepare(None, decimal=decimal, mixed=True)
    if amount is None:
        with pytest.raises(ValueError, match=TWO_WAYS):
            widget.read(text)
    else:
        assert widget.read(text).value == Decimal(amount)


def test_a_field_with_three_decimals_has_unclear_numbers_too_if_its_column_has_points_and_commas():
    widget = NumberCell(build_model_field(custom("Weight", "number", decimals=3)))
    for mixed, found in ((False, Decimal("1.234")), (True, None)):
        widget.prepare(None, mixed=mixed)
        if found:
            assert widget.read("1.234").value == found
        else:
            with pytest.raises(ValueError, match=TWO_WAYS):
                widget.read("1.234")

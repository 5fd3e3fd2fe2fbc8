"""Numbers as people write them: 1234.5, 1,234.50, 1.234,50, 1 234,50, 1'234.50; amounts with a currency: $1,000, 500 lei."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.platform.excel.parsing.currency_signs import get_possible_currencies

# How a form asks for the separator in texts such as 1.234.
DECIMALS = [(".", _lazy("Decimal point: 1,234.50")), (",", _lazy("Decimal comma: 1.234,50"))]

MOST_DECIMALS = 6
SPACES = re.compile(r"[\s\u00a0\u2007\u202f'’]")
PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
# No one writes thousands after a zero: 0.125 is less than one in any file.
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*")
# A number with a sign or a code before or after it. "2000,-" has no decimals, "500-" is negative.
MONEY = re.compile(
    r"(?P<first>[+-]?)(?P<before>[^\d+\-,()%]{0,8})(?P<second>[+-]?)"
    r"(?P<number>\d[\d.,]*?)(?P<end>[.,]-{1,2}|-)?(?P<after>[^\d+\-,()%]{0,8})"
)


@dataclass(frozen=True)
class Amount:
    """`currencies` are the codes that the sign or the code in the text may mean, the most usual one first."""

    number: Decimal
    currencies: tuple[str, ...] = ()


def parse_number(text: str, *, decimal: str = ".") -> Decimal:
    """`decimal` decides when a text is ambiguous, such as 1.234. Raises ValueError with a sentence."""
    bare = SPACES.sub("", text).replace("\u2212", "-")
    found = _normalize_separators(bare, decimal)
    if not PLAIN.fullmatch(found) or len(found) > 40:
        raise ValueError(_("This isn’t a number. Enter a number like 1250."))
    return Decimal(found)


def parse_amount(text: str, *, decimal: str = ".") -> Amount:
    """Also amounts with a currency, in parentheses as accountants write negative ones, or with a dash for the decimals.

    Raises ValueError with a sentence.
    """
    bare = SPACES.sub("", text).replace("\u2212", "-")
    within = bare[1:-1] if bare[:1] == "(" and bare[-1:] == ")" else ""
    match = MONEY.fullmatch(within or bare)
    if not match:
        return Amount(parse_number(text, decimal=decimal))
    currencies = _get_possible_currencies(match["before"], match["after"])
    number = parse_number(match["number"], decimal=decimal)
    minus = [*filter(None, (within, match["first"] == "-", match["second"] == "-", match["end"] == "-"))]
    if currencies is None or len(minus) > 1:
        raise ValueError(_("This isn’t a number. Enter a number like 1250."))
    return Amount(-number if minus else number, currencies)


def _get_possible_currencies(before: str, after: str) -> tuple[str, ...] | None:
    """The currencies that both texts may mean; None if one of them is no currency."""
    found: tuple[str, ...] = ()
    for text in filter(None, (before, after)):
        named = get_possible_currencies(text)
        both = tuple(code for code in found if code in named) if found else named
        if not both:
            return None
        found = both
    return found


def round_half_up(number: Decimal, places: int) -> Decimal:
    """With at most so many decimals. Halves are rounded away from zero, as people do."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= places:
        return number
    return number.quantize(Decimal(f"1E-{places}"), ROUND_HALF_UP, Context(prec=MAX_PREC))


def is_unclear(text: str, decimal: str) -> bool:
    """Whether the separator of a text such as 1.234 may separate thousands, although it is the decimal one of its file."""
    digits = _extract_digits(text)
    match = GROUPED.fullmatch(digits)
    return match is not None and match[1] == decimal and digits.count(decimal) == 1


def guess_thousands_separator(texts: Iterable[str]) -> str | None:
    """The separator that every text with one has before its last three digits, and nowhere else, such as the dot of 12.500
    and 950.000; None if there is no such text, or another one.

    Hardly anyone writes three decimals everywhere, and amounts have two.
    """
    found: set[str] = set()
    for text in texts:
        if "." not in text and "," not in text:
            continue
        unclear = [separator for separator in ".," if is_unclear(text, separator)]
        if not unclear:
            return None
        found.update(unclear)
    return found.pop() if len(found) == 1 else None


def count_decimals(texts: Iterable[str], decimal: str) -> int:
    """The most decimal places in these texts, at most those that a field can have. Texts that are no numbers don't count."""
    most = 0
    for text in texts:
        try:
            exponent = parse_number(text, decimal=decimal).as_tuple().exponent
        except ValueError:
            continue
        most = max(most, -exponent if isinstance(exponent, int) else 0)
    return min(most, MOST_DECIMALS)


def _extract_digits(text: str) -> str:
    """The number in an amount, as written."""
    bare = SPACES.sub("", text).replace("\u2212", "-")
    match = MONEY.fullmatch(bare)
    return match["number"] if match else bare


def _normalize_separators(text: str, decimal: str) -> str:
    """With a dot as the decimal separator and no thousands separators."""
    separator, other = _get_separators(text)
    if other in text:
        return text.replace(other, "").replace(separator, ".")
    grouped = GROUPED.fullmatch(text)
    if text.count(separator) > 1 or (grouped and separator != decimal):
        return text.replace(separator, "") if grouped else "?"
    return text.replace(separator, ".")


def _get_separators(text: str) -> tuple[str, str]:
    """The comma and the dot, first the one that comes last in the text, or is the only one."""
    separator = max(".,", key=text.rfind)
    return separator, "," if separator == "." else "."


def guess_decimal_separator(texts: Iterable[str]) -> str | None:
    """The decimal separator in these texts; None if no text shows it."""
    for text in texts:
        bare = _extract_digits(text)
        separator, other = _get_separators(bare)
        if other in bare:
            return separator
        if bare.count(separator) > 1 and GROUPED.fullmatch(bare):
            return other
        if (
            bare.count(separator) == 1
            and not GROUPED.fullmatch(bare)
            and PLAIN.fullmatch(bare.replace(",", "."))
        ):
            return separator
    return None


def format_plain_number(value: float) -> str:
    """A number as people see it: whole numbers without ".0", however long; others with their exact digits."""
    if value == int(value) and abs(value) < 1e18:
        return str(int(value))
    return format(Decimal(repr(round(value, 15 - len(str(int(abs(value))))))), "f")

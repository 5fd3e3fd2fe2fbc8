"""Numbers as people write them: 1234.5, 1,234.50, 1.234,50, 1 234,50, 1'234.50."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

# How a form asks for the separator in texts such as 1.234.
DECIMALS = [(".", _lazy("Decimal point: 1,234.50")), (",", _lazy("Decimal comma: 1.234,50"))]

SPACES = re.compile(r"[\s\u00a0\u2007\u202f'’]")
PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})+")


def read_number(text: str, *, decimal: str = ".") -> Decimal:
    """`decimal` decides when a text is ambiguous, such as 1.234. Raises ValueError with a sentence."""
    bare = SPACES.sub("", text).replace("\u2212", "-")
    found = _unified(bare, decimal)
    if not PLAIN.fullmatch(found) or len(found) > 40:
        raise ValueError(_("This isn’t a number. Enter a number like 1250."))
    return Decimal(found)


def _unified(text: str, decimal: str) -> str:
    """With a dot as the decimal separator and no thousands separators."""
    comma, dot = text.rfind(","), text.rfind(".")
    if comma >= 0 and dot >= 0:
        last = "," if comma > dot else "."
        return text.replace("." if last == "," else ",", "").replace(last, ".")
    separator = "," if comma >= 0 else "."
    grouped = GROUPED.fullmatch(text)
    if text.count(separator) > 1 or (grouped and separator != decimal):
        return text.replace(separator, "") if grouped else "?"
    return text.replace(separator, ".")


def looks_decimal(texts: list[str]) -> str | None:
    """The decimal separator in these texts; None if no text shows it."""
    for text in texts:
        bare = SPACES.sub("", text)
        comma, dot = bare.rfind(","), bare.rfind(".")
        if comma >= 0 and dot >= 0:
            return "," if comma > dot else "."
        separator = "," if comma >= 0 else "."
        if bare.count(separator) > 1 and GROUPED.fullmatch(bare):
            return "." if separator == "," else ","
        if (
            bare.count(separator) == 1
            and not GROUPED.fullmatch(bare)
            and PLAIN.fullmatch(bare.replace(",", "."))
        ):
            return separator
    return None


def as_digits(value: float) -> str:
    """A number as people see it: whole numbers without ".0", however long; others with their exact digits."""
    if value == int(value) and abs(value) < 1e18:
        return str(int(value))
    return format(Decimal(repr(round(value, 15 - len(str(int(abs(value))))))), "f")

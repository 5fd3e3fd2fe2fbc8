"""Guesses what kind of field a column of a file would be, from all of its values."""

import re
from collections import Counter
from typing import Any

from crm.models import CustomField
from crm.platform.excel.parsing.date_parsing import YEAR_FIRST, YEAR_LAST
from crm.platform.excel.parsing.name_lists import split_names
from crm.platform.excel.parsing.number_parsing import count_decimals, guess_thousands_separator, parse_number
from crm.platform.excel.parsing.yes_no import NO, YES
from crm.platform.text.text_folding import fold_text
from crm.transfer.imports.columns.cell_evidence import EMAIL

Type = CustomField.Type
# Texts by which other programs say that there is no value, folded.
BLANK = {"select", "select…", "select...", "-select-", "- select -", "n/a", "na", "n.a.", "-", "--", "null", "none", "(none)", "-none-"}  # fmt: skip
# A column with more different values than this isn't a choice; no more are counted.
MOST_COUNTED = 1_000
MOST_CHOICES = 60
LONGEST_CHOICE = 60
LONG = 200
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
LISTED = re.compile(r"\s:::\s|[;|]")
WITH_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")


def propose_field_type(counts: Counter[str], kinds: set[str], *, many: bool) -> dict[str, Any]:
    """The type of a new field, its decimal places, its choices, and the texts that mean "empty".

    `counts` are the different texts with their numbers, all of them unless there are `many`; `kinds` are the kinds of
    the cells (crm/platform/excel/reading/reader.py).
    """
    blanks = [text for text in counts if fold_text(text.strip()) in BLANK]
    filled = Counter({text.strip(): number for text, number in counts.items() if text not in blanks})
    found: dict[str, Any] = {"type": str(Type.TEXT), "decimals": 0, "choices": [], "blanks": blanks}
    if not filled:
        return found
    found["type"] = str(_guess_type(filled, kinds, many=many))
    if found["type"] == Type.NUMBER:
        decimal = "," if guess_thousands_separator(filled) == "." else "."
        found["decimals"] = count_decimals(filled, decimal)
    if found["type"] == Type.CHOICE:
        found["choices"] = merge_spellings(filled)
    return found


def merge_spellings(counts: Counter[str]) -> list[list]:
    """The values with their numbers, most frequent first; those that differ only in case or accents are one, in the
    most frequent spelling."""
    found: dict[str, list] = {}
    for text, number in counts.most_common():
        found.setdefault(fold_text(text), [" ".join(text.split()), 0])[1] += number
    return sorted(found.values(), key=lambda pair: -pair[1])


def _guess_type(filled: Counter[str], kinds: set[str], *, many: bool) -> Type:
    texts = list(filled)
    if kinds <= {"d"}:
        return Type.DATE
    if kinds <= {"d", "t"}:
        return Type.MOMENT
    if _all_fit(texts, _is_yes_or_no) and len({fold_text(text) for text in texts}) <= 2 and len(texts) > 1:
        return Type.YES_NO
    for found, fits in ((Type.EMAIL, EMAIL.fullmatch), (Type.URL, ADDRESS.fullmatch)):
        if _all_fit(texts, fits):
            return found
    if _all_fit(texts, _is_number):
        return Type.NUMBER
    if _all_fit(texts, _is_date):
        return Type.MOMENT if any(":" in text for text in texts) else Type.DATE
    if not many and _are_lists(filled):
        return Type.CHOICES
    if not many and _repeats_values(filled):
        return Type.CHOICE
    return Type.LONG_TEXT if any("\n" in text or len(text) > LONG for text in texts) else Type.TEXT


def _all_fit(texts: list[str], fits: Any) -> bool:
    return all(bool(fits(text)) for text in texts)


def _is_date(text: str) -> bool:
    """Also as programs write a time with its offset: 2025-07-01T10:00:00+03:00."""
    return bool(YEAR_FIRST.fullmatch(text) or YEAR_LAST.fullmatch(text) or WITH_OFFSET.fullmatch(text))


def _are_lists(filled: Counter[str]) -> bool:
    """Whether the cells list values that occur again and again. A comma may also be part of a value."""
    parts: Counter[str] = Counter()
    for text, number in filled.items():
        for name in LISTED.split(text) if text[:1] != "[" else split_names(text, lambda name: False):
            parts[name.strip()] += number
    return set(parts) != set(filled) and _repeats_values(parts)


def _is_yes_or_no(text: str) -> bool:
    return fold_text(text) in YES | NO


def _is_number(text: str) -> bool:
    """A number, but no code such as 007 and no phone."""
    if text.startswith(("+", "0")) and not text.startswith(("0.", "0,")) and text != "0":
        return False
    try:
        return len(text) < 16 and parse_number(text) is not None
    except ValueError:
        return False


def _repeats_values(filled: Counter[str]) -> bool:
    """Whether few values occur again and again."""
    different = len({fold_text(text) for text in filled})
    longest = max(map(len, filled))
    return different <= MOST_CHOICES and longest <= LONGEST_CHOICE and sum(filled.values()) >= 2 * different

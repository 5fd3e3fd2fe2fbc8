"""All the ways in which an email address, a phone number or a name may be spelled in a text, and replacing them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

from crm.platform.text.text_folding import fold_text

# Takes the place of what is erased within a longer text.
GONE = "[erased]"
# Shorter numbers and names say too little about a person to look for them in other texts.
FEWEST_DIGITS, FEWEST_LETTERS = 6, 3
# The national part of a number, which stays the same with and without the code of its country.
NATIONAL = 9
# The first and the last letter of a name.
BEGIN, END = "(?<![[:alnum:]])", "(?![[:alnum:]])"
# All are read by Python and by PostgreSQL.
BETWEEN_DIGITS = r"(?:%20|[^0-9A-Za-z]{0,3})"
BETWEEN_WORDS = r"(?:[\s_+.,\-]|%20|%2C){1,4}"


@dataclass(frozen=True)
class Spellings:
    """`emails` as typed and folded, `phones` with digits in any form, `names` as (first, last).

    The three patterns find the addresses and numbers; those and full names; those and each of the names alone.
    """

    emails: frozenset[str]
    phones: frozenset[str]
    names: frozenset[tuple[str, str]]

    @cached_property
    def addresses_pattern(self) -> str:
        return _build_any_of_pattern(
            [
                *map(_build_email_pattern, sorted(self.emails, key=len, reverse=True)),
                *_build_phone_patterns(self.phones),
            ]
        )

    @cached_property
    def full_names_pattern(self) -> str:
        return _build_any_of_pattern([self.addresses_pattern, *_build_full_name_patterns(self.names)])

    @cached_property
    def any_name_pattern(self) -> str:
        alone = {one for name in self.names for one in name if len(one) >= FEWEST_LETTERS}
        return _build_any_of_pattern(
            [
                self.full_names_pattern,
                *(BEGIN + _build_word_pattern(one) + END for one in _sort_longest_first(alone)),
            ]
        )


def erase_pattern(pattern: str, value: Any) -> Any:
    """The value without what the pattern finds, in texts at any depth of lists and objects."""
    if isinstance(value, str):
        return compile_for_python(pattern).sub(GONE, value) if pattern else value
    if isinstance(value, list):
        return [erase_pattern(pattern, one) for one in value]
    if isinstance(value, dict):
        return {erase_pattern(pattern, key): erase_pattern(pattern, one) for key, one in value.items()}
    return value


def compile_for_python(pattern: str) -> "re.Pattern[str]":
    """Python has no names for classes of characters."""
    return re.compile(pattern.replace("[[:alnum:]]", r"[^\W_]"), re.IGNORECASE)


def _build_any_of_pattern(parts: Iterable[str]) -> str:
    return "|".join(part for part in parts if part)


def _sort_longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _build_word_pattern(text: str) -> str:
    """As typed, without marks, and as a part of an address. Some databases know no capitals beyond ASCII."""
    forms = dict.fromkeys(
        [
            text,
            text.lower(),
            text.upper(),
            fold_text(text),
            quote(text),
            quote_plus(text),
            json.dumps(text)[1:-1],
        ]
    )
    return f"(?:{_build_any_of_pattern(map(re.escape, forms))})"


def _build_email_pattern(address: str) -> str:
    """Not within a longer address. The sign for "at" may be encoded."""
    name, _at, domain = address.partition("@")
    parts = [
        f"(?:{_build_any_of_pattern(map(re.escape, dict.fromkeys([one, quote(one)])))})"
        for one in (name, domain)
    ]
    return r"(?<![A-Za-z0-9])" + "(?:@|%40)".join(parts) + r"(?![A-Za-z0-9])" if domain else ""


def _build_phone_patterns(phones: Iterable[str]) -> list[str]:
    found = set()
    for phone in phones:
        digits = re.sub(r"\D", "", phone)
        if len(digits) >= FEWEST_DIGITS:
            found.add(digits[-NATIONAL:].lstrip("0"))
    return [
        rf"(?<![0-9])(?:\+?[0-9]{{1,5}}{BETWEEN_DIGITS})?{BETWEEN_DIGITS.join(digits)}(?![0-9])"
        for digits in _sort_longest_first(found)
        if len(digits) >= FEWEST_DIGITS - 1
    ]


def _build_full_name_patterns(names: Iterable[tuple[str, str]]) -> list[str]:
    """In both orders."""
    full = sorted((first, last) for first, last in names if first and last)
    orders = [pair for first, last in full for pair in ((first, last), (last, first))]
    return [BEGIN + BETWEEN_WORDS.join(map(_build_spaced_pattern, pair)) + END for pair in orders]


def _build_spaced_pattern(name: str) -> str:
    return BETWEEN_WORDS.join(map(_build_word_pattern, name.split()))

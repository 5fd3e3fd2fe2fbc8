"""Several emails or phones in one cell, the additional ones of other programs as JSON, and what they write around each."""

import re
from typing import Any

import phonenumbers

from crm.platform.excel.parsing.name_lists import parse_json_list

# "a ::: b" of Google and Bitrix24, lists in any punctuation, and a new line for each.
BETWEEN = re.compile(r"\s*(?:\s:::\s|[;,|\n])\s*")
BETWEEN_EMAILS = re.compile(r"\s*(?:\s:::\s|[;,|/\n]|\s)\s*")
# A slash also occurs within a number, as in 021/310 10 10.
SLASH = re.compile(r"\s*/\s*")
# Meta writes "p:+40722123456"; programs that link numbers write "tel:+40722123456", people "Tel. 0722 123 456". A quote
# keeps a spreadsheet from making a number of it.
PREFIX = re.compile(
    r"^(?:[ptm]\s*[.:]+|(?:tel|phone|telefon|telephone|mobile|mobil|mob|cell|callto)(?:\s*[.:]+|\b)|['’‘`´]+)\s*(?=[+(\d])",
    re.IGNORECASE,
)
# A number that pandas took for one with decimals.
WITH_DECIMALS = re.compile(r"(\+?\d{6,})\.0")
PHONE = re.compile(r"\+?[\d\s()./\-\u00a0]{6,}(?:\s*(?:ext|int|x)\.?\s*\d{1,6})?", re.IGNORECASE)
FEWEST_DIGITS = 6
# Programs also end a list with one.
SEPARATORS = ";,|\n "
# Most cells have one value.
ONE_EMAIL = re.compile(r"[^\s;,|/<>\[\]:@]+@[^\s;,|/<>\[\]:@]+")
ONE_PHONE = re.compile(r"\+?[\d ()\-]{1,20}")
NAMED_EMAIL = re.compile(r"([^<>@]*)<([^<>\s]+@[^<>\s]+)>")


def tidy_phone(text: str) -> str:
    """A phone without what programs write around it."""
    bare = PREFIX.sub("", text.strip())
    match = WITH_DECIMALS.fullmatch(bare)
    return match[1] if match else bare


def split_phones(text: str) -> list[str]:
    """The phones in a text; the text itself if it isn't a list of phones."""
    if ONE_PHONE.fullmatch(text):
        return [text]
    listed = parse_json_list(text)
    if listed is not None:
        return [phone for one in listed if (phone := _get_phone_text(one))]
    text = text.strip(SEPARATORS)
    for separator in (BETWEEN, SLASH):
        parts = [tidy_phone(part) for part in separator.split(text) if part.strip()]
        if len(parts) > 1 and all(map(_is_phone, parts)):
            return list(dict.fromkeys(parts))
    return [tidy_phone(text)]


def _is_phone(text: str) -> bool:
    return bool(PHONE.fullmatch(text)) and sum(letter.isdecimal() for letter in text) >= FEWEST_DIGITS


def _get_phone_text(found: Any) -> str:
    """Twenty writes {"number": "612345678", "callingCode": "+33"} for an additional phone."""
    if isinstance(found, dict):
        code, number = str(found.get("callingCode") or ""), str(found.get("number") or "")
        return add_calling_code(number, code) if number else ""
    return tidy_phone(str(found))


def add_calling_code(number: str, code: str) -> str:
    """A number whose calling code is written elsewhere: "612345678" and "+33" are "+33 612345678"."""
    digits = "".join(letter for letter in code if letter.isdecimal())[:4]
    bare = tidy_phone(number)
    if not digits or not any(map(str.isdecimal, bare)) or bare.startswith(("+", "00")):
        return bare
    try:
        found = phonenumbers.parse(bare, phonenumbers.region_code_for_country_code(int(digits)))
    except phonenumbers.NumberParseException:
        return f"+{digits} {bare}"
    # Without the zero that some countries dial before the number within the country.
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def split_emails(text: str) -> list[str]:
    """The email addresses in a text; the text itself if it isn't a list of addresses."""
    if ONE_EMAIL.fullmatch(text):
        return [text]
    listed = parse_json_list(text)
    if listed is not None:
        return [str(one).strip() for one in listed if isinstance(one, str) and one.strip()]
    if named := NAMED_EMAIL.fullmatch(text):
        return [named[2]]
    bare = text.removeprefix("mailto:")
    parts = [part for part in BETWEEN_EMAILS.split(bare) if part]
    if parts and all(part.count("@") == 1 and not part.endswith("@") for part in parts):
        return list(dict.fromkeys(parts))
    return [bare]


def get_name_before_email(text: str) -> str:
    """The name in "Ana Pop <ana@example.com>", '' if there is none."""
    named = NAMED_EMAIL.fullmatch(text)
    return named[1].strip(" \"'") if named else ""

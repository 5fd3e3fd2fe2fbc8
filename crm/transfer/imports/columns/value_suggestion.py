"""Guesses the field of a column from its values, for headers that say nothing: an email, a website, or a phone.

A wrong guess is worse than none, so most columns of digits, links and addresses of others aren't guessed at all: dates, amounts,
numbers of one length without separators, faxes and pagers, social networks, and the addresses of owners, users and assistants.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import phonenumbers

from crm.platform.excel.parsing.date_parsing import YEAR_FIRST, YEAR_LAST
from crm.platform.text.text_folding import normalize_heading
from crm.transfer.imports.columns.cell_evidence import EMAIL, SOCIAL
from crm.transfer.imports.columns.header_words import split_camel_case
from crm.transfer.imports.columns.shared_headers import NEVER, OTHERS, split_into_word_set

# Of the values of a column, more than this share must be such values.
MOST = 0.8
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
DIGITS = re.compile(r"['’]?\+?[\d\s()./-]+")
# How a phone without a calling code begins, so that it isn't a period, a code, or an amount.
NATIONAL = re.compile(r"[(0].*|\d{3}[\s.-]\d{3}[\s.-]\d{3,4}")
# E.164: a phone has at most 15 digits. Fewer than 7 may be anything.
FEWEST_DIGITS, MOST_DIGITS = 7, 15
# The words of headers that speak against each guess.
NO_EMAIL = split_into_word_set("status type label domain opt display confidence source verified")
NO_PHONE = split_into_word_set(
    "status type label id ids code codes cod date data amount price value valoare suma total sum balance sold revenue turnover venit "
    "cifra profit iban account cont card serial vat tax cui cif cnp birth birthday nastere expira expirare extension ext sku "
    "barcode"
)
NO_WEBSITE = split_into_word_set(
    "photo picture image avatar logo icon file document attachment landing referrer page record crm booking calendar meeting zoom "
    "video map maps unsubscribe tracking utm source form location event invoice download feed api"
)
PHONE_WORDS = split_into_word_set(
    "phone phones telephone tel telefon telefonul mobile mobil mobilul cell cellphone gsm handy telefono mobilephone"
)


@dataclass(frozen=True)
class FieldGuess:
    """A field, the words of headers that speak against it, and whether a value looks like one. `together` also looks at all
    values of the column."""

    field: str
    against: frozenset[str]
    looks_like: Callable[[str, Collection[str], Collection[str]], bool]
    together: Callable[[Sequence[str]], bool] = bool


def guess_field_by_values(
    heading: str, cells: Sequence[tuple[str, str]], fields: Collection[str], countries: Collection[str] = ()
) -> str:
    """The field, one of `fields`, or ''. `cells` are the kinds (crm/platform/excel/reading/reader.py) and texts of the column's cells, `countries` the ISO codes
    of the countries whose phones may be without a calling code."""
    texts = [text.strip() for _kind, text in cells if text.strip()]
    # "WhatsApp" is a word too.
    words = {*split_camel_case(heading).split(), *normalize_heading(heading).split()}
    if not texts or words & (OTHERS | NEVER) or {kind for kind, _text in cells} & {"d", "t"}:
        return ""
    for guess in GUESSES:
        fits = guess.field in fields and not words & guess.against
        if fits and _get_matching_share(guess, texts, words, countries) > MOST and guess.together(texts):
            return guess.field
    return ""


def _get_matching_share(
    guess: FieldGuess, texts: Sequence[str], words: Collection[str], countries: Collection[str]
) -> float:
    return sum(guess.looks_like(text, words, countries) for text in texts) / len(texts)


def looks_like_email(text: str, words: Collection[str] = (), countries: Collection[str] = ()) -> bool:
    return bool(EMAIL.fullmatch(text))


def looks_like_website(text: str, words: Collection[str] = (), countries: Collection[str] = ()) -> bool:
    """A link to a whole site: no profile of a social network, and no page with a query."""
    if not ADDRESS.fullmatch(text):
        return False
    parts = urlsplit(text if "://" in text else f"//{text}")
    # A page below is one of a shop, a portal, or a program.
    return not parts.query and parts.path.strip("/").count("/") == 0 and not SOCIAL.search(text)


def looks_like_phone(text: str, words: Collection[str] = (), countries: Collection[str] = ()) -> bool:
    """A phone number: with its calling code, or else one of these countries with separators. Digits without separators may be any
    number, unless the header says that they're phones."""
    digits = sum(letter.isdigit() for letter in text)
    if not DIGITS.fullmatch(text) or not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        return False
    if YEAR_FIRST.fullmatch(text) or YEAR_LAST.fullmatch(text):
        return False
    number = text.lstrip("'’").strip()
    if number.startswith("+"):
        return _is_number(number, None)
    if not PHONE_WORDS.isdisjoint(words):
        return True
    return (
        not number.isdigit()
        and bool(NATIONAL.fullmatch(number))
        and any(_is_number(number, country) for country in countries)
    )


def _is_number(text: str, country: str | None) -> bool:
    """Whether such a number can exist: for numbers without a calling code, whether the country has given out such numbers."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) if country else phonenumbers.is_possible_number(number)


def _looks_like_personal_values(texts: Sequence[str]) -> bool:
    """Whether nearly all are different: the address of a colleague repeats from row to row."""
    return len({text.casefold() for text in texts}) >= MOST * len(texts)


def _looks_like_company_sites(texts: Sequence[str]) -> bool:
    """Whether most are on sites of their own: the pages of a program, or of a campaign, are all on one."""
    hosts = {urlsplit(text if "://" in text else f"//{text}").netloc.casefold() for text in texts}
    return len(texts) == 1 or len(hosts) > len(texts) / 2


GUESSES = (
    FieldGuess("email", NO_EMAIL, looks_like_email, _looks_like_personal_values),
    FieldGuess("website", NO_WEBSITE, looks_like_website, _looks_like_company_sites),
    FieldGuess("phone", NO_PHONE, looks_like_phone),
)

"""The signs and codes of currencies in amounts that people write."""

from collections.abc import Sequence
from functools import cache

import pycountry

# The currencies of each sign and abbreviation, the most usual one first, in lower case (Unicode CLDR, symbols and narrow
# symbols). A sign of several countries of the same weight has no first one: see UNCLEAR.
SIGNS: dict[str, tuple[str, ...]] = {
    "€": ("EUR",), "euro": ("EUR",), "euros": ("EUR",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD"),
    "us$": ("USD",), "usd$": ("USD",), "ca$": ("CAD",), "c$": ("CAD",), "a$": ("AUD",), "au$": ("AUD",), "nz$": ("NZD",),
    "s$": ("SGD",), "hk$": ("HKD",), "mx$": ("MXN",), "nt$": ("TWD",), "r$": ("BRL",),
    "£": ("GBP", "EGP", "LBP", "SYP"), "¥": ("JPY", "CNY"), "￥": ("JPY", "CNY"), "元": ("CNY",), "円": ("JPY",),
    "₺": ("TRY",), "tl": ("TRY",), "₴": ("UAH",), "грн": ("UAH",), "₽": ("RUB",), "руб": ("RUB",), "₹": ("INR",),
    "₩": ("KRW",), "₪": ("ILS",), "₫": ("VND",), "₱": ("PHP",), "₸": ("KZT",), "₾": ("GEL",), "฿": ("THB",),
    "zł": ("PLN",), "zl": ("PLN",), "kč": ("CZK",), "kc": ("CZK",), "ft": ("HUF",), "лв": ("BGN",), "din": ("RSD",),
    "lei": ("RON", "MDL"), "leu": ("RON", "MDL"), "fr": ("CHF",), "sfr": ("CHF",), "fr.": ("CHF",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}  # fmt: skip
# Signs that say too little on their own.
UNCLEAR = (SIGNS["kr"],)


@cache
def get_currency_codes() -> frozenset[str]:
    """The codes of ISO 4217."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


def get_possible_currencies(text: str) -> tuple[str, ...]:
    """The currencies that a sign, an abbreviation or a code may mean; none if it is no currency."""
    bare = text.casefold().rstrip(".")
    if bare in SIGNS:
        return SIGNS[bare]
    return (bare.upper(),) if bare.upper() in get_currency_codes() else ()


def choose_currency(named: Sequence[str], usual: str) -> str:
    """The one that is meant where amounts are usually in another currency; '' if that can't be told."""
    if usual in named:
        return usual
    return "" if tuple(named) in UNCLEAR else named[0]

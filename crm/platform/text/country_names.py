"""The names of countries, from the data of libraries: ISO 3166 with official and former names (pycountry), common and older
names (django-countries), and their translations in both."""

import gettext
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import django_countries
import pycountry
from django.conf import settings
from django.utils import translation
from django_countries import countries
from rapidfuzz import fuzz, process

from crm.platform.text.text_folding import fold_text

# Abbreviations and everyday names that none of these libraries has.
EVERYDAY = {
    "UK": "GB", "Great Britain": "GB", "Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB",
    "Northern Ireland": "GB", "US of A": "US", "America": "US", "UAE": "AE", "DRC": "CD",
    "Ivory Coast": "CI", "Cape Verde": "CV", "Republic of Ireland": "IE", "Hong Kong SAR": "HK", "Macau SAR": "MO", "Macao SAR": "MO",
    "Palestinian Territory, Occupied": "PS", "Korea": "KR", "Holland": "NL", "SUA": "US", "Statele Unite": "US",
    "Anglia": "GB", "Marea Britanie": "GB", "Olanda": "NL", "Republica Moldova": "MD", "Cehia": "CZ",
}  # fmt: skip
OF_DJANGO = Path(django_countries.__file__).parent / "locale"
# Words that say nothing about which country it is, where the order of words differs.
LITTLE_WORDS = frozenset({"the", "of", "and"})
# Words that many official names share: they make names alike that aren't.
FORMS_OF_STATE = frozenset(
    {"republic", "kingdom", "state", "states", "democratic", "islamic", "federal", "union"}
)
SILENT = re.compile(r"[.'’`]")
BETWEEN_WORDS = re.compile(r"[\W_]+")


def build_name_key(text: str) -> str:
    """Names that differ in capitals, marks, punctuation, "The", "&" or "St." have the same one."""
    words = BETWEEN_WORDS.sub(" ", SILENT.sub("", fold_text(text.replace("&", " and ")))).split()
    if len(words) < 2:
        return "".join(words)
    words = ["saint" if word == "st" else word for word in words]
    return " ".join(words[words[0] == "the" : len(words) - (words[-1] == "the")])


def build_words_key(text: str) -> frozenset[str]:
    """The same for "Moldova, Republic of", "Republic of Moldova" and "Moldova (the Republic of)"."""
    return frozenset(build_name_key(text).split()) - LITTLE_WORDS


def remove_common_words(key: str) -> str:
    """A name without the words that many countries have in theirs."""
    words = [word for word in key.split() if word not in LITTLE_WORDS | FORMS_OF_STATE]
    return " ".join(words) or key


@cache
def get_english_names() -> dict[str, str]:
    """ISO codes by the key of each English name and code."""
    found: dict[str, str] = {}
    for name, code in (
        *EVERYDAY.items(),
        *_generate_names(),
        *_iterate_former_names(),
        *_generate_short_names(),
    ):
        if code in countries:
            found.setdefault(build_name_key(name), code)
    return found


@cache
def get_codes_by_word_set() -> dict[frozenset[str], str]:
    """ISO codes by the words of each English name of several words."""
    found: dict[frozenset[str], str] = {}
    for name, code in get_english_names().items():
        if len(words := build_words_key(name)) > 1:
            found.setdefault(words, code)
    return found


def _iterate_common_names() -> Iterator[tuple[str, str]]:
    """The names of django-countries in English, those of today first."""
    with translation.override("en"):
        for code, name in countries:
            yield str(name), code
        for code, older in countries.OLD_NAMES.items():
            yield from ((str(name), code) for name in older)


def _generate_iso_names() -> Iterator[tuple[str, str]]:
    for country in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            if kind in country._fields:
                yield getattr(country, kind), country.alpha_2


def _generate_names() -> Iterator[tuple[str, str]]:
    yield from _iterate_common_names()
    yield from _generate_iso_names()
    for country in pycountry.countries:
        yield country.alpha_2, country.alpha_2
        yield country.alpha_3, country.alpha_2
        # "Holy See (Vatican City State)" has two names.
        if "State)" in country.name:
            yield country.name.partition("(")[0], country.alpha_2


def _iterate_former_names() -> Iterator[tuple[str, str]]:
    """Names of ISO 3166-3, whose four-letter codes end with that of the country today."""
    for country in pycountry.historic_countries:
        yield country.name, country.alpha_4[2:]
        yield country.name.partition(",")[0], country.alpha_4[2:]


def _generate_short_names() -> Iterator[tuple[str, str]]:
    """ "Bosnia" for Bosnia and Herzegovina."""
    for country in pycountry.countries:
        first, others, _rest = country.name.partition(" and ")
        if others:
            yield first.partition(",")[0], country.alpha_2


@cache
def get_codes_by_name(language: str) -> dict[str, str]:
    """ISO codes by the key of each name in another language, as in pycountry ("de", "pt_BR")."""
    found: dict[str, str] = {}
    if language in dict(settings.LANGUAGES):
        # As the product itself writes them.
        with translation.override(language):
            found |= {build_name_key(str(name)): code for code, name in countries}
    for catalog, names in (
        (_load_catalog(pycountry.LOCALES_DIR, language, "iso3166-1"), _generate_iso_names),
        (_load_catalog(OF_DJANGO, language, "django"), _iterate_common_names),
    ):
        if catalog:
            for name, code in names():
                if code in countries:
                    found.setdefault(build_name_key(catalog.gettext(name)), code)
    return found


def _load_catalog(folder: str | Path, language: str, domain: str) -> gettext.GNUTranslations | None:
    path = Path(folder, language, "LC_MESSAGES", f"{domain}.mo")
    if not path.exists():
        return None
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


# Shorter texts are parts of other words more often than the short name of a country.
SHORTEST_NAME = 4
OUR_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != "en")
# The languages in which the names in files are recognized, in addition to the product's languages. Of names that mean
# different countries in two languages, the first one counts.
OTHER_LANGUAGES = (
    "de", "fr", "es", "it", "pt", "pt_BR", "nl", "pl", "hu", "cs", "sk", "bg", "hr", "sl", "sr", "sr@latin", "bs", "mk", "sq",
    "el", "tr", "ru", "uk", "be", "sv", "da", "nb_NO", "nn", "fi", "et", "lv", "lt", "is", "ca", "eu", "gl", "ga", "ar",
    "fa", "he", "hi", "ja", "ko", "zh_CN", "zh_TW", "th", "vi", "id", "ms", "ka", "hy", "az", "kk", "af", "sw",
)  # fmt: skip
# How similar a misspelled name must be to be suggested, in percent.
ALIKE = 85


def find_country_code(text: str) -> str:
    """The ISO code of the country with this name in a language of the product; '' for none."""
    name = text.strip()
    return _find_country(name, OUR_LANGUAGES) if len(name) >= SHORTEST_NAME else ""


def find_country_in_any_language(text: str) -> str:
    """The ISO code of the country that a text names, in the product's languages first; '' for none."""
    if found := _find_country(text, (*OUR_LANGUAGES, *OTHER_LANGUAGES)):
        return found
    if found := get_codes_by_word_set().get(build_words_key(text), ""):
        return found
    # "United Arab Emirates (UAE)": both names have to mean the same country.
    before, _opening, within = text.strip().removesuffix(")").partition("(")
    both = {_find_country(part, OUR_LANGUAGES) for part in (before, within)} if within.strip() else {""}
    return both.pop() if len(both) == 1 else ""


def find_similar_country(text: str) -> str:
    """The ISO code of the country whose name in a language of the product is the most similar; '' if none is."""
    names = _get_names_to_compare()
    close = process.extractOne(
        remove_common_words(build_name_key(text)), names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE
    )
    return names[close[0]] if close else ""


@cache
def _get_names_to_compare() -> dict[str, str]:
    """Without codes: they are similar to any short text."""
    names = [pair for language in ("en", *OUR_LANGUAGES) for pair in get_codes_by_name(language).items()]
    names += get_english_names().items()
    return {remove_common_words(name): code for name, code in reversed(names) if len(name) >= SHORTEST_NAME}


def _find_country(text: str, languages: Iterable[str]) -> str:
    key = build_name_key(text)
    if found := get_english_names().get(key):
        return found
    # The names in another language are read only when a name isn't found.
    return next((code for language in languages if (code := get_codes_by_name(language).get(key))), "")

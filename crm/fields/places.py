"""Countries by the names that people use for them, in their own language or in ours."""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils import translation
from django_countries import countries

from crm.records.folding import plain

# Shorter texts are parts of other words more often than the short name of a country.
SHORTEST_NAME = 4
OUR_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
# The languages in which the names in files are recognized, in addition to the product's languages.
OTHER_LANGUAGES = (
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "hu",
    "cs",
    "bg",
    "hr",
    "sv",
    "da",
    "el",
    "tr",
    "ru",
    "uk",
)
OTHER_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "u.s.a.": "US",
    "united states": "US", "america": "US", "holland": "NL", "czech republic": "CZ", "russia": "RU", "south korea": "KR",
    "korea": "KR", "moldova": "MD", "macedonia": "MK", "vietnam": "VN", "uae": "AE", "anglia": "GB", "marea britanie": "GB",
    "olanda": "NL", "statele unite": "US", "sua": "US", "republica moldova": "MD", "cehia": "CZ",
}  # fmt: skip


def country_named(text: str) -> str:
    """The ISO code of the country with this name in a language of the product; '' for none."""
    name = plain(text.strip())
    return _country(name, OUR_LANGUAGES) if len(name) >= SHORTEST_NAME else ""


def country_in_any_language(name: str) -> str:
    """The ISO code of the country with this folded name, in the product's languages first; '' for none."""
    return _country(name, (*OUR_LANGUAGES, *OTHER_LANGUAGES))


def _country(name: str, languages: Iterable[str]) -> str:
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    # The names in another language are read only when a name isn't found.
    return next((code for language in languages if (code := names_in(language).get(name))), "")


@cache
def names_in(language: str) -> dict[str, str]:
    """ISO codes by the folded names in this language."""
    with translation.override(language):
        return {plain(str(name)): code for code, name in countries}

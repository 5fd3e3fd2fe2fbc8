"""Countries by the names that people use for them, in their own language or in ours."""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from rapidfuzz import fuzz, process

from crm.platform.text.country_names import (
    english_names,
    get_codes_by_name,
    get_codes_by_word_set,
    name_key,
    remove_common_words,
    words_key,
)

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
    return _country(name, OUR_LANGUAGES) if len(name) >= SHORTEST_NAME else ""


def country_in_any_language(text: str) -> str:
    """The ISO code of the country that a text names, in the product's languages first; '' for none."""
    if found := _country(text, (*OUR_LANGUAGES, *OTHER_LANGUAGES)):
        return found
    if found := get_codes_by_word_set().get(words_key(text), ""):
        return found
    # "United Arab Emirates (UAE)": both names have to mean the same country.
    before, _opening, within = text.strip().removesuffix(")").partition("(")
    both = {_country(part, OUR_LANGUAGES) for part in (before, within)} if within.strip() else {""}
    return both.pop() if len(both) == 1 else ""


def country_like(text: str) -> str:
    """The ISO code of the country whose name in a language of the product is the most similar; '' if none is."""
    names = _names_to_compare()
    close = process.extractOne(
        remove_common_words(name_key(text)), names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE
    )
    return names[close[0]] if close else ""


@cache
def _names_to_compare() -> dict[str, str]:
    """Without codes: they are similar to any short text."""
    names = [pair for language in ("en", *OUR_LANGUAGES) for pair in get_codes_by_name(language).items()]
    names += english_names().items()
    return {remove_common_words(name): code for name, code in reversed(names) if len(name) >= SHORTEST_NAME}


def _country(text: str, languages: Iterable[str]) -> str:
    key = name_key(text)
    if not key:
        return ""
    if found := english_names().get(key):
        return found
    # The names in another language are read only when a name isn't found.
    return next((code for language in languages if (code := get_codes_by_name(language).get(key))), "")

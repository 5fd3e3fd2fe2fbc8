"""Countries by the names that people type for them."""

from functools import cache

from django.conf import settings
from django.utils import translation
from django_countries import countries

from crm.excel.lookups import OTHER_COUNTRY_NAMES
from crm.records.folding import plain

# Shorter texts are parts of other words more often than the short name of a country.
SHORTEST_NAME = 4


def country_named(text: str) -> str:
    """The ISO code of the country with this name in a language of the product; '' for none."""
    name = plain(text.strip())
    return _codes().get(name, "") if len(name) >= SHORTEST_NAME else ""


@cache
def _codes() -> dict[str, str]:
    found = dict(OTHER_COUNTRY_NAMES)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {plain(str(name)): code for code, name in countries}
    return found

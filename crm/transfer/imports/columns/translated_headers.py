"""Headers that are recognized in every language of the product, whichever the file was written in."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils import translation

from crm.platform.text.text_folding import normalize_heading


def get_translated_headers(get_headings: Callable[[], Mapping[str, str]]) -> dict[str, str]:
    """The column that each header means, folded. `get_headings` has the headers by column, in the current language."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {normalize_heading(heading): name for name, heading in get_headings().items()}
    return found


def get_translations(get_text: Callable[[], str]) -> set[str]:
    """A text in all languages, folded."""
    return set(get_translated_headers(lambda: {"": get_text()}))

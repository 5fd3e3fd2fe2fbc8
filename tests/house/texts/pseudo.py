"""A pseudo-language, English between ⟦ and ⟧: any text outside them never went through gettext."""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from unittest.mock import patch

from django.conf import settings
from django.test import override_settings
from django.utils.translation import trans_real

from crm.transfer.imports.columns.header_words import _get_fields_by_word
from leads.ready_pipelines.ready_pipeline import Text

CODE = "xa"
OPENING, CLOSING = "⟦", "⟧"


class Pseudo(gettext.NullTranslations):
    """Translates every text, including those of libraries, into itself between the brackets."""

    def gettext(self, message):
        return OPENING + message.rpartition(trans_real.CONTEXT_SEPARATOR)[2] + CLOSING

    def ngettext(self, msgid1, msgid2, n):
        return self.gettext(msgid1 if n == 1 else msgid2)

    def to_language(self):
        return CODE


@contextmanager
def spoken() -> Iterator[None]:
    """The pseudo-language applies unless another language was chosen."""
    languages = [*settings.LANGUAGES, (CODE, "Pseudo")]
    try:
        overrides = {**settings.COMPANY_OVERRIDES, "language": CODE}
        with (
            override_settings(LANGUAGES=languages, LANGUAGE_CODE=CODE, COMPANY_OVERRIDES=overrides),
            # They are written in each language, so gettext never has them.
            patch.object(Text, "get_in", lambda text, language: f"{OPENING}{text.en}{CLOSING}"),
        ):
            # Changed settings make Django drop its loaded translations.
            trans_real._translations[CODE] = Pseudo()
            yield
    finally:
        _get_fields_by_word.cache_clear()


class _Reader(HTMLParser):
    """Collects what people see or hear: texts and text attributes, each with its tag."""

    SILENT = {"script", "style", "svg", "kbd", "code"}
    SPOKEN = {"aria-label", "title", "placeholder", "alt", "aria-description", "data-label"}
    # A sentence never extends past these tags.
    BLOCKS = {
        "p",
        "div",
        "li",
        "td",
        "th",
        "tr",
        "h1",
        "h2",
        "h3",
        "dd",
        "dt",
        "section",
        "header",
        "footer",
        "option",
    }

    def __init__(self) -> None:
        super().__init__()
        self.silent: list[str] = []
        self.depth = 0
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag in self.BLOCKS:
            self.depth = 0
        values = dict(attributes)
        for name in self.SPOKEN & values.keys():
            self._see(values[name] or "", 0)
        if tag == "input" and values.get("type") in ("submit", "button"):
            self._see(values.get("value") or "", 0)
        # People's initials, and place names in the list of time zones.
        of_zones = tag == "select" and values.get("name") in ("time_zone", "zone")
        if tag in self.SILENT or values.get("class") == "avatar" or of_zones:
            self.silent.append(tag)

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self.depth = 0
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data):
        if not self.silent:
            self.depth = self._see(data, self.depth)

    def _see(self, text: str, depth: int) -> int:
        left, depth = outside(text, depth)
        self.found.append(left)
        return depth


def outside(text: str, depth: int = 0) -> tuple[str, int]:
    """The text outside the brackets, and how many are open at the end: a sentence may continue across tags inside it."""
    left = ""
    for letter in text:
        if letter == OPENING:
            depth += 1
        elif letter == CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0:
            left += letter
            continue
        left += " " if letter in OPENING + CLOSING else ""
    return left, depth


def unmarked(page: str, data: re.Pattern[str]) -> list[str]:
    """The texts of a page outside the brackets that contain letters and aren't `data`."""
    reader = _Reader()
    # Email addresses have places for breaks (crm/platform/web/rendering/address_breaks.py).
    reader.feed(page.replace("<wbr>", ""))
    return unmarked_texts(reader.found, data)


def unmarked_texts(texts: list[str], data: re.Pattern[str]) -> list[str]:
    left = [" ".join(data.sub(" ", text).split()) for text in texts]
    return [text for text in left if re.search(r"[^\W\d_]", text)]

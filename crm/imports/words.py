"""The names of record fields in other programs and other people's files, folded, by field; the product's own names are
added."""

from functools import cache

from django.conf import settings
from django.utils import translation

from crm.records.folding import plain
from crm.records.kinds import KINDS, Kind


def bare(heading: str) -> str:
    """A header without case, marks, and punctuation: "E-Mail*" becomes "e mail"."""
    letters = "".join(letter if letter.isalnum() else " " for letter in plain(heading))
    return " ".join(letters.split())


def field_by_word(kind: Kind) -> dict[str, str]:
    """The field that each word means. The product's own headers take precedence."""
    return _field_by_word(kind.name)


@cache
def _field_by_word(name: str) -> dict[str, str]:
    kind = KINDS[name]
    found = {}
    for field, words in kind.imports.words.items():
        for word in words.split(", "):
            found[bare(word)] = field
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for field in kind.fields.EXCEL:
                found[bare(kind.resource.heading(kind, field))] = field
    return found

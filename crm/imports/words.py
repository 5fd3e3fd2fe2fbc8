"""What other programs and people call the fields of a record, folded, by field. The product's own words come on top."""

from functools import cache

from django.conf import settings
from django.utils import translation

from crm.records.folding import plain
from crm.records.kinds import KINDS, Kind


def bare(heading: str) -> str:
    """A head without capitals, marks and signs: "E-Mail*" is "e mail"."""
    letters = "".join(letter if letter.isalnum() else " " for letter in plain(heading))
    return " ".join(letters.split())


def field_by_word(kind: Kind) -> dict[str, str]:
    """The field that each word means. What the product itself writes as a head goes before everything else."""
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

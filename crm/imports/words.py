"""The names of record fields in other programs and other people's files, folded, by field; the product's own names are
added."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation

from crm.custom.built_in import as_delivered, changed_of
from crm.records.folding import plain
from crm.records.kinds import KINDS, Kind


def bare(heading: str) -> str:
    """A header without case, marks, and punctuation: "E-Mail*" becomes "e mail"."""
    letters = "".join(letter if letter.isalnum() else " " for letter in plain(heading))
    return " ".join(letters.split())


def field_by_word(kind: Kind, user) -> dict[str, str]:
    """The field that each word means. The product's own headers take precedence, then the labels of custom fields."""
    custom = kind.custom(user)
    labels = {bare(label): field.name for field in custom for label in labels_of(field) if label}
    return _field_by_word(kind.name) | _renamed(kind) | labels


def labels_of(field: Any) -> list[str]:
    """The labels of a custom field in both languages."""
    return [field.definition.name, field.definition.name_ro]


def _renamed(kind: Kind) -> dict[str, str]:
    """The labels that administrators gave built-in fields, in both languages. Those of the code stay known."""
    rows = changed_of(kind.name).items()
    labels = {bare(label): name for name, row in rows for label in (row.label, row.label_ro) if label}
    return {label: name for label, name in labels.items() if name in kind.fields.EXCEL}


@cache
@as_delivered()
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

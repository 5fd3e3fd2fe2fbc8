"""Which labels the fields of a record type have, so that no two fields are called the same in either language."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from crm.fields.custom.definitions.built_in_fields import as_delivered, changed
from crm.fields.schemas import ALONG, Schema
from crm.models import CustomField
from crm.platform.text.text_folding import plain


def field_with_label(kind: Schema, text: str, *, but: str = "") -> str:
    """The label of another field that can't be told apart from this one; '' if there is none. Labels of the code count
    even where an administrator has changed them, because files may still have them."""
    wanted = plain(text)
    for name in built_in_names(kind):
        if name != but and wanted in map(plain, labels_of(kind, name)):
            return kind.heading_in_files(name)
    for row in CustomField.objects.of(kind.name):
        if row.key != but and wanted in (plain(row.name), plain(row.name_ro)):
            return row.label
    return ""


def built_in_labels(kind: Schema) -> set[str]:
    """The labels that a custom field can't have, folded."""
    return {plain(label) for name in built_in_names(kind) for label in labels_of(kind, name)}


def built_in_names(kind: Schema) -> list[str]:
    """Every field and column that the code knows."""
    lists = kind.fields
    names = [*lists.FORM_FIELDS, *lists.LIST, *lists.FACTS, *lists.EXCEL]
    return list(dict.fromkeys(names))


def labels_of(kind: Schema, name: str) -> Iterator[str]:
    """The labels of a built-in field in all languages: those of the code, then those that an administrator gave it."""
    yield from delivered_labels(kind, name).values()
    if row := changed(kind.name, name):
        yield from filter(None, (row.label, row.label_ro))


def delivered_labels(kind: Schema, name: str) -> dict[str, str]:
    """The labels of the code, by language."""
    found = {}
    with as_delivered():
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                found[code] = kind.heading_in_files(name) if name in ALONG else kind.heading(name)
    return found

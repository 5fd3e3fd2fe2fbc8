"""Which labels the fields of a record type have, so that no two fields are called the same in either language."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from crm.fields.custom.definitions.built_in_fields import get_field_change, use_delivered_labels
from crm.fields.schemas import ID_AND_VERSION, Schema
from crm.models import CustomField
from crm.platform.text.text_folding import fold_text


def find_field_with_label(kind: Schema, text: str, *, but: str = "") -> str:
    """The label of another field that can't be told apart from this one; '' if there is none. Labels of the code count
    even where an administrator has changed them, because files may still have them."""
    wanted = fold_text(text)
    for name in get_built_in_names(kind):
        if name != but and wanted in map(fold_text, get_all_labels(kind, name)):
            return kind.get_file_heading(name)
    for row in CustomField.objects.present_of_table(kind.name):
        if row.key != but and wanted in (fold_text(row.name), fold_text(row.name_ro)):
            return row.label
    return ""


def get_folded_built_in_labels(kind: Schema) -> set[str]:
    """The labels that a custom field can't have, folded."""
    return {fold_text(label) for name in get_built_in_names(kind) for label in get_all_labels(kind, name)}


def get_built_in_names(kind: Schema) -> list[str]:
    """Every field and column that the code knows."""
    lists = kind.fields
    names = [*lists.FORM_FIELDS, *lists.LIST, *lists.FACTS, *lists.EXCEL]
    return list(dict.fromkeys(names))


def get_all_labels(kind: Schema, name: str) -> Iterator[str]:
    """The labels of a built-in field in all languages: those of the code, then those that an administrator gave it."""
    yield from get_delivered_labels(kind, name).values()
    if row := get_field_change(kind.name, name):
        yield from filter(None, (row.label, row.label_ro))


def get_delivered_labels(kind: Schema, name: str) -> dict[str, str]:
    """The labels of the code, by language."""
    found = {}
    with use_delivered_labels():
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                found[code] = (
                    kind.get_file_heading(name) if name in ID_AND_VERSION else kind.get_heading(name)
                )
    return found

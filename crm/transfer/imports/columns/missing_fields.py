"""Columns of fields that other programs have and a record type hasn't: preset to a custom field, which the import creates.

The field gets a label of our own, such as "Website", so that the files of other programs find it again by any header that means it.
"""

from collections.abc import Mapping, Sequence

from django.utils.text import capfirst

from crm.models import Import
from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.file_columns import NEW_FIELD, ColumnContent, get_column_targets
from crm.transfer.imports.columns.header_words import get_both_labels, get_headers_without_field
from crm.transfer.imports.columns.new_fields import (
    get_taken_labels,
    get_too_many_reason,
    make_free_name,
    may_create_fields,
)


def offer_fields(imported: Import, columns: Sequence[ColumnContent], meant: Mapping[str, str]) -> None:
    """Map such columns to the custom fields that there are, or propose to create them. `meant` are the headers of a recognized
    program. Of several columns with one meaning, the fullest gets the field."""
    kind = KINDS[imported.table]
    if not get_rules_class(kind).lacks:
        return
    taken = get_taken_labels(kind)
    headers, offered = get_headers_without_field(kind), dict(get_column_targets(kind, imported.user))
    fields = [field for field in kind.get_editable_custom_fields(imported.user) if field.name in offered]
    there = {
        headers.find_field(label): field.name for field in fields for label in get_both_labels(field) if label
    }
    given: set[str] = set()
    for place in sorted(range(len(columns)), key=lambda place: -columns[place].filled):
        word = normalize_heading(columns[place].heading)
        name = meant[word] if word in meant else headers.find_field(columns[place].heading)
        free = not imported.mapping[place] and name not in given and not columns[place].doubted
        if name not in get_rules_class(kind).lacks or not columns[place].filled or not free:
            continue
        given.add(name)
        if name not in there:
            _propose_field(imported, columns[place], place, name, taken)
        elif there[name] not in imported.mapping:
            imported.mapping[place] = columns[place].guess = there[name]


def _propose_field(imported: Import, column: ColumnContent, place: int, name: str, taken: set[str]) -> None:
    """Propose to create the field, if the importer may and there is room for one more. `taken` are the labels of other fields."""
    kind = KINDS[imported.table]
    if not may_create_fields(imported.user) or get_too_many_reason(
        imported, [*imported.mapping, f"{NEW_FIELD}{place}"]
    ):
        return
    lacking = get_rules_class(kind).lacks[name]
    label = make_free_name(str(capfirst(lacking.label)), taken)
    told = {"name": label, "type": str(lacking.type), "decimals": 0, "choices": []}
    imported.new_fields = {**imported.new_fields, str(place): told}
    imported.mapping[place] = column.guess = f"{NEW_FIELD}{place}"

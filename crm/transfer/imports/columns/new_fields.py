"""Custom fields that an import creates, each from one column of its file.

Until the plan is applied, such a field exists only in the import: its name is "new_" and the place of its column.
"""

from collections import Counter
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import build_model_field
from crm.fields.models.custom_field import MOST_CHOICES, MOST_FIELDS, add_choices
from crm.models import CustomField, Import
from crm.platform.excel.parsing.name_lists import split_names
from crm.platform.text.text_folding import fold_text
from crm.records.custom_fields.label_check import get_folded_built_in_labels
from crm.records.kinds.kind_registry import Kind
from crm.transfer.imports.columns.column_guessing import merge_spellings
from crm.transfer.imports.columns.file_columns import NEW_FIELD

# The target of such a column in the form.
CREATE_FIELD = "new"


def may_create_fields(user) -> bool:
    return user.has_perm(CustomField.get_right("add"))


def build_definition(imported: Import, place: int) -> CustomField:
    """The definition of the new field for a column."""
    told = imported.new_fields[str(place)]
    choices: list[dict[str, Any]] = []
    add_choices(choices, told["choices"])
    return CustomField(
        table_of=imported.table,
        name=told["name"][:100],
        type=told["type"],
        decimals=told["decimals"],
        choices=choices,
        is_unique=told.get("unique", False),
    )


def build_planned_fields(imported: Import) -> list[Any]:
    """The fields that the import would create, as model fields."""
    found = []
    for place in sorted(map(int, imported.new_fields)):
        found.append(build_model_field(build_definition(imported, place), f"{NEW_FIELD}{place}"))
    return found


def get_taken_labels(kind: Kind) -> set[str]:
    """The labels that a new field can't have, folded."""
    return get_folded_built_in_labels(kind) | {
        fold_text(name)
        for name in CustomField.objects.present_of_table(kind.name).values_list("name", flat=True)
    }


def make_free_name(name: str, taken: set[str]) -> str:
    """The name, with a number if another field has it; it is taken from now on."""
    found, number = name, 2
    while fold_text(found) in taken:
        found, number = f"{name[:95]} {number}", number + 1
    taken.add(fold_text(found))
    return found


def get_choices_from_column(imported: Import, place: int, type_name: str) -> list[str]:
    """The choices of a new field: all values of its column, most frequent first."""
    if type_name not in (CustomField.Type.CHOICE, CustomField.Type.CHOICES):
        return []
    proposed = imported.columns[place]["new"]
    if type_name == CustomField.Type.CHOICE and proposed["choices"]:
        return [text for text, _count in proposed["choices"]]
    blank = {fold_text(text) for text in proposed["blanks"]}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT trim(cells->>%s), count(*) FROM crm_importrow
               WHERE of_id = %s AND trim(cells->>%s) <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s""",
            [place, imported.pk, place, MOST_CHOICES],
        )
        counts: Counter[str] = Counter()
        for text, count in cursor.fetchall():
            several = type_name == CustomField.Type.CHOICES
            for name in split_names(text, lambda name: False) if several else [text]:
                if fold_text(name) not in blank:
                    counts[name] += count
    return [text for text, _count in merge_spellings(counts)]


def get_too_many_reason(imported: Import, mapping: list[str]) -> str:
    """Why so many new fields can't be created, or ''."""
    new = sum(name.startswith(NEW_FIELD) for name in mapping)
    known = CustomField.objects.present_of_table(imported.table).count() if new else 0
    if known + new <= MOST_FIELDS:
        return ""
    words = _("There can be up to %(most)s custom fields, and there are %(known)s. Skip some columns.")
    return words % {"most": MOST_FIELDS, "known": known}

"""Rows without a name, email, phone or company: the user can choose a column whose text becomes the name of their
records."""

from typing import Any

from django.db import connection
from django.db.models import CharField, Field
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.schemas import WHOLE_NAME
from crm.models import CustomField, Import
from crm.platform.excel.writing.cell_values import get_column_letters
from crm.records.kinds.kind_registry import Kind
from crm.templatetags.look import number
from crm.transfer.imports.check.import_rules import ImportRules
from crm.transfer.imports.check.rules_by_kind import get_rules_class

# The types of custom fields whose values can be a name.
NAMES = (CustomField.Type.TEXT, CustomField.Type.CHOICE)


def count_unnamed_rows(
    imported: Import, mapping: list[str], blanks: dict[str, list[str]], rules: ImportRules
) -> int:
    """How many rows would add a record without a name: all cells of such columns are empty, and so is the ID. `blanks`
    are the texts that mean an empty cell, by place."""
    if not rules.named_by:
        return 0
    names = {"id", *rules.named_by, *([WHOLE_NAME] if rules.splits_names else [])}
    conditions: list[str] = []
    parameters: list[Any] = []
    for place in [place for place, name in enumerate(mapping) if name in names]:
        conditions.append("trim(coalesce(fixes->>%s, cells->>%s, '')) = ANY(%s)")
        parameters += [str(place), place, ["", *blanks.get(str(place), [])]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM crm_importrow WHERE {' AND '.join(['of_id = %s', *conditions])}",
            [imported.pk, *parameters],
        )
        return int(cursor.fetchone()[0])


def get_offered_columns(imported: Import) -> list[tuple[str, str]]:
    """The columns of the file that have any values, by place."""
    places = [place for place, column in enumerate(imported.columns) if column["filled"]]
    return [("", _("Don’t import these rows"))] + [
        (str(place), f"{get_column_letters(place + 1)}, {imported.get_heading(place)}") for place in places
    ]


def can_be_a_name(kind: Kind, name: str, new_fields: dict[str, dict[str, Any]], place: int) -> bool:
    """Whether the field of a column is a text or a choice; new fields are those that the import would create."""
    if told := new_fields.get(str(place)):
        return told["type"] in NAMES
    if custom := get_custom_field(kind.name, name):
        return custom.definition.type in NAMES
    field: Field | None = next((row for row in kind.model._meta.concrete_fields if row.name == name), None)
    # Codes of countries and currencies are choices from a list, not texts of the file.
    return isinstance(field, CharField) and not field.choices and name not in get_rules_class(kind).defaults


def describe_named_rows(imported: Import) -> str:
    """How many rows of the plan got their name from another column, '' if none did."""
    count, place = (
        imported.counts.get("named", 0),
        imported.find_column_index(imported.options.get("name_from", "")),
    )
    if not count or place is None:
        return ""
    words = ngettext(
        "%(number)s row without a name is named by its text in “%(column)s”.",
        "%(number)s rows without a name are named by their text in “%(column)s”.",
        count,
    )
    return words % {"number": number(count), "column": imported.get_heading(place)}

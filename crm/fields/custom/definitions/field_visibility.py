"""Which records have a field: those of its departments, and those whose deciding field has one of the chosen values.

A deciding field that is itself not shown decides nothing, so the field isn't shown either. A status also decides by its
category: the condition then stands for all statuses that have it at the moment.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q

from crm.fields.custom.values.field_registry import get_all_custom_fields, get_custom_field, is_used_in
from crm.fields.models.custom_field import CustomField, is_key
from crm.fields.schemas import SCHEMAS
from crm.platform.sql.reference_tables import get_rows_for_field
from crm.platform.web.id_parsing import get_id_or_value
from crm.platform.web.request_cache import read_cached_in_block

Type = CustomField.Type
YES, NO = "yes", "no"
# The texts that forms have for yes and no, and those of the values themselves.
SPOKEN = {"true": YES, "false": NO, "True": YES, "False": NO, "on": YES}
SAID = {YES: True, NO: False}
NONE = Q(pk__in=[])
# A value of a condition that stands for all rows of this category: "kind:won".
CATEGORY = "kind:"
# The types whose values can decide.
DECIDING = (Type.CHOICE, Type.CHOICES, Type.YES_NO)


def has_field(field: Any, values: Mapping[str, Any]) -> bool:
    """Whether a record with these values, by field name, has the field."""
    return is_used_in(field, get_row_id(values.get("department"))) and is_shown(field, values.get)


def is_shown(field: Any, value_of: Callable[[str], Any], before: tuple[str, ...] = ()) -> bool:
    """Whether the deciding field has one of the chosen values. `value_of` reads a value of the record by field name;
    `before` are the fields that wait for this one: an undo can make a circle of them."""
    name = field.definition.shown_if.get("field", "")
    if not name or field.name in before:
        return True
    if is_key(name):
        deciding = get_deciding_field(field.definition)
        if deciding is None:
            return True
        department = get_row_id(value_of("department"))
        if not (is_used_in(deciding, department) and is_shown(deciding, value_of, (*before, field.name))):
            return False
    return not get_condition_texts(value_of(name)).isdisjoint(get_deciding_values(field.definition))


def get_deciding_values(definition: CustomField) -> list[str]:
    """The chosen values, with the IDs of all rows of a chosen category."""
    found = []
    for value in definition.shown_if["values"]:
        if value.startswith(CATEGORY):
            rows = get_row_ids_by_category(definition.table_of, definition.shown_if["field"])
            found += rows.get(value.removeprefix(CATEGORY), [])
        else:
            found.append(value)
    return list(dict.fromkeys(found))


def get_row_ids_by_category(table: str, name: str) -> dict[str, list[str]]:
    """The IDs of the rows of each category, if the rows that a field names have any, as statuses do."""
    field = SCHEMAS[table].get_field(name)
    related = getattr(field, "related_model", None)
    if related is None or "kind" not in {field.name for field in related._meta.concrete_fields}:
        return {}

    def read() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in sorted(get_rows_for_field(field), key=lambda row: row.pk):
            found.setdefault(row.kind, []).append(str(row.pk))
        return found

    return read_cached_in_block(f"categories of {name} of {table}", read)


def get_deciding_field(definition: CustomField) -> Any:
    """The custom field that decides about this one, if it is in use."""
    found = get_custom_field(definition.table_of, definition.shown_if.get("field", ""))
    return found if found and not found.definition.retired else None


def get_condition_texts(value: Any) -> set[str]:
    """A value as the condition has it: the IDs of rows, the keys of choices, "yes" and "no"."""
    if value in (None, ""):
        return set()
    if isinstance(value, list | tuple):
        return set().union(*map(get_condition_texts, value))
    text = str(getattr(value, "pk", None) or value)
    return {SPOKEN.get(text, text)}


def get_row_id(row: Any) -> int | None:
    """The ID of a row, also of one that is given by its ID."""
    found = get_id_or_value(row)
    return int(found) if str(found or "").isdecimal() else None


# The same in queries


def filter_used_in_department(field: Any, given: Mapping[str, Any]) -> Q:
    """The records whose department uses the field, once the `given` values are written."""
    departments = field.definition.departments
    if "department" in given:
        return Q() if is_used_in(field, get_row_id(given["department"])) else NONE
    return Q(department__in=departments) if departments else Q()


def filter_having_field(field: Any, given: Mapping[str, Any], before: tuple[str, ...] = ()) -> Q:
    """The records that have the field, once the `given` values are written."""
    found, condition = filter_used_in_department(field, given), field.definition.shown_if
    name = condition.get("field", "")
    if not name or field.name in before:
        return found
    deciding = get_deciding_field(field.definition) if is_key(name) else None
    if is_key(name) and deciding is None:
        return found
    if deciding:
        found &= filter_having_field(deciding, given, (*before, field.name))
    values = get_deciding_values(field.definition)
    if name in given:
        return NONE if get_condition_texts(given[name]).isdisjoint(values) else found
    return found & _build_any_value_condition(name, deciding, values)


def _build_any_value_condition(name: str, deciding: Any, values: list[str]) -> Q:
    if deciding is None:
        return Q(**{f"{name}__in": values})
    held = f"custom_values__values__{name}"
    if deciding.definition.type == Type.CHOICES:
        return Q(**{f"{held}__has_any_keys": values})
    return Q(**{f"{held}__in": [SAID.get(value, value) for value in values]})


# The definitions


def get_deciding_fields(field: Any) -> set[str]:
    """The other fields that decide whether a record has this one."""
    found: set[str] = {"department"} if field.definition.departments else set()
    while field and (name := field.definition.shown_if.get("field", "")) and name not in found:
        found.add(name)
        field = get_deciding_field(field.definition) if is_key(name) else None
        found |= {"department"} if field and field.definition.departments else set()
    return found


def get_dependent_fields(definition: CustomField, choices: set[str] | None = None) -> list[CustomField]:
    """The fields in use that this one decides about, by one of these choices if any are given."""
    return [
        field.definition
        for field in get_all_custom_fields(definition.table_of)
        if not field.definition.retired
        and field.definition.shown_if.get("field") == definition.key
        and (choices is None or not choices.isdisjoint(field.definition.shown_if["values"]))
    ]


def replace_deciding_value(name: str, old: int | str, new: int | str) -> None:
    """The fields that are shown for a row, such as a status, are shown for the one that takes its place."""
    for row in CustomField.objects.filter(shown_if__field=name):
        values = row.shown_if["values"]
        if str(old) in values:
            after = [str(new) if value == str(old) else value for value in values]
            shown = {**row.shown_if, "values": list(dict.fromkeys(after))}
            CustomField.objects.filter(pk=row.pk).update(shown_if=shown)


def would_make_a_circle(definition: CustomField, name: str) -> bool:
    """Whether the field called `name` is this one or depends on it, directly or through others."""
    seen: set[str] = set()
    while name and name not in seen:
        if name == definition.key:
            return True
        seen.add(name)
        found = get_custom_field(definition.table_of, name)
        name = found.definition.shown_if.get("field", "") if found else ""
    return False

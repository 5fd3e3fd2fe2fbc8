"""The order of all fields of a record type, built-in and custom, in the sections of its form and page.

The code gives built-in fields their section and order (fields.FORM); custom fields follow them. A field that was moved has a
section and a position of its own, which only compares with those of the same section.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.definitions.built_in_fields import get_changed_fields
from crm.fields.schemas import Schema
from crm.models import BuiltInField, CustomField, Operation
from crm.records.editing.settings_change import record_settings_change

LAST = BuiltInField.LAST_SECTION
# Built-in fields have the positions -1000, -999 and so on, those of custom fields start at 0.
FIRST = -1000

# The section and position of a field.
FieldPlace = tuple[str, int]


def get_section_titles(kind: Schema) -> dict[str, str]:
    """The titles of the sections, by name, in order."""
    return {**{name: str(title) for name, title in kind.cards.items()}, LAST: _("Additional details")}


def get_delivered_place(kind: Schema, name: str) -> FieldPlace:
    """Where the code puts a built-in field."""
    section = next(card for card, names in kind.fields.FORM.items() if name in names)
    return section, FIRST + kind.fields.FORM_FIELDS.index(name)


def get_field_names_by_section(kind: Schema, custom: Iterable[CustomField]) -> dict[str, list[str]]:
    """The names of the built-in fields and these custom fields, by section, in order."""
    found: dict[str, list[str]] = {section: [] for section in get_section_titles(kind)}
    places = get_field_places(kind, custom)
    for name in sorted(places, key=lambda name: places[name][1]):
        found[places[name][0]].append(name)
    return found


def get_field_places(kind: Schema, custom: Iterable[CustomField]) -> dict[str, FieldPlace]:
    """The place of each field, the built-in ones first."""
    known, rows = get_section_titles(kind), get_changed_fields(kind.name)
    found: dict[str, FieldPlace] = {}
    for name in kind.fields.FORM_FIELDS:
        section, position = get_delivered_place(kind, name)
        row = rows.get(name)
        if row and row.section in known:
            section = row.section
        if row and row.position is not None:
            position = row.position
        found[name] = section, position
    for definition in custom:
        section = definition.section if definition.section in known else LAST
        found[definition.key] = section, definition.position
    return found


def sort_by_arrangement(kind: Schema, names: list[str], user: Any) -> list[str]:
    """These names in the order that administrators gave them; those without a place last. Unchanged if none was moved."""
    if not any(row.section or row.position is not None for row in get_changed_fields(kind.name).values()):
        return names
    arrangement = get_field_names_by_section(
        kind, [field.definition for field in kind.get_custom_fields(user)]
    )
    order = [name for section in arrangement.values() for name in section]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


# Moving


def write_field_move(
    kind: Schema, name: str, direction: str, *, by: Any, channel: str = Operation.Channel.WEB
) -> Operation:
    """Move a field one step, as one operation."""
    values = {"act": "order", "of": kind.name, "fields": [name]}
    with record_settings_change("edit_custom_field", by=by, channel=channel, **values) as record:
        move_field(kind, name, direction)
    return record


def move_field(kind: Schema, name: str, direction: str) -> bool:
    """Move a field one step "up" or "down" past the next one in use, at the end of a section into the next section. False
    at the very end."""
    custom = {row.key: row for row in CustomField.objects.present_of_table(kind.name).in_order()}
    places, arrangement = (
        get_field_places(kind, custom.values()),
        get_field_names_by_section(kind, custom.values()),
    )
    section = places[name][0]
    order, step = list(arrangement[section]), -1 if direction == "up" else 1
    beyond = order[: order.index(name)][::-1] if step < 0 else order[order.index(name) + 1 :]
    used = [other for other in beyond if other not in custom or not custom[other].retired]
    if not used:
        return _move_into_next_section(kind, name, step, places, arrangement)
    place = order.index(used[0])
    order.remove(name)
    order.insert(place, name)
    positions = sorted(places[other][1] for other in order)
    for at in range(1, len(positions)):
        positions[at] = max(positions[at], positions[at - 1] + 1)
    for other, position in zip(order, positions, strict=True):
        if places[other][1] != position:
            write_field_place(kind, other, section, position)
    return True


def _move_into_next_section(
    kind: Schema, name: str, step: int, places: dict[str, FieldPlace], arrangement
) -> bool:
    sections = list(arrangement)
    target = sections.index(places[name][0]) + step
    if not 0 <= target < len(sections):
        return False
    section = sections[target]
    write_field_place(kind, name, section, get_end_position(section, places, last=step < 0))
    return True


def get_end_position(section: str, places: dict[str, FieldPlace], *, last: bool = True) -> int:
    """The position after the last field of a section, or before the first one."""
    taken = [position for other, position in places.values() if other == section] or [0]
    return max(taken) + 1 if last else min(taken) - 1


def write_field_place(kind: Schema, name: str, section: str, position: int) -> None:
    """Give a field this place. A built-in field that is as delivered again has no row."""
    if name not in kind.fields.FORM_FIELDS:
        stored = "" if section == LAST else section
        CustomField.objects.filter(pk=int(name[1:])).update(section=stored, position=position)
        return
    row = BuiltInField.objects.of_field(kind.name, name).first() or BuiltInField(
        table_of=kind.name, name=name
    )
    set_field_place(row, kind, section, position)
    row.save_or_remove()


def set_field_place(row: BuiltInField, kind: Schema, section: str, position: int) -> None:
    """Set the place of a row; what the code gives isn't stored."""
    first_section, first_position = get_delivered_place(kind, row.name)
    row.section = "" if section == first_section else section
    row.position = None if (section, position) == (first_section, first_position) else position

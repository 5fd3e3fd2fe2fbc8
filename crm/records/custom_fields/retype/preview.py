"""What a change of type would do, as its page shows it: only values and records that the user sees."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict

from crm.fields.conditions.field_filters import get_filter_parameters
from crm.fields.conditions.operators import OPERATOR_SEPARATOR
from crm.fields.custom.values.field_registry import is_seen_by
from crm.fields.custom.values.stored_values import get_values_table
from crm.fields.custom.values.type_conversion import TypeConversion
from crm.fields.schemas import SCHEMAS
from crm.models import SavedView
from crm.records.listing.filter_alternatives import ALTERNATIVE_PREFIX

# How many records with a value are looked at for some that the user sees, and how many of those are linked.
ASKED, LINKED = 500, 3
LONGEST = 80


@dataclass(frozen=True)
class PreviewLine:
    """A value, what it becomes or why it doesn't, how many records have it, and some of those that the user sees."""

    old: str
    new: str
    count: int
    records: list[Any]

    @property
    def more(self) -> int:
        return self.count - len(self.records)


def build_preview_lines(conversion: TypeConversion, findings: dict[str, Any], user: Any) -> dict[str, Any]:
    """The examples and the values that don't convert. Values that only other users see are counted, not shown."""
    row = conversion.source.definition
    examples, failures = findings["examples"], findings["failures"]
    values = [stored for stored, _told, _count in (*examples, *failures)]
    found = (
        get_example_records(row, values, user)
        if is_seen_by(conversion.source, user)
        else [[] for _value in values]
    )
    shown = [
        PreviewLine(_shorten_text(conversion.format_stored(stored)), _shorten_text(new), count, records)
        for (stored, new, count), records in zip(
            ((stored, conversion.format_converted(new), count) for stored, new, count in examples),
            found[: len(examples)],
            strict=True,
        )
        if records
    ]
    wrong = [
        PreviewLine(_shorten_text(conversion.format_stored(stored)), reason, count, records)
        for (stored, reason, count), records in zip(failures, found[len(examples) :], strict=True)
        if records
    ]
    return {
        "examples": shown,
        "failures": wrong,
        "converting": findings["converting"],
        "failing": findings["failing"],
        "unlisted": findings["failing"] - sum(line.count for line in wrong),
    }


def _shorten_text(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def get_example_records(row: Any, values: list[Any], user: Any) -> list[list[Any]]:
    """For each value, a few records that have it and that the user sees."""
    kind = SCHEMAS[row.table_of]
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT place, record_id FROM (
                    SELECT m.place, v.record_id, row_number() OVER (PARTITION BY m.place ORDER BY v.record_id DESC) AS n
                    FROM {get_values_table(kind.model)} v
                    JOIN unnest(%s::jsonb[]) WITH ORDINALITY m(value, place) ON m.value = v.values->%s
                    WHERE v.values ? %s) found
                WHERE n <= %s ORDER BY 1, 2 DESC""",
            [[json.dumps(value) for value in values], row.key, row.key, ASKED],
        )
        pairs = cursor.fetchall()
    seen = kind.model.objects.filter(pk__any=[pk for _place, pk in pairs]).visible_to(user).in_bulk()
    found: list[list[Any]] = [[] for _value in values]
    for place, pk in pairs:
        if pk in seen and len(found[place - 1]) < LINKED:
            found[place - 1].append(seen[pk])
    return found


def find_broken_views(conversion: TypeConversion, user: Any) -> tuple[list[SavedView], int]:
    """The saved views with a filter that the field won't have any more: those that the user sees, and how many others."""
    table, key = conversion.source.definition.table_of, conversion.source.name
    broken = [
        view
        for view in SavedView.objects.of_table(table).in_order()
        if key in view.query and would_break_filter(conversion, view.query, user)
    ]
    seen = set(SavedView.objects.visible_to(user).values_list("pk", flat=True))
    own = [view for view in broken if view.pk in seen]
    return own, len(broken) - len(own)


def would_break_filter(conversion: TypeConversion, query: str, user: Any) -> bool:
    """Whether the query of a list has a filter that the field won't have any more."""
    asked = _get_parameters_of_field(query, conversion.source.name)
    return any(not _fits_new_type(conversion.target, name, values, user) for name, values in asked)


def _get_parameters_of_field(query: str, key: str) -> Iterable[tuple[str, list[str]]]:
    """The parameters that filter by this field, without the prefix of alternatives."""
    data = QueryDict(query)
    for name in data:
        own = name.removeprefix(ALTERNATIVE_PREFIX)
        if own.partition(OPERATOR_SEPARATOR)[0] == key or own in get_filter_parameters(key):
            yield own, data.getlist(name)


def _fits_new_type(field: Any, name: str, values: list[str], user: Any) -> bool:
    """Whether a filter means something for a field of the new type."""
    operator = next(
        (
            found
            for found in field.type.get_operators(field)
            if f"{field.name}{OPERATOR_SEPARATOR}{found.name}" == name
        ),
        None,
    )
    if operator:
        return all(_can_clean(operator, value) for value in values)
    item = field.type.build_filter(field)
    if not item or OPERATOR_SEPARATOR in name:
        return False
    chosen = (
        {str(value) for value, _label in item.choices_for(user)} if hasattr(item, "choices_for") else set()
    )
    return name != field.name or chosen.issuperset(values)


def _can_clean(operator: Any, value: str) -> bool:
    try:
        operator.value().clean(value)
    except ValidationError:
        return False
    return True

"""The column in which a file of another program, whichever it is, has the IDs of its records: they are kept in a unique custom
field, as those of recognized programs are (crm/transfer/imports/columns/program_exports.py), so a later file finds its records by them."""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db import connection

from crm.fields.schemas import WHOLE_NAME
from crm.models import Import
from crm.platform.text.text_folding import fold_text, normalize_heading
from crm.records.custom_fields.label_check import get_folded_built_in_labels
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.file_columns import ColumnContent
from crm.transfer.imports.columns.new_fields import get_taken_labels

# Headers of IDs that don't say whose they are.
IDS = {
    *("id", "uuid", "guid", "crm id", "db id", "entry id", "external id", "item id", "item id auto generated", "legacy id"),
    *("object id", "original id", "record id", "row id", "source id", "system id", "unique id"),
}  # fmt: skip
# The ends of headers that do, such as "Deal ID" and "Potential No".
ENDS = ("id", "uuid", "guid", "no", "nr", "number")
# What stays the same when such an ID is written again. A text with spaces is a name.
ONE_ID = re.compile(r"[^\s,;@]{1,64}")
# The label of the field for headers that say nothing more, the same in every language, so that it is found again.
LABEL = "External ID"
# Fields of so many sources are tried.
MOST_SOURCES = 9
# The share of records found by such IDs that must have the names of the file, if the IDs are from the same source.
SAME = 0.5


@dataclass(frozen=True)
class IdColumn:
    """Numbers records like a recognized program."""

    place: int
    number_label: str


def find_id_column(kind: Kind, columns: list[ColumnContent], mapping: list[str]) -> IdColumn | None:
    """The first column with such a header, if its cells look like IDs."""
    place = find_id_heading(kind, [column.heading for column in columns], mapping)
    if place is None or not columns[place].filled:
        return None
    heading = columns[place].heading
    if not all(ONE_ID.fullmatch(text.strip()) for text in columns[place].texts):
        return None
    # "Lead ID" is what our own files call our own IDs.
    says_nothing = normalize_heading(heading) in IDS or fold_text(heading) in get_folded_built_in_labels(kind)
    return IdColumn(place, LABEL if says_nothing else heading)


def find_id_heading(kind: Kind, headings: list[str], mapping: list[str]) -> int | None:
    """The place of the first column that is called so and has no field."""
    own = {f"{noun} {end}" for noun in get_rules_class(kind).numbered_as for end in ENDS}
    found = (
        place
        for place, heading in enumerate(map(normalize_heading, headings))
        if not mapping[place] and (heading in IDS or heading in own)
    )
    return next(found, None)


def find_field_of_source(imported: Import, found: IdColumn, fields: list[Any]) -> tuple[Any, str]:
    """Which of these unique fields has the IDs of the same source, or None, with the label of a field for them: two programs
    that count from 1 have the same IDs for different records."""
    taken = get_taken_labels(KINDS[imported.table])
    by_label = {fold_text(field.definition.name): field for field in fields}
    for number in count(1):
        label = found.number_label if number == 1 else f"{found.number_label} {number}"
        field = by_label.get(fold_text(label))
        if field is not None and (number > MOST_SOURCES or is_same_source(imported, found.place, field)):
            return field, label
        if field is None and fold_text(label) not in taken:
            return None, label
    raise AssertionError("There is always a free label.")


def is_same_source(imported: Import, place: int, field: Any) -> bool:
    """Whether the records that have the IDs of this column are called as in the file, most of them."""
    model: Any = KINDS[imported.table].model
    wanted = (WHOLE_NAME,) if WHOLE_NAME in imported.mapping else ("first_name", "last_name")
    places = [imported.mapping.index(name) for name in wanted if name in imported.mapping]
    if not places:
        return True
    key: Any = model._meta.get_field("name_key")
    name = f"concat_ws(' ', {', '.join(f'btrim(r.cells->>{int(at)})' for at in places)})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*), count(*) FILTER (WHERE t.name_key = left({key.fold}(btrim({name})), {key.max_length}))
                FROM crm_importrow r JOIN crm_uniquevalue u ON u.field = %s AND u.present
                    AND u.value = leadwell_unique_key(%s, r.cells->%s)
                JOIN {connection.ops.quote_name(model._meta.db_table)} t ON t.id = u.record WHERE r.of_id = %s""",
            [field.definition.pk, field.definition.type, place, imported.pk],
        )
        found, same = cursor.fetchone()
    return same >= SAME * found

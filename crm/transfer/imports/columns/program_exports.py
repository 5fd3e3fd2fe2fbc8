"""The exports of other programs: recognized by their headers, mapped column by column, and matched by the program's own IDs.

A program numbers its records. The first import keeps these numbers in a unique custom field, such as "HubSpot ID", so that a
later file of the same program finds its records again. The apps register the programs of their record types.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

from django.db import connection
from django.utils.translation import gettext as _

from crm.models import CustomField, Import, PlannedRow
from crm.platform.text.text_folding import fold_text, normalize_heading
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.templatetags.look import number
from crm.transfer.imports.columns.file_columns import NEW_FIELD, ColumnContent, get_column_targets
from crm.transfer.imports.columns.id_columns import find_field_of_source, find_id_column, find_id_heading
from crm.transfer.imports.columns.saved_mappings import get_headings


class NumberedProgram(Protocol):
    """What numbers its records: the label of the field with these numbers."""

    @property
    def number_label(self) -> str: ...


@dataclass(frozen=True)
class Program:
    """`marks` are headers that every export of the program has; `fields` say what each header means, '' for nothing;
    `number` are the headers that its IDs may have, `instead` the fields of columns with IDs that are only used if no other column
    has the field (crm/transfer/imports/links/program_ids.py), `notes` what is said at a column that is skipped. A program may have several kinds of export."""

    name: str
    marks: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    number: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)

    def get_fields_by_header(self) -> dict[str, str]:
        """The field of each header, folded."""
        return {normalize_heading(heading): name for heading, name in self.fields.items()}

    def fits(self, headings: Iterable[str]) -> bool:
        return set(map(fold_heading, self.marks)) <= set(map(fold_heading, headings))

    def count_known_headers(self, headings: Iterable[str]) -> int:
        """How many of these headers the program has."""
        own = set(map(fold_heading, (*self.marks, *self.fields, *self.number)))
        return len(own & set(map(fold_heading, headings)))

    def find_number_place(self, headings: list[str]) -> int | None:
        found = list(map(fold_heading, headings))
        return next((found.index(name) for name in map(fold_heading, self.number) if name in found), None)

    def find_replacement_places(self, headings: list[str]) -> list[tuple[int, str]]:
        """The columns of `instead` that are there, with their fields."""
        fields = {fold_heading(heading): name for heading, name in self.instead.items()}
        folded_heads = enumerate(map(fold_heading, headings))
        return [(place, fields[heading]) for place, heading in folded_heads if heading in fields]

    @property
    def number_label(self) -> str:
        """The label of the custom field, the same in every language, so that the field is found again."""
        return f"{self.name} ID"


# Each column of a page asks for the program of all headers.
@lru_cache(maxsize=10_000)
def fold_heading(heading: str) -> str:
    """As headers are compared; one of marks alone, such as "#", stays as it is."""
    return normalize_heading(heading) or heading.strip()


def copy_with_marks(program: Program, *marks: str) -> Program:
    """The same export with fewer columns, known by other headers."""
    return replace(program, marks=marks)


def translate_export(program: Program, words: Mapping[str, str]) -> Program:
    """The same export in another language. `words` are the English headers, each with its translation."""

    def translate_headings(headings: Iterable[str]) -> tuple[str, ...]:
        return tuple(words.get(heading, heading) for heading in headings)

    fields = dict(zip(translate_headings(program.fields), program.fields.values(), strict=True))
    return replace(
        program,
        marks=translate_headings(program.marks),
        number=translate_headings(program.number),
        fields=fields,
    )


# By record type.
PROGRAMS: dict[str, list[Program]] = {}


def register_programs(table: str, programs: Iterable[Program]) -> None:
    PROGRAMS.setdefault(table, []).extend(programs)


def find_program(table: str, headings: list[str]) -> Program | None:
    """The program with these headers; of several, the one that has the most of them."""
    fitting = [program for program in PROGRAMS.get(table, []) if program.fits(headings)]
    return max(
        fitting, key=lambda program: (program.count_known_headers(headings), len(program.marks)), default=None
    )


def get_program_words(kind: Kind, headings: list[str]) -> dict[str, str]:
    """The fields that the headers of a recognized program mean."""
    program = find_program(kind.name, headings)
    return program.get_fields_by_header() if program else {}


def map_program_ids(imported: Import, columns: list[ColumnContent]) -> None:
    """Map the program's IDs to their unique field, or propose to create it. Call once the rows are in the database."""
    kind, headings = KINDS[imported.table], [column.heading for column in columns]
    program = find_program(kind.name, headings)
    place = program.find_number_place(headings) if program else None
    if program is None:
        _map_unknown_program_ids(imported, kind, columns)
        return
    if place is None or not columns[place].filled or imported.mapping[place]:
        return
    _map_or_propose_id_field(
        imported, columns, place, find_number_field(kind, program, imported.user), program.number_label
    )


def _map_unknown_program_ids(imported: Import, kind: Kind, columns: list[ColumnContent]) -> None:
    """The same for a program that isn't known here, if its file has a column with different IDs."""
    found = find_id_column(kind, columns, imported.mapping)
    if found and _has_distinct_values(imported, found.place):
        fields = [row for row in kind.get_editable_custom_fields(imported.user) if row.definition.is_unique]
        _map_or_propose_id_field(
            imported, columns, found.place, *find_field_of_source(imported, found, fields)
        )


def _map_or_propose_id_field(
    imported: Import, columns: list[ColumnContent], place: int, existing: Any, label: str
) -> None:
    kind = KINDS[imported.table]
    if existing:
        if existing.name in imported.mapping or existing.name not in dict(
            get_column_targets(kind, imported.user)
        ):
            return
        imported.mapping[place] = columns[place].guess = existing.name
    elif imported.user.has_perm(CustomField.get_right("add")) and _has_distinct_values(imported, place):
        text = str(CustomField.Type.TEXT)
        told = {"name": label, "type": text, "decimals": 0, "choices": [], "unique": True}
        imported.new_fields = {**imported.new_fields, str(place): told}
        imported.mapping[place] = columns[place].guess = f"{NEW_FIELD}{place}"


def find_number_field(kind: Kind, program: NumberedProgram, user: Any) -> Any:
    """The unique custom field with the program's IDs, if the user may edit it."""
    label = fold_text(program.number_label)
    fields = [row for row in kind.get_editable_custom_fields(user) if row.definition.is_unique]
    return next((row for row in fields if fold_text(row.definition.name) == label), None)


def get_skipped_column_note(imported: Import, place: int) -> str:
    """What to know about a skipped column of a recognized program, or ''."""
    headings = get_headings(imported)
    if imported.mapping[place]:
        return ""
    program = find_program(imported.table, headings)
    if program is None:
        return _describe_id_column(imported, place)
    if program.find_number_place(headings) == place and not _has_distinct_values(imported, place):
        return _("Some IDs repeat, so they aren’t kept")
    notes = {fold_heading(heading): note for heading, note in program.notes.items()}
    return str(notes.get(fold_heading(headings[place]), ""))


def _describe_id_column(imported: Import, place: int) -> str:
    found = find_id_heading(KINDS[imported.table], get_headings(imported), imported.mapping)
    return (
        _("Some IDs repeat, so they aren’t kept")
        if found == place and not _has_distinct_values(imported, place)
        else ""
    )


def is_skipped_by_program(imported: Import, place: int) -> bool:
    """Whether the recognized program has nothing to import in this column, such as the ID of an owner whose name is in another."""
    headings = get_headings(imported)
    program = find_program(imported.table, headings)
    return (
        program is not None and program.get_fields_by_header().get(normalize_heading(headings[place])) == ""
    )


def _has_distinct_values(imported: Import, place: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(text) = count(DISTINCT text) FROM (
                 SELECT nullif(lower(trim(cells->>%s)), '') AS text FROM crm_importrow WHERE of_id = %s) cell""",
            [place, imported.pk],
        )
        return bool(cursor.fetchone()[0])


def describe_recognized_program(imported: Import) -> str:
    """The sentence that names the program, or ''."""
    program = None if imported.activities else find_program(imported.table, get_headings(imported))
    return _("This looks like an export of %(program)s.") % {"program": program.name} if program else ""


def describe_changes_since_last(imported: Import) -> str:
    """How a plan that finds its records by the program's IDs differs from the records that are there, or ''."""
    program = None if imported.activities else find_program(imported.table, get_headings(imported))
    if program is None:
        return ""
    found = find_number_field(KINDS[imported.table], program, imported.user)
    keys = imported.options.get("match", "").split("_")
    if found is None or "field" not in keys or imported.options.get("key") != found.name:
        return ""
    rows = PlannedRow.objects.filter(of=imported)
    new, changed = rows.filter(action="add").count(), rows.filter(action="change").count()
    unchanged = rows.with_verdict("unchanged").count()
    counts = {"new": number(new), "changed": number(changed), "unchanged": number(unchanged)}
    return _(
        "Compared with the last import from %(program)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged."
    ) % {"program": program.name, **counts}

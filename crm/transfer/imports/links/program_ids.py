"""Columns in which a program's export names owners and linked records only by its IDs: used if no other column names them.

Linked records are found by the unique field in which an earlier import has kept their IDs. An ID of a user means nothing here, so the
importer chooses the user of each once.
"""

from typing import Any

from crm.fields.record_labels import is_bare_number
from crm.fields.widgets.link_widgets import get_link_columns
from crm.models import Import
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.file_columns import ColumnContent, get_column_targets
from crm.transfer.imports.columns.program_exports import find_number_field, find_program


def map_program_id_columns(imported: Import, columns: list[ColumnContent]) -> None:
    """Map the program's columns of IDs to the fields that no other column is mapped to."""
    kind, headings = KINDS[imported.table], [column.heading for column in columns]
    program = find_program(kind.name, headings)
    if program is None:
        return
    offered = dict(get_column_targets(kind, imported.user))
    links = get_link_columns(kind.resource)
    for place, name in program.find_replacement_places(headings):
        free = not imported.mapping[place] and name not in imported.mapping and name in offered
        if not (free and columns[place].filled):
            continue
        if name not in links or _has_kept_program_ids(
            program, links[name].model.table, imported.user, columns[place]
        ):
            imported.mapping[place] = columns[place].guess = name


def _has_kept_program_ids(program: Any, table: str, user: Any, column: ColumnContent) -> bool:
    """Whether records of the table have kept the program's IDs. Bare numbers would be taken for IDs of records here."""
    return (
        not any(map(is_bare_number, column.texts))
        and find_number_field(KINDS[table], program, user) is not None
    )

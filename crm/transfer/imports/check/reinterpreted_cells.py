"""Cells that are read differently than they are written: what was changed in each column, with an example."""

from dataclasses import dataclass

from django.db import connection

from crm.models import Import, PlannedRow
from crm.platform.excel.writing.cell_values import get_column_letters

# How many kinds of changes are kept with the plan.
KEPT = 30


@dataclass(frozen=True)
class NotedCells:
    """`shown` is the text of the first such cell, `read` is what it means."""

    column: str
    note: str
    count: int
    shown: str
    read: str


def build_note_counts(imported: Import) -> list[list]:
    """[place, note, count, first row], most frequent first; kept with the plan."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (n->>0)::int, n->>1, count(*), min("row")
               FROM crm_plannedrow CROSS JOIN LATERAL jsonb_array_elements(notes) n
               WHERE of_id = %s AND notes <> '[]' AND verdict <> 'error'
               GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %s""",
            [imported.pk, KEPT],
        )
        return [list(row) for row in cursor.fetchall()]


def get_note_examples(imported: Import) -> list[NotedCells]:
    """For the preview. The examples are read from their rows: an erased person is in none of them."""
    counted = imported.counts.get("notes", [])
    rows = PlannedRow.objects.filter(of=imported).numbered([row for _place, _note, _count, row in counted])
    notes = dict(rows.values_list("row", "notes"))
    found = []
    for place, note, count, row in counted:
        texts = [said[2:] for said in notes.get(row, []) if said[:2] == [place, note]]
        shown, read = texts[0] if texts else ("", "")
        column = "" if place is None else f"{get_column_letters(place + 1)}, {imported.get_heading(place)}"
        found.append(NotedCells(column, note, count, shown, read))
    return found

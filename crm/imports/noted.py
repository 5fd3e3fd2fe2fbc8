"""Cells that are read differently than they are written: what was changed in each column, with an example."""

from dataclasses import dataclass

from django.db import connection

from crm.excel.cells import letters
from crm.models import Import

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


def counted_notes(imported: Import) -> list[list]:
    """[place, note, count, text of the first cell, what is read], most frequent first; kept with the plan."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (n->>0)::int, n->>1, count(*), (array_agg(n->>2 ORDER BY "row"))[1], (array_agg(n->>3 ORDER BY "row"))[1]
               FROM crm_plannedrow CROSS JOIN LATERAL jsonb_array_elements(notes) n
               WHERE of_id = %s AND notes <> '[]' AND verdict <> 'error'
               GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %s""",
            [imported.pk, KEPT],
        )
        return [list(row) for row in cursor.fetchall()]


def noted_cells(imported: Import) -> list[NotedCells]:
    """For the preview."""
    return [
        NotedCells(
            "" if place is None else f"{letters(place + 1)}, {imported.heading(place)}",
            note,
            count,
            shown,
            read,
        )
        for place, note, count, shown, read in imported.counts.get("notes", [])
    ]

"""Into which record others were merged, across several merges; and what merges move and an undo of them moves back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Reference:
    """A column of an untracked table with the ID of a record, which a merge moves to the one that is kept.

    Its record type is in the column `of`, or it is always `table`. If `once` names columns, the record has one row for each of
    their values: a row that the kept record has too stays with the merged one.
    """

    model: Any
    column: str
    of: str = ""
    table: str = ""
    once: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"


# From all apps: what moves beside links, activities and tasks; tracked tables must not be among them.
ALSO_MERGED: list[Reference] = []
# Called after rows were moved back: with the table and the IDs of the records that had them.
MOVED_BACK: list[Callable[[str, list[int]], None]] = []

# UNION instead of UNION ALL: a row found twice ends the recursion, so even a circle does.
SURVIVORS = """
    WITH RECURSIVE way(record, at) AS (
        SELECT record, "into" FROM crm_mergedrecord WHERE "table" = %(table)s AND record = ANY(%(ids)s)
        UNION
        SELECT way.record, next."into" FROM way
        JOIN crm_mergedrecord next ON next."table" = %(table)s AND next.record = way.at)
    SELECT record, at FROM way
    WHERE NOT EXISTS (SELECT FROM crm_mergedrecord m WHERE m."table" = %(table)s AND m.record = way.at)"""


def get_survivors(table: str, ids: list[int]) -> dict[int, int]:
    """The record that each of these was merged into, by ID; those that weren't merged aren't in it. A record merged into
    one that was merged later leads to the last one. The survivor may be in Trash, or out of the reader's sight."""
    ids = [pk for pk in ids if abs(pk) < 2**63]
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SURVIVORS, {"table": table, "ids": ids})
        return dict(cursor.fetchall())


def get_survivor(table: str, pk: int) -> int | None:
    """The record that this one was merged into, or None."""
    return get_survivors(table, [pk]).get(pk)

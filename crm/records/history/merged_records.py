"""Into which record others were merged, across several merges; where the old address of a merged record leads; and what
merges move and an undo of them moves back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.platform.web.views.errors import MovedAway
from crm.records.kinds.kind_registry import Kind


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


def find_merged_records(kind: Kind, user, ids: list[int]) -> list[tuple[int, Any]]:
    """Those of these deleted records that were merged, each with the record that they were merged into, as far as the user sees it."""
    found = get_survivors(kind.name, ids)
    rows = kind.model.objects.visible_to(user).filter(pk__any=list(found.values()))
    seen = {record.pk: record for record in rows} if found else {}
    return [(pk, seen[found[pk]]) for pk in ids if found.get(pk) in seen]


def get_survivor(table: str, pk: int) -> int | None:
    """The record that this one was merged into, or None."""
    return get_survivors(table, [pk]).get(pk)


class MergedRecordFound(MovedAway):
    """Screens that are only read redirect to `record`; anything else is not found, and says why. Nothing that was meant for
    the old record is done to the other one unseen."""

    def __init__(self, name: str, record: Any) -> None:
        super().__init__()
        self.name, self.record = name, record
        self.heading = _("This record was merged")
        self.sentence = _("%(record)s was merged into %(survivor)s.") % {"record": name, "survivor": record}
        nothing = _("Nothing was changed. Open the other record and try again there.")
        self.text = f"{self.sentence} {nothing}"


def get_visible_survivor(kind: Kind, user: Any, pk: int) -> Any | None:
    """The record that this one was merged into, if the user sees it, in Trash or not."""
    into = get_survivor(kind.name, pk)
    return kind.model.objects.visible_to(user).filter(pk=into).first() if into else None


def raise_if_merged(kind: Kind, user: Any, pk: int, row: Any = None) -> None:
    """Raises Merged for a merged record. Without `row`, the user doesn't see it and isn't told its name. A name that both
    have wouldn't say which one was merged."""
    if found := get_visible_survivor(kind, user, pk):
        own = str(row) if row and str(row) != str(found) else f"{capfirst(str(kind.words.one))} #{pk}"
        raise MergedRecordFound(own, found)


def find_present_survivor(kind: Kind, user: Any, pk: int) -> int | None:
    """For programs: its ID, if it isn't in Trash and the user sees it."""
    into = get_survivor(kind.name, pk)
    rows: Any = kind.model.objects.present()
    return into if into and rows.visible_to(user).filter(pk=into).exists() else None


def find_present_survivors(kind: Kind, rows: Any, ids: list[int]) -> dict[int, int]:
    """The same for many: those among `rows`, by the ID of the merged record."""
    found = get_survivors(kind.name, ids)
    present = (
        set(rows.filter(pk__any=sorted({*found.values()})).values_list("pk", flat=True)) if found else ()
    )
    return {pk: into for pk, into in found.items() if into in present}

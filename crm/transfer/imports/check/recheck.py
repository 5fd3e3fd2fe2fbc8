"""Corrected rows are rechecked immediately, in files of any size, with all rows that share a key with them.

Correcting a row may turn another one into a duplicate, or the reverse. So rows connected by their keys, before or after
the correction, are replanned together; no other row of the plan depends on them.
"""

from collections import Counter

from django.db import connection

from crm.models import Import, ImportRow, PlannedRow
from crm.transfer.imports.check.plan_building import READ_COLUMNS
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.read.copy_rows import copy_planned_rows


def check_rows_again(imported: Import, user, numbers: list[int], *, most: int) -> bool:
    """Replan these rows. Call inside a transaction.

    Returns False, and does nothing, if more than `most` rows are connected.
    """
    check = RecordCheck(imported, user)
    wanted: set[int] = set()
    fresh = set(numbers)
    while fresh:
        wanted |= fresh
        if len(wanted) > most:
            return False
        fresh = _find_rows_sharing_keys(imported, _get_old_and_new_keys(check, list(fresh)), most) - wanted
    planned = PlannedRow.objects.filter(of=imported).numbered(list(wanted))
    for plan in planned:
        check.add_to_counts(plan)
    gone, check.counts = check.counts, Counter()
    planned.delete()
    copy_planned_rows(check.plan(_read_rows(imported, list(wanted))))
    # What isn't a count is replaced.
    kept = Counter(imported.counts)
    kept.subtract(gone)
    kept.update(check.counts)
    since = {name: imported.counts[name] for name in ("last", "types")}
    check.save_plan({**kept, **since})
    return True


def _read_rows(imported: Import, numbers: list[int]) -> list:
    rows = ImportRow.objects.filter(of=imported).numbered(numbers)
    return list(rows.in_order().values_list(*READ_COLUMNS, named=True))


def _get_old_and_new_keys(check: RecordCheck, numbers: list[int]) -> set[str]:
    """The keys these rows had when the plan was made, and the ones they have now."""
    planned = PlannedRow.objects.filter(of=check.imported).numbered(numbers)
    _cells, keys, found = check.read_keys(_read_rows(check.imported, numbers))
    before = {key for known in planned.values_list("keys", flat=True) for key in known}
    return before.union(*(row.get_shared_keys(found) for row in keys))


def _find_rows_sharing_keys(imported: Import, keys: set[str], most: int) -> set[int]:
    """The rows that have one of these keys; only some of them if there are too many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT "row" FROM crm_plannedrow, jsonb_array_elements_text(keys) key
               WHERE of_id = %s AND key = ANY(%s) LIMIT %s""",
            [imported.pk, list(keys), most + 1],
        )
        return {row for (row,) in cursor.fetchall()}

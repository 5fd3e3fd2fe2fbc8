"""Uploaded files of imports: which of them say something about a person, on any sheet and in any row, read or not.

They are looked through when an erasure is committed, because that may take minutes. If the process ends before, or the file store
can't be reached, a task in the queue looks again, until each of the files was looked through or has expired. What it looks for
waits in the queue encrypted, and is removed from there with the last file.
"""

import logging
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.second_factor.secret_encryption import decrypt_secret as unsealed
from accounts.second_factor.secret_encryption import encrypt_secret
from crm.models import Import, ImportRow, PlannedRow
from crm.platform.configuration.worker_lanes import LONG
from crm.platform.excel.reading.cell_links import get_targets
from crm.platform.excel.reading.reader import UnreadableFile, open_file_rows
from crm.platform.files.store import StoreAway, open_local_copy, remove_unnamed_file
from privacy.spelling_variants import compile_for_python
from privacy.text_search import replace_pattern_in_table

log = logging.getLogger(__name__)

# Minutes until the next look: 1, 2, 4, and at last each hour.
PAUSES = [2**number for number in range(6)] + [60]
# For the process that commits the erasure to look by itself.
MINUTES_TO_LOOK = 30
FORGET = "UPDATE procrastinate_jobs SET args = '{}' WHERE task_name = %s AND args ->> 'sealed_pattern' = %s"


def has_match_in_file(imported: Import, pattern: str) -> bool:
    """Whether a sheet of its file has what the pattern finds. A file that isn't a workbook any program can read counts as one
    that has it. Raises FileNotFoundError and StoreAway."""
    found = compile_for_python(pattern)
    sheets, seen = [imported.sheet], set()
    try:
        with open_local_copy(imported.file) as path:
            while sheets:
                sheet = sheets.pop()
                with open_file_rows(path, imported.name, sheet=sheet, encoding=imported.encoding) as source:
                    if any(
                        found.search("\n".join((*cells, *get_targets(cells).values())))
                        for _number, _kinds, cells in source.rows
                    ):
                        return True
                    if found.search("\n".join(source.sheets)):
                        return True
                    seen |= {sheet, source.sheet}
                    sheets = [name for name in source.sheets if name not in seen]
    except UnreadableFile:
        return True
    return False


def queue_clearing_of_uploads(pattern: str) -> None:
    """Called in the transaction of the erasure, so that its end is never lost."""
    if pattern:
        waiting = _queue_search(pattern, minutes=MINUTES_TO_LOOK)
        transaction.on_commit(lambda: _clear_uploads(pattern, waiting))


def _clear_uploads(pattern: str, waiting: int) -> None:
    left = remove_mentioning_files(pattern)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'todo'", [waiting])
        if left and cursor.rowcount:
            _queue_search(pattern, left, minutes=PAUSES[0])


def remove_mentioning_files(pattern: str, among: Iterable[int] | None = None) -> list[int]:
    """Remove the files that mention the person, and what was read from their sheets since the erasure. Returns the imports whose
    files couldn't be looked through now."""
    imports = Import.objects.exclude(file="").order_by("pk")
    rows = {row.file: row for row in (imports if among is None else imports.filter(pk__in=among))}
    left: list[int] = []
    away = False
    for row in rows.values():
        try:
            if not away and has_match_in_file(row, pattern):
                _remove_file(row, pattern)
        except (OSError, StoreAway) as error:
            log.warning("The file of import %s is looked through later: %s", row.pk, error)
            away = isinstance(error, StoreAway)
            left.append(row.pk)
        else:
            left += [row.pk] if away else []
    return left


def _remove_file(imported: Import, pattern: str) -> None:
    with transaction.atomic():
        shared = Import.objects.filter(file=imported.file)
        ids = ", ".join(map(str, sorted(shared.values_list("pk", flat=True)))) or "0"
        shared.update(file="")
        replace_pattern_in_table(ImportRow, ["cells", "targets", "fixes"], pattern, f"of_id IN ({ids})")
        replace_pattern_in_table(
            PlannedRow,
            ["title", "subtitle", "values", "old", "keys", "unknown", "notes"],
            pattern,
            f"of_id IN ({ids})",
        )
        replace_pattern_in_table(Import, ["columns", "unknown", "decisions"], pattern, f"id IN ({ids})")
    remove_unnamed_file(imported.file)


def _queue_search(pattern: str, imports: list[int] | None = None, *, minutes: int, tries: int = 1) -> int:
    later = repeat_search_of_uploads.configure(schedule_in={"minutes": minutes})
    arguments: dict[str, Any] = {
        "sealed_pattern": encrypt_secret(pattern),
        "imports": imports,
        "tries": tries,
    }
    return later.defer(**arguments)


@app.task(queue=LONG, name="look_through_imports", retry=RetryStrategy(max_attempts=9, exponential_wait=4))
def repeat_search_of_uploads(
    sealed_pattern: str = "", imports: list[int] | None = None, tries: int = 1
) -> None:
    """After it was done, its row in the queue has no arguments any more."""
    if not sealed_pattern:
        return
    pattern = unsealed(sealed_pattern)
    left = remove_mentioning_files(pattern, imports)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGET, [repeat_search_of_uploads.name, sealed_pattern])
        if left and cursor.rowcount:
            _queue_search(pattern, left, minutes=PAUSES[min(tries, len(PAUSES) - 1)], tries=tries + 1)

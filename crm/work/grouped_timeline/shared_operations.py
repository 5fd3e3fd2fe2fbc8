"""The rows of a timeline that one operation wrote: which they are, and where a page may end without cutting an entry in two."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm.models import Change, Operation
from crm.work.models.activity import Activity
from crm.work.models.task import Task

# An activity with an earlier time than its operation happened then, and was logged later: it is an entry of its own.
SAME = timedelta(minutes=1)
# Each activity of a file is a thing that happened, and so is each task.
IMPORT = "import"


@dataclass(frozen=True)
class RowOperations:
    """The operations that added activities and completed tasks, by id of the row."""

    activities: dict[int, Operation]
    tasks: dict[int, Operation]

    def get_operation(self, row: Any) -> Operation | None:
        if isinstance(row, Change):
            return row.operation
        if isinstance(row, Activity):
            return self.activities.get(row.pk)
        return self.tasks.get(row.pk) if isinstance(row, Task) else None

    def get_key(self, row: Any) -> Hashable:
        """The same for all rows that one entry shows."""
        record = self.get_operation(row)
        return record.pk if record else (type(row), getattr(row, "pk", id(row)))


def find_row_operations(rows: Sequence[Any], table: str, pk: int) -> RowOperations:
    """For rows of the timeline of this record: two queries, each along the index of changes by row."""
    activities = {
        row.pk: row.at for row in rows if isinstance(row, Activity) and (row.of, row.record) == (table, pk)
    }
    tasks = {row.pk: row.done_at for row in rows if isinstance(row, Task)}
    added = Change.objects.of_rows(Activity.table, [*activities]).added() if activities else []
    done = Change.objects.of_rows(Task.table, [*tasks]).with_field("done_at") if tasks else []
    return RowOperations(_get_operations(added, activities), _get_operations(done, tasks))


def _get_operations(changes: Any, moments: dict[int, Any]) -> dict[int, Operation]:
    if not moments:
        return {}
    return {
        change.row: change.operation
        for change in changes.with_operations()
        if change.operation
        # A task that a redo completes again was completed by the first operation.
        and not change.operation.undoes_id
        and change.operation.kind != IMPORT
        and change.operation.at - SAME < moments[change.row] < change.at + SAME
    }


def find_page_end(keys: Sequence[Hashable], most: int, *, complete: bool) -> int:
    """After how many rows a page ends. It has at most so many different keys, and no key is on both sides of the end, unless a
    single one fills the page. If the rows aren't `complete`, the last key may go on, so it stays for the next page."""
    last = len(keys) if complete else len(keys) - 1
    left, seen, found, full = Counter(keys), set(), 0, 0
    for number, key in enumerate(keys[: max(last, 0)], 1):
        seen.add(key)
        left[key] -= 1
        if len(seen) > most:
            break
        full = number
        if not any(left[one] for one in seen):
            found = number
    return found or full


def merge_changes(changes: Sequence[Change]) -> list[Change]:
    """One change for each row that these changes of one operation wrote: with the first old and the last new value of each
    field. Fields that came back to their first value are left out. Those of the same row come newest first."""
    rows: dict[tuple[str, int], list[Change]] = {}
    for change in reversed(changes):
        rows.setdefault((change.table, change.row), []).append(change)
    return [found[0] if len(found) == 1 else _merge_row_changes(found) for found in rows.values()]


def _merge_row_changes(changes: list[Change]) -> Change:
    last = changes[-1]
    diff: dict[str, list[Any]] = {}
    for change in changes:
        for column, (old, new) in change.diff.items():
            diff[column] = [diff[column][0] if column in diff else old, new]
    kinds = {change.kind for change in changes}
    kind = next(one for one in (Change.Kind.INSERT, Change.Kind.DELETE, Change.Kind.UPDATE) if one in kinds)
    fields = {column: pair for column, pair in diff.items() if pair[0] != pair[1]}
    return Change(
        pk=last.pk,
        operation=last.operation,
        table=last.table,
        row=last.row,
        version=last.version,
        at=last.at,
        kind=kind,
        fields={} if kind == Change.Kind.INSERT else fields,
        role=last.role,
    )

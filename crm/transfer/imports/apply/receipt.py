"""The receipt of an import: the counts of its operation and its own, which add up to all rows of the file."""

from django.utils import timezone

from crm.models import Import, Operation, PlannedRow, Verdict
from crm.records.history.operation_results import Outcome, write_verdicts


def write_receipt(
    imported: Import,
    record: Operation,
    outcome: Outcome,
    *,
    added: int,
    changed: int,
    already: int,
    late: dict[str, int],
) -> None:
    """The import is done. `outcome` has the records by verdict; `added` and `changed` are rows, and so are those that were
    `already` as planned and those refused `late`, by reason."""
    counts = imported.counts
    left_out = _count_skipped_rows(counts)
    counts["added"], counts["done"] = added, changed
    # For the list of changes, which doesn't read imports.
    record.parameters = {**record.parameters, "added": added, "changed": changed}
    counts["refused"] = {code: len(ids) for code, ids in outcome.refused.items()}
    if outcome.hidden:
        counts["refused"]["hidden"] = outcome.hidden
    counts["refused"] |= {code: count for code, count in late.items() if count}
    record.matched = imported.rows
    record.changed = added + changed
    record.unchanged = counts.get("unchanged", 0) + already
    record.refused = record.matched - record.changed - record.unchanged
    write_verdicts(record, outcome)
    counted = [("row_error", counts.get("error", 0)), ("row_left_out", left_out), *late.items()]
    Verdict.objects.bulk_create(
        Verdict(operation=record, table=imported.table, word="refused", reason=code, count=count)
        for code, count in counted
        if count
    )
    imported.state, imported.operation, imported.ended_at = Import.State.DONE, record, timezone.now()


def _count_skipped_rows(counts: dict) -> int:
    """Rows with content that the plan doesn't use: duplicates and other skipped rows."""
    done_with = (
        counts.get("add", 0) + counts.get("change", 0) + counts.get("unchanged", 0) + counts.get("error", 0)
    )
    rows = sum(counts.get(verdict, 0) for verdict in PlannedRow.Verdict.values)
    return rows - done_with

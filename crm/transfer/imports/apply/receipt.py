"""The receipt of an import: the counts of its operation and its own, which add up to all rows of the file."""

from django.utils import timezone

from crm.models import Import, PlannedRow, Verdict
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.transfer.imports.apply.application_state import Application


def write_receipt(application: Application) -> None:
    """The import is done: the last step that counts anything."""
    imported, record, rows = application.imported, application.record, application.rows
    counts, refused = imported.counts, application.outcome.refused
    late = {code: count for code, count in application.refused.items() if count}
    left_out = _count_skipped_rows(counts)
    counts["added"], counts["done"] = rows["add"], rows["change"]
    # For the list of changes, which doesn't read imports.
    record.parameters = {**record.parameters, "added": rows["add"], "changed": rows["change"]}
    counts["refused"] = {code: len(ids) for code, ids in refused.items()}
    if application.outcome.hidden:
        counts["refused"]["hidden"] = application.outcome.hidden
    counts["refused"] |= late
    record.matched = imported.rows
    record.changed = rows["add"] + rows["change"]
    record.unchanged = counts.get("unchanged", 0) + rows["unchanged"]
    record.refused = record.matched - record.changed - record.unchanged
    _write_verdicts(application)
    counted = [("row_error", counts.get("error", 0)), ("row_left_out", left_out), *late.items()]
    Verdict.objects.bulk_create(
        Verdict(operation=record, table=imported.table, word="refused", reason=code, count=count)
        for code, count in counted
        if count
    )
    imported.state, imported.operation, imported.ended_at = Import.State.DONE, record, timezone.now()


def _write_verdicts(application: Application) -> None:
    """Which records were written, those of the file's own type first, and which of these weren't."""
    table, outcome, changed = application.imported.table, application.outcome, dict(application.changed)
    own = Outcome(
        table, changed=sorted(changed.pop(table, ())), refused=outcome.refused, hidden=outcome.hidden
    )
    write_verdicts(application.record, own)
    for other, ids in changed.items():
        write_verdicts(application.record, Outcome(other, changed=sorted(ids)))


def _count_skipped_rows(counts: dict) -> int:
    """Rows with content that the plan doesn't use: duplicates and other skipped rows."""
    done_with = (
        counts.get("add", 0) + counts.get("change", 0) + counts.get("unchanged", 0) + counts.get("error", 0)
    )
    rows = sum(counts.get(verdict, 0) for verdict in PlannedRow.Verdict.values)
    return rows - done_with

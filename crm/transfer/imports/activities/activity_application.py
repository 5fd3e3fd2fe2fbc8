"""Writes the plan of a sheet with activities, in one operation, with the verbs of the page."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.models import Activity, Import, Operation, PlannedRow
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.activities.program_exports import get_author_ids
from crm.transfer.imports.apply.import_verb import ImportFile
from crm.transfer.imports.apply.receipt import write_receipt
from crm.transfer.imports.apply.stale_plan import Stale
from crm.work.activities.bulk_verbs import ActivityEdit, AddEach, EditEach, NewActivity

# Texts can be long.
ROWS_AT_ONCE = 1_000


def apply_activities(
    imported: Import,
    *,
    by,
    paced: Callable[[int], None],
    begun: float,
    writing_of: type["WrittenActivities"],
) -> Operation:
    """`writing_of` is for what the sheet has. Call inside a transaction that has locked the import. Raises Stale."""
    kind = KINDS[imported.table]
    if not by.has_perms([kind.right("import"), kind.right("change")]):
        raise Stale(_("You no longer have permission to change these records. Check the file again."))
    verb = ImportFile(imported)
    values = {"channel": Operation.Channel.IMPORT, "parameters": verb.parameters()}
    with operation(verb.kind, table=kind.name, by=by, **values) as record:
        writing = writing_of(imported, by, record)
        done = 0
        for rows in _portions(imported):
            writing.write(rows)
            done += len(rows)
            paced(done)
        write_receipt(
            imported,
            record,
            Outcome(kind.name, changed=sorted(writing.records.pop(kind.name, ()))),
            added=writing.counts["add"],
            changed=writing.counts["change"],
            already=0,
            late=dict(writing.refused),
        )
        for table, changed in writing.records.items():
            write_verdicts(record, Outcome(table, changed=sorted(changed)))
        record.milliseconds = round((time.monotonic() - begun) * 1000)
        record.save()
    imported.save()
    return record


def _portions(imported: Import) -> Iterator[list[PlannedRow]]:
    """In the order of the records, so that they are locked in it, whatever the order in the file."""
    planned = PlannedRow.objects.filter(of=imported).written().by_record()
    rows = planned[:ROWS_AT_ONCE]
    while portion := list(rows):
        yield portion
        rows = planned.after_record(portion[-1].record, portion[-1].row)[:ROWS_AT_ONCE]


class WrittenActivities:
    """`records` are those with a new or changed activity, by table, `counts` rows by action, `refused` rows by reason."""

    def __init__(self, imported: Import, by, record: Operation) -> None:
        self.imported, self.by, self.operation = imported, by, record
        self.model: Any = KINDS[imported.table].model
        self.records: dict[str, set[int]] = {}
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.authors = get_author_ids(by) if by.has_perm(self.model.right("assign")) else set()

    def write(self, rows: list[PlannedRow]) -> None:
        self.model.objects.lock_all({row.record for row in rows})
        self._add([row for row in rows if row.action == "add"])
        self._change([row for row in rows if row.action == "change"])

    def _add(self, rows: list[PlannedRow]) -> None:
        verb = AddEach(self.by, new=tuple(map(self._new, rows)))
        records = self.model.objects.present().changeable_by(self.by)
        outcome = self._carried_out(verb, records, {row.record for row in rows})
        self._settle(rows, outcome, lambda row: row.record)

    def _new(self, row: PlannedRow) -> NewActivity:
        values, author = row.values, row.values.get("author")
        at = parse_datetime(values["at"]) if values["at"] else None
        texts = (values["type"], values["text"], values["outcome"], values["minutes"])
        return NewActivity(row.record or 0, *texts, at, author if author in self.authors else None)

    def _change(self, rows: list[PlannedRow]) -> None:
        there: Any = Activity.objects.listed_for(self.by).changeable_by(self.by)
        rows = self._as_planned(rows, there)
        verb = EditEach(each={row.activity or 0: _build_edit(row) for row in rows})
        outcome = self._carried_out(verb, there, {row.activity for row in rows})
        self._settle(rows, outcome, lambda row: row.activity)

    def _as_planned(self, rows: list[PlannedRow], there: Any) -> list[PlannedRow]:
        """The rows whose activity hasn't changed since the check."""
        versions = there.versions_of([row.activity for row in rows])
        self._refuse([row for row in rows if versions.get(row.activity) != row.version], "changed_since_plan")
        return [row for row in rows if versions.get(row.activity) == row.version]

    def _carried_out(self, verb: Any, rows: Any, wanted: set[Any]) -> Outcome:
        return carry_out(verb, rows, by=self.by, wanted=sorted(wanted), joined=self.operation)

    def _settle(self, rows: list[PlannedRow], outcome: Outcome, key: Callable[[PlannedRow], Any]) -> None:
        """Count the rows, and mark those whose record or activity was refused."""
        changed = set(outcome.changed)
        reasons = {pk: code for code, ids in outcome.refused.items() for pk in ids}
        by_reason: dict[str, list[PlannedRow]] = {}
        for row in rows:
            if key(row) in changed:
                self.counts[row.action] += 1
                self.records.setdefault(self.model.table, set()).add(row.record or 0)
            else:
                by_reason.setdefault(reasons.get(key(row), "hidden"), []).append(row)
        for code, refused in by_reason.items():
            self._refuse(refused, code)

    def _refuse(self, rows: list[PlannedRow], code: str) -> None:
        if rows:
            self.refused[code] += len(rows)
            planned = PlannedRow.objects.filter(of=self.imported).numbered([row.row for row in rows])
            planned.update(action="", errors=[[None, get_reason_sentence(code)]])


def _build_edit(row: PlannedRow) -> ActivityEdit:
    return ActivityEdit(row.record or 0, row.values, row.old.get("text", ""))

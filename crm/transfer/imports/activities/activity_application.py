"""Writes the plan of a sheet with activities with the verbs of the page."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.models import Activity, Import, PlannedRow
from crm.records.history.operation_results import Outcome
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.activities.program_exports import get_author_ids
from crm.transfer.imports.apply.application import Application, Step
from crm.transfer.imports.apply.receipt import write_receipt
from crm.transfer.imports.apply.stale_plan import Stale
from crm.work.activities.bulk_verbs import ActivityEdit, AddEach, EditEach, NewActivity

# Texts can be long.
ROWS_AT_ONCE = 1_000


def check_permission(application: Application) -> None:
    """Raises Stale for users who may no longer import and change these records."""
    kind = application.rules.kind
    if not application.by.has_perms([kind.right("import"), kind.right("change")]):
        raise Stale(_("You no longer have permission to change these records. Check the file again."))


def write_activities(application: Application) -> None:
    write_portions(application, WrittenActivities(application))


def write_portions(application: Application, writing: "WrittenActivities") -> None:
    """Write all planned rows."""
    done = 0
    for rows in _portions(application.imported):
        writing.write(rows)
        done += len(rows)
        application.paced(done)


def _portions(imported: Import) -> Iterator[list[PlannedRow]]:
    """In the order of the records, so that they are locked in it, whatever the order in the file."""
    planned = PlannedRow.objects.filter(of=imported).written().by_record()
    rows = planned[:ROWS_AT_ONCE]
    while portion := list(rows):
        yield portion
        rows = planned.after_record(portion[-1].record, portion[-1].row)[:ROWS_AT_ONCE]


class WrittenActivities:
    """The rows of one portion."""

    def __init__(self, application: Application) -> None:
        self.application, self.by = application, application.by
        self.model: Any = application.rules.kind.model
        self.authors = get_author_ids(self.by) if self.by.has_perm(self.model.right("assign")) else set()

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
        return carry_out(verb, rows, by=self.by, wanted=sorted(wanted), joined=self.application.record)

    def _settle(self, rows: list[PlannedRow], outcome: Outcome, key: Callable[[PlannedRow], Any]) -> None:
        """Count the rows, and mark those whose record or activity was refused."""
        changed, records = set(outcome.changed), self.application.changed.setdefault(self.model.table, set())
        reasons = {pk: code for code, ids in outcome.refused.items() for pk in ids}
        by_reason: dict[str, list[PlannedRow]] = {}
        for row in rows:
            if key(row) in changed:
                self.application.rows[row.action] += 1
                records.add(row.record or 0)
            else:
                by_reason.setdefault(reasons.get(key(row), "hidden"), []).append(row)
        for code, refused in by_reason.items():
            self._refuse(refused, code)

    def _refuse(self, rows: list[PlannedRow], code: str) -> None:
        if rows:
            self.application.refused[code] += len(rows)
            planned = PlannedRow.objects.filter(of=self.application.imported).numbered(
                [row.row for row in rows]
            )
            planned.update(action="", errors=[[None, get_reason_sentence(code)]])


def _build_edit(row: PlannedRow) -> ActivityEdit:
    return ActivityEdit(row.record or 0, row.values, row.old.get("text", ""))


ACTIVITY_STEPS: tuple[Step, ...] = (check_permission, write_activities, write_receipt)

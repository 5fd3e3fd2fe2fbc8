"""Writes the plan of a sheet with activities or tasks, in the operation of the import, with the verbs of the page."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from crm.models import Import, PlannedRow
from crm.records.history.verb_execution import Verb, carry_out
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.apply.stale_plan import StalePlan

# Texts can be long.
ROWS_AT_ONCE = 1_000
# A verb and the rows that it writes.
Written = Iterable[tuple[Verb, list[PlannedRow]]]


def may_import_work(user: Any, kind: Kind) -> bool:
    """Whether the user may import activities and tasks of such records."""
    return user.has_perms([kind.get_right(right) for right in ("view", "change", "import")])


class WorkWriting:
    """`model` is that of the records whose rows are being written."""

    row_model: ClassVar[Any]
    model: Any

    def __init__(self, application: Application) -> None:
        self.application, self.by = application, application.by

    def build_adds(self, rows: list[PlannedRow]) -> Written:
        """The verbs that add these rows to the records."""
        raise NotImplementedError

    def build_changes(self, rows: list[PlannedRow]) -> Written:
        """The verbs that change what these rows name."""
        raise NotImplementedError

    def write_all(self) -> None:
        """Write all planned rows. Raises Stale for users who may no longer do so."""
        done = 0
        for rows in _iterate_portions(self.application.imported):
            for kind in KINDS.values():
                if own := [row for row in rows if self._get_table(row) == kind.name]:
                    self._write(kind, own)
            done += len(rows)
            self.application.paced(done)

    def _get_table(self, row: PlannedRow) -> str:
        """The table of the record."""
        return row.keys[0] if row.keys else self.application.imported.table

    def _write(self, kind: Kind, rows: list[PlannedRow]) -> None:
        if not may_import_work(self.by, kind):
            raise StalePlan(_("You no longer have permission to change these records. Check the file again."))
        self.model = kind.model
        self.model.objects.lock_all({row.record for row in rows})
        records = self.model.objects.present().changeable_by(self.by)
        there = self.row_model.objects.listed_for(self.by).changeable_by(self.by)
        if new := [row for row in rows if row.action == "add"]:
            for verb, own in self.build_adds(new):
                self._carry_out(verb, records, own, "record")
        if known := self._refuse_changed_rows([row for row in rows if row.action == "change"], there):
            for verb, own in self.build_changes(known):
                self._carry_out(verb, there, own, "activity")

    def _refuse_changed_rows(self, rows: list[PlannedRow], there: Any) -> list[PlannedRow]:
        """The rows whose activity or task hasn't changed since the check."""
        versions = there.get_versions([row.activity for row in rows]) if rows else {}
        self._refuse([row for row in rows if versions.get(row.activity) != row.version], "changed_since_plan")
        return [row for row in rows if versions.get(row.activity) == row.version]

    def _carry_out(self, verb: Verb, among: Any, rows: list[PlannedRow], key: str) -> None:
        """Count the rows, and mark those whose record, activity or task was refused; `key` names its ID in the row."""
        wanted = sorted({getattr(row, key) for row in rows})
        outcome = carry_out(verb, among, by=self.by, wanted=wanted, joined=self.application.record)
        changed, records = set(outcome.changed), self.application.changed.setdefault(self.model.table, set())
        reasons = {pk: code for code, ids in outcome.refused.items() for pk in ids}
        by_reason: dict[str, list[PlannedRow]] = {}
        for row in rows:
            pk = getattr(row, key)
            if pk in changed:
                self.application.rows[row.action] += 1
                records.add(row.record or 0)
            else:
                by_reason.setdefault(reasons.get(pk, "hidden"), []).append(row)
        for code, refused in by_reason.items():
            self._refuse(refused, code)

    def _refuse(self, rows: list[PlannedRow], code: str) -> None:
        if rows:
            self.application.refused[code] += len(rows)
            planned = PlannedRow.objects.filter(of=self.application.imported)
            numbers = [row.row for row in rows]
            planned.numbered(numbers).update(action="", errors=[[None, get_reason_sentence(code)]])


def _iterate_portions(imported: Import) -> Iterator[list[PlannedRow]]:
    """In the order of the records, so that they are locked in it, whatever the order in the file."""
    planned = PlannedRow.objects.filter(of=imported).written().by_record()
    rows = planned[:ROWS_AT_ONCE]
    while portion := list(rows):
        yield portion
        rows = planned.after_record(portion[-1].record, portion[-1].row)[:ROWS_AT_ONCE]

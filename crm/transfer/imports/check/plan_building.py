"""What checking a sheet of records, of activities and of tasks share: the rows in portions, the verdicts, their counts."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from django.utils import timezone

from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.models import Change, Import, ImportRow, PlannedRow
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.cell_comparison import RowJudgment
from crm.transfer.imports.check.common_errors import count_reasons
from crm.transfer.imports.check.error_groups import build_mistake_lists
from crm.transfer.imports.check.import_rules import Errors, ImportRules
from crm.transfer.imports.check.record_matching import get_author_and_time
from crm.transfer.imports.check.reinterpreted_cells import build_note_counts
from crm.transfer.imports.check.row_judgment import get_json_cell_value
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.file_columns import find_correctable_column
from crm.transfer.imports.columns.import_options import ImportOptions
from crm.transfer.imports.plan.unknown_names import get_unknown_values
from crm.transfer.imports.read.copy_rows import copy_planned_rows

Verdict = PlannedRow.Verdict
Progress = Callable[[int, int], None]
# The columns that are read of a row of the file.
READ_COLUMNS = ["row", "kinds", "cells", "targets", "fixes", "choice", "takes"]


class PlanBuilder:
    """One pass over all rows of an import. Subclasses plan a portion, and say what the plan depends on."""

    # More of them at once take more memory and no less time. Texts can be long.
    rows_at_once = 1_000
    # The rules of what the sheet has, if that isn't records.
    rules_class: ClassVar[type[ImportRules] | None] = None

    def __init__(self, imported: Import, user) -> None:
        self.imported, self.user = imported, user
        self.options = ImportOptions.from_import(imported)
        self.kind = KINDS[imported.table]
        self.rules = (self.rules_class or get_rules_class(self.kind))(self.kind, user)
        self.counts: Counter[str] = Counter()

    def plan(self, portion: list[Any]) -> list[PlannedRow]:
        """The plan for these rows; earlier rows that they may repeat are already planned."""
        raise NotImplementedError

    def judge_plan_as_whole(self) -> None:
        """What depends on all rows of the plan together."""

    def get_check_state(self) -> dict[str, Any]:
        """What the plan depends on, as it is before the first row is planned."""
        return {}

    def run(self, progress: Progress | None = None) -> None:
        """Make a new plan. Call inside a transaction."""
        PlannedRow.objects.filter(of=self.imported).delete()
        since = self.get_check_state()
        done = 0
        for portion in self._iterate_portions():
            with use_definitions_as_found():
                copy_planned_rows(self.plan(portion))
            done += len(portion)
            if progress:
                progress(done, self.imported.rows)
        self.judge_plan_as_whole()
        self.save_plan({**self.counts, **since})

    def save_plan(self, counts: dict[str, Any]) -> None:
        """Only the plan that the user saw is applied: it is identified by its time."""
        kept = {"reasons": count_reasons(self.imported), "mistakes": build_mistake_lists(self.imported)}
        counts = {**counts, **self.rules.get_link_counts(), "notes": build_note_counts(self.imported)}
        self.imported.counts = {**counts, **kept, "made": timezone.now().isoformat()}
        self.imported.unknown = get_unknown_values(self.imported)
        self.imported.state = Import.State.PLAN
        self.imported.save(update_fields=["unknown", "counts", "state"])

    def _iterate_portions(self) -> Iterator[list[Any]]:
        # As tuples: building a model per row takes longer than reading it.
        rows = (
            ImportRow.objects.filter(of=self.imported).order_by("row").values_list(*READ_COLUMNS, named=True)
        )
        last = -1
        while portion := list(rows.filter(row__gt=last)[: self.rows_at_once]):
            yield portion
            last = portion[-1].row

    def refuse(self, plan: PlannedRow, name: str, sentence: str) -> None:
        """For one reason, shown at the column of the field."""
        self.refuse_all(plan, [(name, sentence)])

    def refuse_all(self, plan: PlannedRow, errors: Errors) -> None:
        plan.verdict, plan.action, plan.values, plan.old = Verdict.ERROR, "", {}, {}
        plan.errors = [
            [find_correctable_column(self.imported, self.rules, name), sentence]
            for name, sentence in dict.fromkeys(errors)
        ]

    def set_conflicts(
        self, plan: PlannedRow, judged: RowJudgment, touched: Mapping[str, tuple[Any, Change]]
    ) -> None:
        """What both the file and someone else have changed; `touched` are the changes since the file was made, by field. A row with
        nothing else stays among the changed ones, where the user can choose."""
        plan.conflicts = {
            name: [get_json_cell_value(now), *get_author_and_time(touched[name][1])]
            for name, now in judged.conflicts.items()
        }
        if plan.conflicts and plan.verdict == Verdict.UNCHANGED:
            plan.verdict = Verdict.CHANGED

    def mark_skipped(self, plan: PlannedRow, sentence: str) -> None:
        plan.verdict, plan.errors = Verdict.LEFT_OUT, [[None, sentence]]

    def add_to_counts(self, plan: PlannedRow, by: int = 1) -> None:
        """`by` is -1 for a row that is planned again."""
        counts = self.counts
        counts[str(plan.verdict)] += by
        if plan.action:
            counts[plan.action] += by
        if plan.action == "change":
            counts["cells"] += by * sum(not column.endswith("_normal") for column in plan.values)
        counts["named"] += by * plan.named
        counts["conflicts"] += by * len(plan.conflicts)
        if plan.verdict == Verdict.DUPLICATE:
            counts["repeated" if plan.match == "file" else "like_record"] += by

"""What the checks of a sheet with activities and of a sheet with tasks share: rows by ID, new rows, and repeated ones."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from crm.models import Import, PlannedRow
from crm.transfer.imports.check.cell_cleaning import CleanedCell, RowCleaner
from crm.transfer.imports.check.cell_comparison import RowJudgment
from crm.transfer.imports.check.plan_building import PlanBuilder, Verdict
from crm.transfer.imports.check.record_matching import FileState
from crm.transfer.imports.check.row_judgment import get_json_cell_value
from crm.transfer.imports.columns.saved_mappings import get_headings
from crm.transfer.imports.read.rows_without_records import RowsWithoutRecords, get_skipping_reason
from crm.transfer.imports.work.work_import import WorkImport
from crm.transfer.imports.work.work_judgment import WorkJudge

Cells = dict[str, CleanedCell]
# A column and the reason why its row is refused.
Refusal = tuple[str, str]


@dataclass
class Existing:
    """The activities or tasks that some rows name, by ID, those among them that the user may change, and the fields that have
    changed since the file was made."""

    rows: dict[int, Any] = field(default_factory=dict)
    changeable: set[int] = field(default_factory=set)
    before: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)


class WorkCheck(PlanBuilder):
    """Each row is one that exists, by its ID, or a new one of the record that it names."""

    rules: WorkImport
    judge: WorkJudge
    # Sentences: of a second row with an ID, of an ID that the user doesn't see, and of a new row that is there already.
    same_id: ClassVar[Any]
    unknown_id: ClassVar[Any]
    repeated: ClassVar[Any]

    def __init__(self, imported: Import, user) -> None:
        super().__init__(imported, user)
        heads = get_headings(imported)
        self.cells = self.rules.get_cells(heads, day_first=self.options.day_first)
        self.cleaner = RowCleaner(self.cells, imported)
        self.without_record = RowsWithoutRecords(imported, self.rules.get_number_columns())
        fields = self.rules.model._meta
        self.before = FileState(
            self.rules.model, {name: fields.get_field(name).attname for name in self.rules.edited}
        )
        # The first row with each ID, and that of each new activity or task by its content.
        self.seen: dict[int, int] = {}
        self.same: dict[tuple, int] = {}

    def plan(self, portion):
        rows = [self.read(row) for row in portion]
        named = self.find_records(rows)
        existing = self.find_existing(rows)
        planned = [
            self._plan_row(row, cells, record, existing)
            for row, cells, record in zip(portion, rows, named, strict=True)
        ]
        self.refuse_together(planned)
        self._leave_out_known([plan for plan in planned if plan.action == "add"])
        for plan in planned:
            self.add_to_counts(plan)
        return planned

    # What a subclass says

    def read(self, row: Any) -> Cells:
        """The cells of a row by field."""
        prefix = self.rules.prefix
        return {name.removeprefix(prefix): cell for name, cell in self.cleaner.clean_row(row).items()}

    def find_records(self, rows: list[Cells]) -> list[Any]:
        """What each row names its record with, looked up for all of them together."""
        raise NotImplementedError

    def get_title(self, cells: Cells, named: Any) -> str:
        """What the record of a row is called."""
        raise NotImplementedError

    def get_move_refusal(self, cells: Cells, named: Any, row: Any) -> Refusal | None:
        """Why the row that exists can't get the record that the file names."""
        raise NotImplementedError

    def get_refusal_sentence(self, row: Any, *, may_change: bool) -> str:
        """Why this user can't change the row that exists, or ''."""
        raise NotImplementedError

    def set_record_or_get_refusal(self, plan: PlannedRow, cells: Cells, named: Any) -> Refusal | None:
        """Give a new row its record, with the table of the record as its only key. Returns why there is none."""
        raise NotImplementedError

    def existing_queryset(self) -> Any:
        """The activities or tasks that the user sees."""
        return self.rules.model.objects.listed_for(self.user)

    def is_fixed(self, row: Any) -> bool:
        """Whether files can't change this one at all."""
        return False

    def refuse_together(self, planned: list[PlannedRow]) -> None:
        """What is looked up for many rows at once."""

    def get_comparable_content(self, plan: PlannedRow) -> tuple | None:
        """What a new row says, so that a file that is imported twice adds it once; None if it is new in any case."""
        raise NotImplementedError

    def find_contents(self, planned: list[PlannedRow]) -> set[tuple]:
        """What the records of these new rows have already, as `get_comparable_content` says it."""
        raise NotImplementedError

    # The same for all

    def find_existing(self, rows: list[Cells]) -> Existing:
        own_id = self.rules.own_id
        versions = {
            cells[own_id].value: cells["version"].value if "version" in cells else None
            for cells in rows
            if own_id in cells and cells[own_id].value
        }
        if not versions:
            return Existing()
        seen = self.existing_queryset().filter(pk__any=list(versions))
        found = seen.in_bulk()
        changeable = set(seen.changeable_by(self.user).values_list("pk", flat=True))
        older = {
            pk: then for pk, then in versions.items() if pk in found and then and then < found[pk].version
        }
        return Existing(found, changeable, self.before.get_changes_since(older) if older else {})

    def _plan_row(self, row: Any, cells: Cells, named: Any, existing: Existing) -> PlannedRow:
        shown = [cells[name].shown for name in self.rules.subtitle_fields if name in cells]
        plan = PlannedRow(of=self.imported, row=row.row, subtitle=", ".join(filter(None, shown))[:300])
        plan.title = self.get_title(cells, named)[:300]
        if meant := self.without_record.judge(row):
            plan.match = meant
            self.mark_skipped(plan, get_skipping_reason(meant))
            return plan
        own_id = self.rules.own_id
        columns = (own_id, "version", "id", "of")
        wrong = [(name, cells[name].error) for name in columns if name in cells and cells[name].error]
        if wrong:
            self.refuse_all(plan, wrong)
        elif pk := cells[own_id].value if own_id in cells else None:
            self._plan_known(plan, row, pk, cells, named, existing)
        else:
            self._plan_new(plan, cells, named)
        return plan

    def _plan_known(
        self, plan: PlannedRow, row: Any, pk: int, cells: Cells, named: Any, existing: Existing
    ) -> None:
        plan.match, known, own_id = "id", existing.rows.get(pk), self.rules.own_id
        if pk in self.seen:
            self.refuse(plan, own_id, self.same_id % {"row": self.seen[pk]})
            return
        self.seen[pk] = plan.row
        if known is None:
            self.refuse(plan, own_id, str(self.unknown_id))
            return
        plan.record, plan.activity, plan.version = known.record, pk, known.version
        plan.keys = [known.of]
        if self.is_fixed(known):
            plan.verdict = Verdict.UNCHANGED
            self.counts["fixed"] += 1
            return
        if refusal := self.get_move_refusal(cells, named, known):
            self.refuse(plan, *refusal)
            return
        version = cells["version"].value if "version" in cells else None
        touched = existing.before.get(pk, {})
        base = {name: then for name, (then, _change) in touched.items()} if version else None
        judged = self.judge.judge_existing(cells, known, base, row.takes)
        self._set_unknown(plan, judged)
        if judged.errors:
            self.refuse_all(plan, judged.errors)
        elif judged.values and (
            why := self.get_refusal_sentence(known, may_change=pk in existing.changeable)
        ):
            self.refuse(plan, own_id, why)
        else:
            self._plan_change(plan, judged)
        self.set_conflicts(plan, judged, touched)

    def _plan_change(self, plan: PlannedRow, judged: RowJudgment) -> None:
        plan.verdict = Verdict.CHANGED if judged.values else Verdict.UNCHANGED
        plan.action = "change" if judged.values else ""
        plan.values = {name: get_json_cell_value(value) for name, value in judged.values.items()}
        plan.old = {name: get_json_cell_value(now) for name, now in judged.old.items()}

    def _plan_new(self, plan: PlannedRow, cells: Cells, named: Any) -> None:
        if refusal := self.set_record_or_get_refusal(plan, cells, named):
            self.refuse(plan, *refusal)
            return
        judged = self.judge.judge_new(cells)
        self._set_unknown(plan, judged)
        if judged.errors:
            self.refuse_all(plan, judged.errors)
            return
        plan.verdict, plan.action = Verdict.NEW, "add"
        plan.values = {name: get_json_cell_value(value) for name, value in judged.values.items()}

    def _set_unknown(self, plan: PlannedRow, judged: RowJudgment) -> None:
        plan.unknown = [(f"{self.rules.prefix}{name}", text) for name, text in judged.unknown]

    def _leave_out_known(self, planned: list[PlannedRow]) -> None:
        """The file was imported before, or repeats a row."""
        said = [
            (plan, content) for plan in planned if (content := self.get_comparable_content(plan)) is not None
        ]
        there = self.find_contents([plan for plan, _content in said])
        leave_out_repeated(said, there, self.same, str(self.repeated))


def leave_out_repeated(
    said: list[tuple[PlannedRow, tuple]], there: Container[tuple], earlier: dict[tuple, int], exists: str
) -> None:
    """Skip new rows whose content is already `there`, with the sentence `exists`, or in an `earlier` row, to which these are
    added."""
    for plan, content in said:
        if content not in there and content not in earlier:
            earlier[content] = plan.row
            continue
        repeats = _("This row repeats row %(row)s.") % {"row": earlier.get(content)}
        plan.action, plan.values, plan.verdict = "", {}, Verdict.LEFT_OUT
        plan.errors = [[None, exists if content in there else repeats]]

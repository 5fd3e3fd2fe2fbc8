"""The check of a sheet with activities: every row against the rules of the form, and the resulting plan."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from crm.models import Activity, Import, PlannedRow
from crm.templatetags.look import number
from crm.transfer.imports.activities.program_exports import as_activity, find_export
from crm.transfer.imports.activities.row_judgment import ActivityJudgment, Judge, at_second
from crm.transfer.imports.activities.sheet_columns import SheetCells
from crm.transfer.imports.check.cell_cleaning import Cell, Cleaner
from crm.transfer.imports.check.import_rules import Errors
from crm.transfer.imports.check.plan_building import PlanBuilder, Verdict
from crm.transfer.imports.check.record_matching import (
    Before,
    Keys,
    Matcher,
    PossibleRecords,
    Recognition,
    who_and_when,
)
from crm.transfer.imports.check.row_judgment import get_json_cell_value
from crm.transfer.imports.columns.saved_mappings import get_headings
from crm.work.activities.sheet import EDITED, WRITTEN


@dataclass
class There:
    """The activities, or tasks, of some rows by ID, those among them that the user may change, and what has changed since the file."""

    rows: dict[int, Any] = field(default_factory=dict)
    changeable: set[int] = field(default_factory=set)
    before: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)


class ActivityCheck(PlanBuilder):
    # Texts can be long.
    rows_at_once = 1_000

    def __init__(self, imported: Import, user) -> None:
        super().__init__(imported, user)
        self.export = find_export(self.kind.name, get_headings(imported))
        self.cells = SheetCells(
            self.kind, user, day_first=self.options.day_first, of_program=self.export is not None
        )
        self.cleaner = Cleaner(self.cells, imported)
        self.recognition = Recognition(self.rules, self.options)
        self.matcher = Matcher(self.recognition, self.cells.of_records, user)
        self.judge = Judge(empties=self.options.empties)
        self.before = Before(Activity, {name: name for name in EDITED})
        self.country = self.rules.country_of(self.options.defaults.get("department"))
        self.seen: dict[int, int] = {}

    def plan(self, portion):
        cells = [self._read(row) for row in portion]
        values = [{name: cell.value for name, cell in found.items()} for found in cells]
        keys = self.recognition.keys_of(values, self.country)
        found, there = self.matcher.find(keys), self._there(values)
        planned = [
            self._plan_row(row, row_cells, row_keys, found, there)
            for row, row_cells, row_keys in zip(portion, cells, keys, strict=True)
        ]
        self._leave_out_known([plan for plan in planned if plan.action == "add"])
        for plan in planned:
            self.count(plan)
        return planned

    def _read(self, row: Any) -> dict[str, Cell]:
        cells = self.cleaner.row(row)
        may_assign = self.rules.may_assign
        return as_activity(self.export, cells, may_assign=may_assign) if self.export else cells

    def _there(self, values: list[dict[str, Any]]) -> There:
        versions = {row["activity"]: row.get("version") for row in values if row.get("activity")}
        if not versions:
            return There()
        rows: Any = Activity.objects.listed_for(self.user).of_kind(self.kind.name)
        rows = rows.filter(pk__any=list(versions))
        found = rows.in_bulk()
        changeable = set(rows.changeable_by(self.user).values_list("pk", flat=True))
        older = {
            pk: then for pk, then in versions.items() if pk in found and then and then < found[pk].version
        }
        return There(found, changeable, self.before.of(older) if older else {})

    def _plan_row(
        self, row, cells: dict[str, Cell], keys: Keys, found: PossibleRecords, there: There
    ) -> PlannedRow:
        # What is about a merged record is about the one it was merged into.
        keys = replace(keys, id=found.merged.get(keys.id or 0, keys.id))
        plan = PlannedRow(of=self.imported, row=row.row)
        record = found.records.get(keys.id or 0)
        plan.title, plan.subtitle = self._title(record), self._subtitle(cells)
        named: dict[str, Cell] = {
            name: cells[name] for name in ("activity", "version", "id") if name in cells
        }
        wrong: Errors = [(name, cell.error) for name, cell in named.items() if cell.error]
        if wrong:
            self.refuse_all(plan, wrong)
        elif pk := named["activity"].value if "activity" in named else None:
            self._known(plan, row, pk, cells, keys, there)
        else:
            self._new(plan, cells, keys, found)
        return plan

    # Activities that have an ID

    def _known(self, plan: PlannedRow, row, pk: int, cells, keys: Keys, there: There) -> None:
        plan.match, activity = "id", there.rows.get(pk)
        if pk in self.seen:
            self.refuse(plan, "activity", _("Row %(row)s has the same activity ID.") % {"row": self.seen[pk]})
            return
        self.seen[pk] = row.row
        if activity is None:
            self.refuse(plan, "activity", _("You don’t have access to an activity with this ID. Clear the cell to add the row as a new activity."))  # fmt: skip
            return
        plan.record, plan.activity, plan.version = activity.record, pk, activity.version
        if activity.type not in WRITTEN:
            plan.verdict = Verdict.UNCHANGED
            self.counts["fixed"] += 1
            return
        if keys.id and keys.id != activity.record:
            self.refuse(plan, "id", _("An activity can’t move to another record."))
            return
        version = cells["version"].value if "version" in cells else None
        touched = there.before.get(pk, {})
        base = {name: then for name, (then, _change) in touched.items()} if version else None
        judged = self.judge.known(cells, activity, base, row.takes)
        self._change(plan, judged, activity, may_change=pk in there.changeable)
        plan.conflicts = {
            name: [get_json_cell_value(now), *who_and_when(touched[name][1])]
            for name, now in judged.conflicts.items()
        }
        if plan.conflicts and plan.verdict == Verdict.UNCHANGED:
            plan.verdict = Verdict.CHANGED

    def _change(
        self, plan: PlannedRow, judged: ActivityJudgment, activity: Activity, *, may_change: bool
    ) -> None:
        if judged.errors:
            self.refuse_all(plan, judged.errors)
        elif judged.values and not may_change:
            self.refuse(plan, "activity", self._not_changeable(activity))
        else:
            plan.verdict = Verdict.CHANGED if judged.values else Verdict.UNCHANGED
            plan.action = "change" if judged.values else ""
            plan.values = {name: get_json_cell_value(value) for name, value in judged.values.items()}
            plan.old = {name: get_json_cell_value(getattr(activity, name)) for name in judged.values}

    def _not_changeable(self, activity: Activity) -> str:
        if activity.created_by_id == self.user.pk:
            return _("You don’t have permission to change this record.")
        return _("You don’t have permission to change the activities of other users.")

    # New ones

    def _new(self, plan: PlannedRow, cells, keys: Keys, found: PossibleRecords) -> None:
        plan.record, refusal = self._record(cells, keys, found)
        if refusal:
            self.refuse(plan, *refusal)
            return
        plan.title = self._title(found.records.get(plan.record or 0))
        if not self.rules.may_change:
            self.refuse(plan, "id", _("You don’t have permission to change this record."))
            return
        judged = self.judge.new(cells)
        if judged.errors:
            self.refuse_all(plan, judged.errors)
            return
        plan.verdict, plan.action = Verdict.NEW, "add"
        plan.values = {name: get_json_cell_value(value) for name, value in judged.values.items()}

    def _record(self, cells, keys: Keys, found: PossibleRecords) -> tuple[int | None, tuple[str, str] | None]:
        """The record of a new activity, or the column and the reason why there is none."""
        names = {"id": "id", "field": self.options.key, "email": self.rules.email}
        for way in self.options.keys:
            name = names[way]
            if name in cells and cells[name].error:
                return None, (name, cells[name].error)
            if not (key := getattr(keys, way)):
                continue
            known = {key: key} if way == "id" else getattr(found, f"by_{way}")
            pk = known.get(key)
            if pk in found.records:
                return pk, None
            if key in found.several:
                return None, (name, self._several(found.several[key]))
            return None, (name, self._not_found(name))
        return None, ("id", _("Enter the ID of the record in this row."))

    def _not_found(self, name: str) -> str:
        """The same for a record that doesn't exist and for one that the user doesn't see."""
        column = _("ID") if name == "id" else self.kind.label(name)
        return _("There’s no record with this %(field)s that you can change.") % {"field": column}

    def _several(self, count: int) -> str:
        return _(
            "%(number)s of your records have this value, so it’s unclear which one this row belongs to."
        ) % {"number": number(count)}

    def _leave_out_known(self, planned: list[PlannedRow]) -> None:
        """New activities that say exactly what another one says, at the same time: the file was imported before, or repeats
        a row. Those without a time happened now, so they are new."""
        dated = [plan for plan in planned if plan.values["at"]]
        ids = sorted({plan.record for plan in dated if plan.record})
        moments = [datetime.fromisoformat(plan.values["at"]) for plan in dated]
        rows: Any = Activity.objects.present().open_to(self.user)
        rows = rows.of_records(self.kind.name, ids).at_one_of(moments)
        there = {
            (record, type_, text, at_second(at))
            for record, type_, text, at in rows.values_list("record", "type", "text", "at")
        }
        said = [
            (plan, (plan.record, plan.values["type"], plan.values["text"], at_second(at)))
            for plan, at in zip(dated, moments, strict=True)
        ]
        self.leave_out_repeated(said, there, _("This activity already exists."))

    # What a row is called

    def _title(self, record: dict[str, Any] | None) -> str:
        shown = {name: value for name, value in (record or {}).items() if isinstance(value, str)}
        return self.rules.title(shown)[:300]

    def _subtitle(self, cells: dict[str, Cell]) -> str:
        return ", ".join(cells[name].shown for name in ("type", "at") if name in cells and cells[name].shown)[
            :300
        ]

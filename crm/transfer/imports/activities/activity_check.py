"""The check of a sheet with activities: every row against the rules of the form, and the resulting plan."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Activity, Import
from crm.templatetags.look import number
from crm.transfer.imports.activities.activity_import import ActivityImport
from crm.transfer.imports.activities.program_exports import convert_to_activity_cells, find_export
from crm.transfer.imports.activities.row_judgment import ActivityJudge
from crm.transfer.imports.check.record_matching import Matcher, PossibleRecords, Recognition, RowKeys
from crm.transfer.imports.columns.saved_mappings import get_headings
from crm.transfer.imports.work.work_check import Cells, Refusal, WorkCheck
from crm.transfer.imports.work.work_judgment import truncate_to_second
from crm.work.activities.sheet_columns import IMPORTED_TYPES


@dataclass(frozen=True)
class Named:
    """What a row names its record with. `pk` is its ID in the row, `found` are the records of all rows of the portion."""

    keys: RowKeys
    pk: int | None
    found: PossibleRecords


class ActivityCheck(WorkCheck):
    rules: ActivityImport
    rules_class = ActivityImport
    same_id = _lazy("Row %(row)s has the same activity ID.")
    unknown_id = _lazy(
        "You don’t have access to an activity with this ID. Clear the cell to add the row as a new activity."
    )
    repeated = _lazy("This activity already exists.")

    def __init__(self, imported: Import, user) -> None:
        self.export = find_export(imported.table, get_headings(imported))
        super().__init__(imported, user)
        self.recognition = Recognition(self.rules.record_rules, self.options)
        self.matcher = Matcher(self.recognition, self.cells.others, user)
        self.judge = ActivityJudge(empties=self.options.empties)
        self.country = self.rules.get_country(self.options.defaults.get("department"))

    def read(self, row):
        cells, may_assign = super().read(row), self.rules.may_assign
        return convert_to_activity_cells(self.export, cells, may_assign=may_assign) if self.export else cells

    def find_records(self, rows):
        values = [{name: cell.value for name, cell in cells.items()} for cells in rows]
        keys = self.recognition.build_keys(values, self.country)
        found = self.matcher.find(keys)
        # What is about a merged record is about the one it was merged into.
        return [Named(own, found.merged.get(own.id or 0, own.id), found) for own in keys]

    def get_title(self, cells, named):
        return self._build_title(named.found.records.get(named.pk or 0))

    def _build_title(self, record: dict[str, Any] | None) -> str:
        shown = {name: value for name, value in (record or {}).items() if isinstance(value, str)}
        return self.rules.record_rules.get_row_title(shown)[:300]

    def is_fixed(self, row):
        return row.type not in IMPORTED_TYPES

    def existing_queryset(self):
        return super().existing_queryset().of_kind(self.kind.name)

    def get_move_refusal(self, cells, named, row):
        moves = named.pk and named.pk != row.record
        return ("id", _("An activity can’t move to another record.")) if moves else None

    def get_refusal_sentence(self, row, *, may_change):
        if may_change:
            return ""
        if row.created_by_id == self.user.pk:
            return _("You don’t have permission to change this record.")
        return _("You don’t have permission to change the activities of other users.")

    def set_record_or_get_refusal(self, plan, cells, named):
        plan.record, refusal = self._find_record(cells, named)
        plan.keys = [self.kind.name]
        if refusal:
            return refusal
        plan.title = self._build_title(named.found.records.get(plan.record or 0))
        if not self.rules.may_change:
            return "id", _("You don’t have permission to change this record.")
        return None

    def _find_record(self, cells: Cells, named: Named) -> tuple[int | None, Refusal | None]:
        """The record of a new activity, or the column and the reason why there is none."""
        names = {"id": "id", "field": self.options.key, "email": self.rules.record_rules.email}
        found = named.found
        for way in self.options.keys:
            name = names[way]
            if name in cells and cells[name].error:
                return None, (name, cells[name].error)
            key = named.pk if way == "id" else getattr(named.keys, way)
            if not key:
                continue
            pk = key if way == "id" else getattr(found, f"by_{way}").get(key)
            if pk in found.records:
                return pk, None
            if key in found.several:
                return None, (name, self._describe_several(found.several[key]))
            return None, (name, self._describe_not_found(name))
        return None, ("id", _("Enter the ID of the record in this row."))

    def _describe_not_found(self, name: str) -> str:
        """The same for a record that doesn't exist and for one that the user doesn't see."""
        column = _("ID") if name == "id" else self.kind.get_label(name)
        return _("There’s no record with this %(field)s that you can change.") % {"field": column}

    def _describe_several(self, count: int) -> str:
        return _(
            "%(number)s of your records have this value, so it’s unclear which one this row belongs to."
        ) % {"number": number(count)}

    def get_comparable_content(self, plan):
        """Those without a time happened now, so they are new."""
        at = plan.values["at"]
        if not at:
            return None
        return (
            plan.record,
            plan.values["type"],
            plan.values["text"],
            truncate_to_second(datetime.fromisoformat(at)),
        )

    def find_contents(self, planned):
        ids = sorted({plan.record for plan in planned if plan.record})
        moments = [datetime.fromisoformat(plan.values["at"]) for plan in planned]
        rows: Any = Activity.objects.present().not_private_to_others(self.user)
        rows = rows.of_records(self.kind.name, ids).at_one_of(moments)
        return {
            (record, type_, text, truncate_to_second(at))
            for record, type_, text, at in rows.values_list("record", "type", "text", "at")
        }

"""The plan of a sheet with activities or tasks as its page shows it."""

from typing import Any

from django.db.models import TimeField

from crm.models import PlannedRow
from crm.records.history.timeline import get_recorded_text
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.plan.plan_lines import ChangedCell, PlanPage
from crm.transfer.imports.work.work_import import WorkImport

# Longer texts are shown from a little before the place where they differ.
SHOWN, BEFORE = 200, 30


class WorkPlanPage(PlanPage):
    """Each row shows its record, which may be of any type."""

    rules: WorkImport

    def get_fields_by_column(self):
        rules, fields = self.rules, self.rules.model._meta
        own = {name: fields.get_field(name) for name in (*rules.edited, *rules.standing)}
        return own | {name: fields.get_field(stored) for name, stored in rules.stored_as.items()}

    def _build_lines(self, planned):
        self.records: dict[tuple[str, int | None], Any] = {}
        for of in {self._get_table(row) for row in planned}:
            ids = [row.record for row in planned if row.record and self._get_table(row) == of]
            rows: Any = KINDS[of].model.objects
            found = rows.present().visible_to(self.user).in_bulk(ids)
            self.records |= {(of, pk): record for pk, record in found.items()}
        return super()._build_lines(planned)

    def _get_table(self, planned: PlannedRow) -> str:
        return planned.keys[0] if planned.keys else self.imported.table

    def _get_records(self, wanted):
        return {}

    def _build_line(self, planned, row, record):
        return super()._build_line(planned, row, self.records.get((self._get_table(planned), planned.record)))

    def _get_choices(self, planned):
        return []

    def _build_changes(self, planned):
        return [self._build_change(planned, name) for name in planned.values]

    def _build_change(self, planned: PlannedRow, name: str) -> ChangedCell:
        old, new = (
            self._tell_value(name, planned.old.get(name)),
            self._tell_value(name, planned.values[name]),
        )
        start = find_first_difference(old, new)
        return ChangedCell(self._get_heading(name), get_excerpt(old, start), get_excerpt(new, start))

    def _build_standing(self, planned):
        names = (
            *self.rules.standing,
            *(name for name in self.rules.stored_as if name in self.imported.mapping),
        )
        texts = {name: self._format_value(name, planned.values.get(name)) for name in names}
        return [
            ChangedCell(self._get_heading(name), "", get_excerpt(text, 0)) for name, text in texts.items()
        ]

    def _format_value(self, column, value):
        if value and isinstance(self.by_column[column], TimeField):
            return value[:5]
        return get_recorded_text(self.by_column[column], value, self.user)

    def _get_heading(self, column):
        return self.rules.get_own_label(column)

    def _get_column(self, name):
        return name


def find_first_difference(old: str, new: str) -> int:
    pairs = zip(old, new, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def get_excerpt(text: str, start: int) -> str:
    """The part of a text that shows the difference that starts here."""
    if start <= 2 * BEFORE:
        return text[:SHOWN]
    return f"…{text[start - BEFORE : start + SHOWN]}"

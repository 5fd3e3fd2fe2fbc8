"""The plan of a sheet with tasks as its page shows it."""

from typing import Any

from django.utils.dateparse import parse_time
from django.utils.translation import ngettext

from crm.records.history.timeline import get_recorded_text
from crm.records.kinds.kind_registry import KINDS
from crm.templatetags.look import number
from crm.transfer.imports.activities.plan_lines import ActivityPlanPage, get_excerpt
from crm.transfer.imports.plan.plan_lines import ChangedCell, PlanPage
from crm.transfer.imports.tasks.sheet_columns import TaskCells
from crm.transfer.models.import_file import OF_TASKS
from crm.work.models.task import Task
from crm.work.tasks.sheet import WRITTEN, get_column_label


class TaskPlanPage(ActivityPlanPage):
    """Each row shows the record of its task, which may be of any type."""

    def __init__(self, imported, user, data) -> None:
        PlanPage.__init__(self, imported, user, data)
        model: Any = Task
        self.by_column = {name: model._meta.get_field(name) for name in WRITTEN}

    def counted(self, count):
        return describe_task_count(count)

    def _lines(self, planned):
        self.records: dict[tuple[str, int], Any] = {}
        for of in {row.keys[0] for row in planned if row.keys}:
            ids = [row.record for row in planned if row.keys == [of]]
            found = KINDS[of].model.objects.present().visible_to(self.user).in_bulk(ids)
            self.records |= {(of, pk): record for pk, record in found.items()}
        return super()._lines(planned)

    def _records(self, wanted):
        return {}

    def _line(self, planned, row, record):
        named = (planned.keys[0], planned.record) if planned.keys else None
        return super()._line(planned, row, self.records.get(named) if named else None)

    @property
    def known_values(self):
        return [
            f"{OF_TASKS}{name}"
            for name in ("type", "priority", "user")
            if f"{OF_TASKS}{name}" in self.imported.mapping
        ]

    def offers(self):
        cells = TaskCells(self.user, day_first=self.imported.options["day_first"])
        return {
            f"known-{name}": list(getattr(cells.widget(name), "choices", ())) for name in self.known_values
        }

    def _change(self, planned, name):
        old, new = self._text(name, planned.old.get(name)), self._text(name, planned.values[name])
        return ChangedCell(get_column_label(name), get_excerpt(old, 0), get_excerpt(new, 0))

    def _standing(self, planned):
        names = ("title", "due_on", "user")
        return [
            ChangedCell(get_column_label(name), "", get_excerpt(self._text(name, planned.values[name]), 0))
            for name in names
        ]

    def _text(self, column, value):
        if column == "due_time":
            clock = parse_time(value) if value else None
            return f"{clock:%H:%M}" if clock else ""
        return get_recorded_text(self.by_column[column], value, self.user)

    def _heading(self, column):
        return get_column_label(column)


def describe_task_count(count: int) -> str:
    """ "3 tasks"."""
    return ngettext("%(number)s task", "%(number)s tasks", count) % {"number": number(count)}

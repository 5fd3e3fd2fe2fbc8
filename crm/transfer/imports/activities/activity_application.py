"""Writes the plan of a sheet with activities."""

from django.utils.dateparse import parse_datetime

from crm.models import Activity, PlannedRow
from crm.transfer.imports.activities.program_exports import get_author_ids
from crm.transfer.imports.apply.application_state import Application, Step
from crm.transfer.imports.apply.receipt import write_receipt
from crm.transfer.imports.work.work_application import WorkWriting
from crm.work.activities.bulk_verbs import ActivityEdit, AddEach, EditEach, NewActivity


def write_activities(application: Application) -> None:
    ActivityWriting(application).write_all()


class ActivityWriting(WorkWriting):
    row_model = Activity

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self.authors = get_author_ids(self.by) if application.rules.may_assign else set()

    def build_adds(self, rows):
        yield AddEach(self.by, new=tuple(map(self._build_new, rows))), rows

    def _build_new(self, row: PlannedRow) -> NewActivity:
        values, author = row.values, row.values.get("author")
        at = parse_datetime(values["at"]) if values["at"] else None
        texts = (values["type"], values["text"], values["outcome"], values["minutes"])
        return NewActivity(row.record or 0, *texts, at, author if author in self.authors else None)

    def build_changes(self, rows):
        yield EditEach(each={row.activity: _build_edit(row) for row in rows}), rows


def _build_edit(row: PlannedRow) -> ActivityEdit:
    return ActivityEdit(row.record or 0, row.values, row.old.get("text", ""))


ACTIVITY_STEPS: tuple[Step, ...] = (write_activities, write_receipt)

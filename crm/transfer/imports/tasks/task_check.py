"""The check of a sheet with tasks: every row against the rules of the form, and the resulting plan."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Import, PlannedRow, Task
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.row_judgment import get_json_cell_value
from crm.transfer.imports.tasks.row_judgment import TaskJudge
from crm.transfer.imports.tasks.task_import import OF_KIND, TaskImport
from crm.transfer.imports.work.work_application import may_import_work
from crm.transfer.imports.work.work_check import Cells, Refusal, WorkCheck
from crm.transfer.models.import_file import OF_TASKS
from crm.work.tasks.sheet_columns import get_records_of_tasks


class TaskCheck(WorkCheck):
    rules: TaskImport
    rules_class = TaskImport
    same_id = _lazy("Row %(row)s has the same task ID.")
    unknown_id = _lazy(
        "You don’t have access to a task with this ID. Clear the cell to add the row as a new task."
    )
    repeated = _lazy("This task already exists.")

    def __init__(self, imported: Import, user) -> None:
        super().__init__(imported, user)
        self.judge = TaskJudge(
            empties=self.options.empties, label_of=self.cells.widget(f"{OF_TASKS}user").get_label
        )
        self.records = get_records_of_tasks(user)
        self.allowed = [name for name, kind in KINDS.items() if may_import_work(user, kind)]
        self.changeable: dict[str, set[int]] = {}

    def find_records(self, rows):
        """What all texts name, and which of these records the user may change."""
        wanted: dict[str, set[str]] = {}
        for cells in rows:
            for kinds, _name, text in _get_record_references(cells, list(KINDS)):
                for of in kinds:
                    wanted.setdefault(of, set()).add(text)
        for of, texts in wanted.items():
            self.records[of].load_records_by_text(texts)
            ids = sorted({pk for text in texts for pk in self.records[of].find_ids(text)})
            changeable: Any = KINDS[of].model.objects.present().changeable_by(self.user)
            self.changeable[of] = set(changeable.filter(pk__any=ids).values_list("pk", flat=True))
        return [None] * len(rows)

    def get_title(self, cells, named):
        named_by = (
            cell.shown for name, cell in cells.items() if name == "record" or name.startswith(OF_KIND)
        )
        return next(filter(None, named_by), "")

    # Tasks that have an ID

    def get_move_refusal(self, cells, named, row):
        for kinds, name, text in _get_record_references(cells, list(KINDS)):
            if row.of not in kinds or row.record not in self.records[row.of].find_ids(text):
                return name, _("A task can’t move to another record.")
        return None

    def get_refusal_sentence(self, row, *, may_change):
        if not may_change:
            return _("You don’t have permission to change this task.")
        return "" if row.of in self.allowed else self._describe_not_allowed(row.of)

    # New ones

    def set_record_or_get_refusal(self, plan, cells, named):
        found, refusal = self._find_record(cells)
        if found:
            plan.keys, plan.record = [found[0]], found[1]
        return refusal

    def _find_record(self, cells: Cells) -> tuple[tuple[str, int] | None, Refusal | None]:
        """The record of a new task, or the column and the reason why there is none."""
        for kinds, name, text in _get_record_references(cells, self.allowed):
            found = [(of, pk) for of in kinds if of in self.allowed for pk in self.records[of].find_ids(text)]
            if len(found) == 1:
                of, pk = found[0]
                if pk in self.changeable[of]:
                    return found[0], None
                return None, (name, _("You don’t have permission to change this record."))
            if len(kinds) == 1:
                of = kinds[0]
                why = (
                    self.records[of].describe_problem(text)
                    if of in self.allowed
                    else self._describe_not_allowed(of)
                )
                return None, (name, why)
            return None, (name, _describe_several_kinds(text) if found else _describe_no_record(text))
        return None, ("record", _("Enter the record of this task."))

    def _describe_not_allowed(self, of: str) -> str:
        words = _("You don’t have permission to import tasks of %(records)s.")
        return words % {"records": KINDS[of].words.many}

    def refuse_together(self, planned):
        """A task is only for an active user who sees its record."""
        given: dict[tuple[int, str], list[PlannedRow]] = {}
        for plan in planned:
            if plan.action and plan.values.get("user"):
                given.setdefault((plan.values["user"], plan.keys[0]), []).append(plan)
        people = get_user_model()._default_manager.with_rights().in_bulk({user for user, _of in given})
        for (user, of), plans in given.items():
            model: Any = KINDS[of].model
            person, seen = people.get(user), set()
            if person and person.has_perm(model.get_right("view")):
                rows = model.objects.visible_to(person).filter(pk__any=[plan.record for plan in plans])
                seen = set(rows.values_list("pk", flat=True))
            for plan in plans:
                if plan.record not in seen:
                    self.refuse(plan, "user", _("This user doesn’t have access to the record."))

    def get_comparable_content(self, plan):
        values = plan.values
        return plan.keys[0], plan.record, values["title"], values["due_on"], values["due_time"]

    def find_contents(self, planned):
        there: set[tuple] = set()
        for of in {plan.keys[0] for plan in planned}:
            rows = Task.objects.present().of_records(of, [plan.record for plan in planned])
            for pk, title, *due in rows.values_list("record", "title", "due_on", "due_time"):
                there.add((of, pk, title, *map(get_json_cell_value, due)))
        return there


def _get_record_references(cells: Cells, every: list[str]) -> list[tuple[list[str], str, str]]:
    """What a row names its record with: the kinds that it may have, the column, and the text."""
    found = []
    cell = cells.get("record")
    if cell and not cell.empty:
        of = cells["of"].value if "of" in cells else None
        found.append(([of] if of else every, "record", cell.shown))
    for name, cell in cells.items():
        if name.startswith(OF_KIND) and not cell.empty:
            found.append(([name.removeprefix(OF_KIND)], name, cell.shown))
    return found


def _describe_no_record(text: str) -> str:
    words = _("No record is named “%(name)s”. Enter the name or number of an existing one, like #12.")
    return words % {"name": text}


def _describe_several_kinds(text: str) -> str:
    words = _("Several records are named “%(name)s”. Add a column “Record type”, or enter their number.")
    return words % {"name": text}

"""The check of a sheet with tasks: every row against the rules of the form, and the resulting plan."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from crm.models import Import, PlannedRow
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.imports.activities.activity_check import There
from crm.transfer.imports.activities.row_judgment import ActivityJudgment
from crm.transfer.imports.check.cell_cleaning import Cell, Cleaner
from crm.transfer.imports.check.plan_building import PlanBuilder, Verdict
from crm.transfer.imports.check.record_matching import Before
from crm.transfer.imports.tasks.row_judgment import TaskJudge, as_json
from crm.transfer.imports.tasks.sheet_columns import OF_KIND, TaskCells
from crm.transfer.models.import_file import OF_TASKS
from crm.work.models.task import Task
from crm.work.tasks.sheet import WRITTEN, records_of_tasks

# A row refused, with its column and the reason.
Refused = tuple[str, str]


def may_import_tasks(user: Any, kind: Kind) -> bool:
    return user.has_perms([kind.right(right) for right in ("view", "change", "import")])


class TaskCheck(PlanBuilder):
    rows_at_once = 1_000

    def __init__(self, imported: Import, user) -> None:
        super().__init__(imported, user)
        self.cells = TaskCells(user, day_first=self.options.day_first)
        self.cleaner = Cleaner(self.cells, imported)
        self.judge = TaskJudge(empties=self.options.empties)
        self.before = Before(Task, {"user_id" if name == "user" else name: name for name in WRITTEN})
        self.records = records_of_tasks(user)
        self.allowed = [name for name, kind in KINDS.items() if may_import_tasks(user, kind)]
        self.changeable: dict[str, set[int]] = {}
        self.seen: dict[int, int] = {}

    def plan(self, portion):
        cells = [
            {name.removeprefix(OF_TASKS): cell for name, cell in self.cleaner.row(row).items()}
            for row in portion
        ]
        self._look_up(cells)
        there = self._there(cells)
        planned = [self._plan_row(row, found, there) for row, found in zip(portion, cells, strict=True)]
        new = [plan for plan in planned if plan.action == "add"]
        self._refuse_unseen(planned)
        self._leave_out_known([plan for plan in new if plan.action])
        for plan in planned:
            self.count(plan)
        return planned

    def refuse_all(self, plan, errors):
        super().refuse_all(plan, [(f"{OF_TASKS}{name}", sentence) for name, sentence in errors])
        plan.action = ""

    def _plan_row(self, row, cells: dict[str, Cell], there: There) -> PlannedRow:
        plan = PlannedRow(of=self.imported, row=row.row)
        shown = {name: cell.shown for name, cell in cells.items()}
        plan.title = _get_record_text(shown)[:300]
        plan.subtitle = ", ".join(shown[name] for name in ("title", "due_on") if shown.get(name))[:300]
        wrong = [
            (name, cells[name].error)
            for name in ("task", "version", "of")
            if name in cells and cells[name].error
        ]
        if wrong:
            self.refuse_all(plan, wrong)
        elif pk := cells["task"].value if "task" in cells else None:
            self._known(plan, pk, cells, there)
        else:
            self._new(plan, cells)
        return plan

    # Tasks that have an ID

    def _there(self, rows: list[dict[str, Cell]]) -> There:
        versions = {
            row["task"].value: row["version"].value if "version" in row else None
            for row in rows
            if "task" in row and row["task"].value
        }
        if not versions:
            return There()
        seen: Any = Task.objects.listed_for(self.user).filter(pk__any=list(versions))
        found = seen.in_bulk()
        for of, cell in self.records.items():
            cell.know(task.record for task in found.values() if task.of == of)
        changeable = set(seen.changeable_by(self.user).values_list("pk", flat=True))
        older = {
            pk: then for pk, then in versions.items() if pk in found and then and then < found[pk].version
        }
        return There(found, changeable, self.before.of(older) if older else {})

    def _known(self, plan: PlannedRow, pk: int, cells: dict[str, Cell], there: There) -> None:
        plan.match, task = "id", there.rows.get(pk)
        if pk in self.seen:
            self.refuse(plan, "task", _("Row %(row)s has the same task ID.") % {"row": self.seen[pk]})
            return
        self.seen[pk] = plan.row
        if task is None:
            self.refuse(plan, "task", _("You don’t have access to a task with this ID. Clear the cell to add the row as a new task."))  # fmt: skip
            return
        plan.record, plan.activity, plan.version, plan.keys = task.record, pk, task.version, [task.of]
        if moved := self._moved(cells, task):
            self.refuse(plan, moved, _("A task can’t move to another record."))
            return
        version = cells["version"].value if "version" in cells else None
        base = {name: then for name, (then, _change) in there.before.get(pk, {}).items()} if version else None
        judged = self.judge.known_task(cells, task, base, self.cells.people.label(task.user_id))
        if judged.values and pk not in there.changeable:
            judged.errors.append(("task", _("You don’t have permission to change this task.")))
        elif judged.values and task.of not in self.allowed:
            judged.errors.append(("task", self._not_allowed(task.of)))
        if judged.errors:
            self.refuse_all(plan, judged.errors)
            return
        plan.verdict = Verdict.CHANGED if judged.values else Verdict.UNCHANGED
        plan.action = "change" if judged.values else ""
        plan.values = {name: as_json(value) for name, value in judged.values.items()}
        now = {name: getattr(task, "user_id" if name == "user" else name) for name in judged.values}
        plan.old = {name: as_json(value) for name, value in now.items()}

    def _moved(self, cells: dict[str, Cell], task: Any) -> str:
        """The column that names another record than the task's own, or ''."""
        for kinds, name, text in _names(cells, list(KINDS)):
            if text == self.records[task.of].name_of(task.record):
                return ""
            if task.of not in kinds or task.record not in self.records[task.of].named(text):
                return name
        return ""

    # New ones

    def _new(self, plan: PlannedRow, cells: dict[str, Cell]) -> None:
        found, refused = self._record(cells)
        if refused or found is None:
            self.refuse(plan, *(refused or ("record", _("Enter the record of this task."))))
            return
        plan.keys, plan.record = [found[0]], found[1]
        judged: ActivityJudgment = self.judge.new_task(cells)
        if judged.errors:
            self.refuse_all(plan, judged.errors)
            return
        plan.verdict, plan.action = Verdict.NEW, "add"
        plan.values = {name: as_json(value) for name, value in judged.values.items()}

    def _record(self, cells: dict[str, Cell]) -> tuple[tuple[str, int] | None, Refused | None]:
        """The record of a new task, or the column and the reason why there is none."""
        for kinds, name, text in _names(cells, self.allowed):
            found = [(of, pk) for of in kinds if of in self.allowed for pk in self.records[of].named(text)]
            if len(found) == 1:
                of, pk = found[0]
                if pk in self.changeable[of]:
                    return found[0], None
                return None, (name, _("You don’t have permission to change this record."))
            if len(kinds) == 1:
                of = kinds[0]
                return None, (
                    name,
                    self.records[of].why_not(text) if of in self.allowed else self._not_allowed(of),
                )
            return None, (name, _several_kinds(text) if found else _no_record(text))
        return None, None

    def _look_up(self, rows: list[dict[str, Cell]]) -> None:
        """What all texts name, together, and which of these records the user may change."""
        wanted: dict[str, set[str]] = {}
        for row in rows:
            for kinds, _name, text in _names(row, self.allowed):
                for of in kinds:
                    wanted.setdefault(of, set()).add(text)
        for of, texts in wanted.items():
            self.records[of].look_up(texts)
            ids = sorted({pk for text in texts for pk in self.records[of].named(text)})
            changeable: Any = KINDS[of].model.objects.present().changeable_by(self.user)
            self.changeable[of] = set(changeable.filter(pk__any=ids).values_list("pk", flat=True))

    def _refuse_unseen(self, planned: list[PlannedRow]) -> None:
        """A task is only for an active user who sees its record."""
        given: dict[tuple[int, str], list[PlannedRow]] = {}
        for plan in planned:
            if plan.action and plan.values.get("user"):
                given.setdefault((plan.values["user"], plan.keys[0]), []).append(plan)
        people = get_user_model()._default_manager.with_rights().in_bulk({user for user, _of in given})
        for (user, of), plans in given.items():
            model: Any = KINDS[of].model
            person, seen = people[user], set()
            if person.has_perm(model.right("view")):
                rows = model.objects.visible_to(person).filter(pk__any=[plan.record for plan in plans])
                seen = set(rows.values_list("pk", flat=True))
            for plan in plans:
                if plan.record not in seen:
                    self.refuse(plan, "user", _("This user doesn’t have access to the record."))

    def _leave_out_known(self, planned: list[PlannedRow]) -> None:
        """New tasks that say what another one of the record says: the file was imported before, or repeats a row."""
        there: set[tuple] = set()
        for of in {plan.keys[0] for plan in planned}:
            rows = Task.objects.present().of_records(of, [plan.record or 0 for plan in planned])
            named = rows.values_list("record", "title", "due_on", "due_time")
            there |= {(of, pk, title, as_json(day), as_json(clock)) for pk, title, day, clock in named}
        said = [(plan, _content(plan)) for plan in planned]
        self.leave_out_repeated(said, there, _("This task already exists."))

    def _not_allowed(self, of: str) -> str:
        words = _("You don’t have permission to import tasks of %(records)s.")
        return words % {"records": KINDS[of].words.many}


def _content(plan: PlannedRow) -> tuple:
    """What a new task says, so that a file that is imported twice adds it once."""
    values = plan.values
    return (plan.keys[0], plan.record, values["title"], values["due_on"], values["due_time"])


def _names(cells: dict[str, Cell], every: list[str]) -> list[tuple[list[str], str, str]]:
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


def _get_record_text(shown: dict[str, str]) -> str:
    """What a row calls its record."""
    texts = (text for name, text in shown.items() if name == "record" or name.startswith(OF_KIND))
    return next((text for text in texts if text), "")


def _no_record(text: str) -> str:
    words = _("No record is named “%(name)s”. Enter the name or number of an existing one, like #12.")
    return words % {"name": text}


def _several_kinds(text: str) -> str:
    words = _("Several records are named “%(name)s”. Add a column “Record type”, or enter their number.")
    return words % {"name": text}

"""What is done with tasks: adding one to any number of records; editing, completing, reopening, rescheduling, reassigning
and deleting any number of them."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, ClassVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Operation
from crm.platform.web.transactions import retry_once
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Refusal, Verb, carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.task import Task
from crm.work.tasks.notifications import notify_new_user, notify_task_owners
from crm.work.tasks.task_insertion import insert_task_for_records

Type, Priority = Task.Type, Task.Priority


@dataclass(frozen=True)
class AddTask(Verb):
    """Add the same task to each of these records. Without `user`, it is for no one yet; `to_owners` gives each one to the
    owner of its record."""

    kind = "add_task"
    on_read_only = True
    title = _lazy("Add a task")
    icon = "check"

    by: Any = None
    task: dict[str, Any] = field(default_factory=dict)
    to_owners: bool = False

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    @property
    def user(self) -> Any:
        return self.task.get("user")

    def annotate_for_judgment(self, rows):
        if not self.user:
            return rows
        seen = rows.model.objects.visible_to(self.user).filter(pk=OuterRef("pk"))
        right = self.user.has_perm(rows.model.get_right("view"))
        return rows.annotate(user_sees=Exists(seen) if right else Value(False))

    def get_refusals(self):
        if not self.user:
            return []
        inactive = [] if self.user.is_active else [Refusal("user_inactive", ~Q(pk=None))]
        return [*inactive, Refusal("user_sees_not", Q(user_sees=False))]

    def get_values(self):
        return {}

    def write(self, rows):
        common = {"of": rows.model.table, "created_by": self.by, **self.task}
        rows = rows.order_by("pk")
        if self.to_owners:
            owned = list(rows.values_list("pk", "owner"))
            insert_task_for_records(
                Task(**common), [pk for pk, _owner in owned], [owner for _pk, owner in owned]
            )
        else:
            insert_task_for_records(Task(**common), list(rows.values_list("pk", flat=True)))

    def write_consequences(self, record, changed):
        if self.to_owners:
            notify_task_owners(record, record.table, changed)
        else:
            notify_new_user(self.user, record, record.table, changed)


@dataclass(frozen=True)
class AddTasks(AddTask):
    """Add these tasks for the same user, each to its own record: as a file adds them."""

    of: str = ""
    new: tuple[tuple[int, dict[str, Any]], ...] = ()

    def write(self, rows):
        ids = set(rows.values_list("pk", flat=True))
        common = {"of": self.of, "created_by": self.by}
        Task.objects.bulk_create(Task(record=pk, **common, **values) for pk, values in self.new if pk in ids)

    def write_consequences(self, record, changed):
        ids = set(changed)
        notify_new_user(self.user, record, self.of, [pk for pk, _values in self.new if pk in ids])


class OfTasks:
    """What the verbs for tasks share. Their permission is in the scope: users may change the tasks that are for them."""

    icon: ClassVar[str] = "check"
    title: ClassVar[str | Promise]

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title


def get_user_refusals(user: Any) -> list[Refusal]:
    """A task is only for an active user who sees its record."""
    if user is None:
        return []
    inactive = [] if user.is_active else [Refusal("user_inactive", ~Q(pk=None))]
    return [*inactive, Refusal("user_sees_not", ~Q(pk__in=Task.objects.visible_to(user).values("pk")))]


@dataclass(frozen=True)
class EditTask(OfTasks, Verb):
    kind = "edit_task"
    title = _lazy("Edit a task")

    changes: dict[str, Any] = field(default_factory=dict)

    def build_unchanged_condition(self):
        return Q(**self.changes)

    def get_refusals(self):
        return get_user_refusals(self.changes.get("user"))

    def get_values(self):
        return self.changes


@dataclass(frozen=True)
class CompleteTask(OfTasks, Verb):
    kind = "complete_task"
    title = _lazy("Complete a task")

    by: Any

    def build_unchanged_condition(self):
        return Q(done_at__isnull=False)

    def get_values(self):
        return {"done_at": Now(), "done_by": self.by}


@dataclass(frozen=True)
class ReopenTask(OfTasks, Verb):
    kind = "reopen_task"
    title = _lazy("Reopen a task")

    def build_unchanged_condition(self):
        return Q(done_at=None)

    def get_values(self):
        return {"done_at": None, "done_by": None}


@dataclass(frozen=True)
class RescheduleTask(OfTasks, Verb):
    """To another day; a time of day stays. Without a day, the task has no time either."""

    kind = "reschedule_task"
    title = _lazy("Reschedule a task")
    icon = "calendar"

    day: date | None
    at: time | None = None

    def build_unchanged_condition(self):
        return Q(**self.get_values())

    def get_values(self):
        if self.day is None:
            return {"due_on": None, "due_time": None}
        return {"due_on": self.day} | ({"due_time": self.at} if self.at else {})


@dataclass(frozen=True)
class ReassignTask(OfTasks, Verb):
    """To a user, or to no one."""

    kind = "reassign_task"
    title = _lazy("Reassign a task")
    icon = "person"

    user: Any

    def build_unchanged_condition(self):
        return Q(user=self.user)

    def get_refusals(self):
        return get_user_refusals(self.user)

    def get_values(self):
        return {"user": self.user}


@dataclass(frozen=True)
class DeleteTask(OfTasks, Verb):
    kind = "delete_task"
    title = _lazy("Delete a task")
    icon = "bin"

    def get_values(self):
        return {"deleted_at": Now()}


@retry_once
def carry_out_on_tasks(verb: Verb, ids: list[int], *, by, channel: str = Operation.Channel.WEB) -> Outcome:
    """Carry out the verb on these tasks, as one operation on their records. If nothing changes, no operation is kept."""
    rows = Task.objects.present().changeable_by(by)
    with operation(verb.kind, by=by, channel=channel, parameters=verb.get_parameters()) as record:
        lock_records(ids)
        outcome = carry_out(verb, rows, by=by, wanted=ids, joined=record)
        _write_operation_records(record, outcome.changed)
        notify_of_tasks(verb, record, outcome.changed)
    if not outcome.changed:
        record.delete()
        outcome.operation = None
    return outcome


def lock_records(tasks: list[int]) -> None:
    """Lock the records before their tasks, as the verbs for records do: two changes that wait for each other would both fail."""
    for kind in KINDS.values():
        of_kind = Task.objects.filter(pk__any=tasks, of=kind.name).values("record")
        rows = kind.model.objects.filter(pk__in=of_kind).order_by("pk")
        list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _write_operation_records(record: Operation, tasks: list[int]) -> None:
    """The operation is about the records of the tasks, and counts them."""
    changed = Task.objects.filter(pk__any=tasks).order_by().values("of")
    found = dict(changed.annotate(ids=ArrayAgg("record", distinct=True)).values_list("of", "ids"))
    for table, ids in found.items():
        write_verdicts(record, Outcome(table, changed=sorted(ids)))
    record.table = next(iter(found)) if len(found) == 1 else ""
    record.changed = record.matched = sum(map(len, found.values()))
    record.save(update_fields=["table", "changed", "matched"])


def notify_of_tasks(verb: Verb, record: Operation, tasks: list[int]) -> None:
    """Notify the user who gets tasks."""
    user = verb.get_values().get("user") if tasks else None
    if user:
        records = Task.objects.filter(pk__any=tasks).values_list("record", flat=True)
        notify_new_user(user, record, record.table, list(records))

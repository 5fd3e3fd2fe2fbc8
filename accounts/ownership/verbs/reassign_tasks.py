"""Reassign the open tasks of a user who leaves, on records that stay where they are."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.task import Task
from crm.work.tasks.notifications import notify_new_user
from crm.work.tasks.verbs import OfTasks, carry_out_on_tasks


@dataclass(frozen=True)
class HandTasksOver(OfTasks, Verb):
    """To the heir, if they see the record; else to its owner, if that is another active user; else to no one."""

    kind = "reassign_task"
    title = _lazy("Reassign a task")
    icon = "person"

    leaving: User
    heir: User | None = None

    def get_values(self):
        return {}

    def write(self, rows):
        if self.heir:
            seen = Task.objects.visible_to(self.heir).values("pk")
            rows.filter(pk__in=seen).update(user=self.heir)
        for kind in KINDS.values():
            records: Any = kind.model.objects
            owned = records.filter(pk=OuterRef("record"), owner__is_active=True)
            owner = owned.exclude(owner=self.leaving).values("owner")
            rows.filter(of=kind.name, user=self.leaving).update(user=Subquery(owner))


def reassign_tasks(leaving: User, heir: User | None, *, by: User) -> int:
    """Call it after the records of the user have their new owners: those got the tasks on them. Returns how many."""
    rows = Task.objects.present().changeable_by(by).open().for_user(leaving)
    outcome = carry_out_on_tasks(HandTasksOver(leaving, heir), list(rows.values_list("pk", flat=True)), by=by)
    if outcome.operation:
        _notify_new_users(outcome.operation, outcome.changed)
    return len(outcome.changed)


def _notify_new_users(record: Any, tasks: list[int]) -> None:
    shares = Task.objects.filter(pk__any=tasks).exclude(user=None).order_by().values("user", "of")
    by_user = list(shares.annotate(ids=ArrayAgg("record")).values_list("user", "of", "ids"))
    people = User.objects.active().in_bulk([user for user, _of, _ids in by_user])
    for user, of, ids in by_user:
        notify_new_user(people.get(user), record, of, ids)

"""What moves with the owner of records, in sentences for the preview of a bulk change: departments, closed records, tasks."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pgtrigger import registered

from accounts.models import Department, User
from accounts.ownership.owners import get_owner_department
from accounts.ownership.verbs import Assign, ChangeDepartment
from crm.records.history.operation_results import Outcome
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.templatetags.look import number
from crm.work.models.task import Task
from crm.work.tasks.next_action import Columns
from crm.work.tasks.reassigned_due_times import count_on_other_clocks, describe_same_moment_tasks


def describe_effects_of_owner(verb: Assign, outcome: Outcome) -> list[str]:
    """For a new owner, or for none."""
    kind, rows = KINDS[outcome.table], _changed_records_queryset(outcome)
    return [
        *_describe_department_change(kind, rows, verb.owner),
        *_describe_closed_records(rows),
        *_describe_open_tasks(kind, rows, verb.owner),
    ]


def describe_effects_of_department(verb: ChangeDepartment, outcome: Outcome) -> list[str]:
    """Records whose owner doesn't belong to the department lose them."""
    kind, members = KINDS[outcome.table], verb.department.users.active().values("pk")
    rows = _changed_records_queryset(outcome)
    leaving = rows.exclude(owner=None).exclude(owner__in=members)
    found = list(_describe_closed_records(rows))
    if count := leaving.count():
        words = _("%(counted)s will be unassigned, because the owner doesn’t belong to %(department)s.")
        found.append(words % {"counted": kind.words.counted(count), "department": verb.department.name})
    return [*found, *_describe_open_tasks(kind, leaving, None)]


def _changed_records_queryset(outcome: Outcome) -> Any:
    return KINDS[outcome.table].model._default_manager.filter(pk__any=outcome.changed).order_by()


def _describe_department_change(kind: Kind, rows: Any, owner: User | None) -> Iterator[str]:
    if owner and (count := rows.exclude(department__in=owner.department_ids).count()):
        words = _("%(counted)s will move to %(name)s’s department, %(department)s.")
        home = Department.objects.get(pk=get_owner_department(owner))
        values = {"counted": kind.words.counted(count), "department": home.name, "name": owner.name}
        yield words % values


def _describe_closed_records(rows: Any) -> Iterator[str]:
    if count := rows.count() - rows.open().count():
        words = ngettext(
            "%(number)s of them is closed and changes too.",
            "%(number)s of them are closed and change too.",
            count,
        )
        yield words % {"number": number(count)}


def _describe_open_tasks(kind: Kind, rows: Any, heir: User | None) -> Iterator[str]:
    """Open tasks of the owner follow in the kinds of records whose triggers say so (crm/work/tasks/next_action.py)."""
    if not any(model is kind.model and isinstance(trigger, Columns) for model, trigger in registered()):
        return
    # A task of no one goes to the first owner of its record.
    same = Q(user=F("owner_of")) | Q(user=None, owner_of=None)
    tasks = Task.objects.present().open().filter(of=kind.name, record__in=rows.values("pk"))
    found = tasks.annotate(owner_of=Subquery(rows.filter(pk=OuterRef("record")).values("owner"))).filter(same)
    count = found.count()
    values = {"number": number(count), "name": heir.name if heir else ""}
    if count and heir:
        words = ngettext(
            "%(number)s open task of their owners will be %(name)s’s.",
            "%(number)s open tasks of their owners will be %(name)s’s.",
            count,
        )
        yield words % values
        if said := describe_same_moment_tasks(count_on_other_clocks(found, heir), heir):
            yield said
    elif count:
        words = ngettext(
            "%(number)s open task of their owners will be unassigned.",
            "%(number)s open tasks of their owners will be unassigned.",
            count,
        )
        yield words % values

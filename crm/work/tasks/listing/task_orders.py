"""The orders of the list of open tasks: by due date, priority or record, both ways, and what comes behind a task in each."""

from datetime import date, time
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm.records.kinds.kind_registry import KINDS
from crm.work.models.task import Task

EARLIEST_FIRST, LATEST_FIRST = "", "-due"
BY_PRIORITY, BY_RECORD = ("priority", "-priority"), ("record", "-record")
ORDERS = [
    (EARLIEST_FIRST, _("Earliest due first")),
    (LATEST_FIRST, _("Latest due first")),
    ("priority", _("Highest priority first")),
    ("-priority", _("Lowest priority first")),
    ("record", _("Record: A to Z")),
    ("-record", _("Record: Z to A")),
]


def _build_record_name() -> Any:
    """The folded name of a task's record, whatever its type; '' for one without a name."""
    names = []
    for kind in KINDS.values():
        records: Any = kind.model.objects
        name = records.filter(pk=OuterRef("record")).values("name_key")[:1]
        names.append(When(of=kind.name, then=Subquery(name)))
    return Coalesce(Case(*names), Value(""))


def _build_keys(order: str) -> dict[str, tuple[Any, bool]]:
    """What is compared, and whether it descends. Tasks without a day are last in every order, and those of all day last of it."""
    is_latest = order == LATEST_FIRST
    day, clock = (date.min, time.min) if is_latest else (date.max, time.max)
    due: dict[str, tuple[Any, bool]] = {
        "day_key": (Coalesce("due_on", Value(day)), is_latest),
        "time_key": (Coalesce("due_time", Value(clock)), is_latest),
        "id": (F("id"), is_latest),
    }
    if order in BY_PRIORITY:
        ranks = [When(priority=name, then=Value(rank)) for rank, name in enumerate(Task.Priority.values)]
        return {"rank_key": (Case(*ranks, output_field=IntegerField()), order.startswith("-"))} | due
    if order in BY_RECORD:
        return {"name_key": (_build_record_name(), order.startswith("-"))} | due
    return due


def sort_tasks(rows: Any, order: str) -> Any:
    if order == EARLIEST_FIRST:
        return rows.in_order()
    keys = _build_keys(order)
    compared = [key.desc() if descends else key.asc() for key, descends in keys.values()]
    return rows.order_by(*compared)


def get_tasks_behind(rows: Any, order: str, task: Task) -> Any:
    """Those after this one."""
    if order == EARLIEST_FIRST:
        return rows.behind(task)
    keys = _build_keys(order)
    added = {name: key for name, (key, _descends) in keys.items() if name != "id"}
    values = Task.objects.filter(pk=task.pk).annotate(**added).values(*keys).get()
    behind, equal = Q(), Q()
    for name, (_key, descends) in keys.items():
        behind |= equal & Q(**{f"{name}__{'lt' if descends else 'gt'}": values[name]})
        equal &= Q(**{name: values[name]})
    return rows.alias(**added).filter(behind)

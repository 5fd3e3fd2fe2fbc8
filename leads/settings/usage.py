"""Where a setting is used: how many leads, in which departments, in Trash, and which saved views."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Func, Q
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Department
from crm.models import SavedView
from crm.records.rewritten_views import views_with
from crm.templatetags.look import number
from leads.contract import empty, may_be_required
from leads.models import Lead, Status

# The settings table: the lead column that refers to it, and the filter of the list.
COLUMNS = {"status": "status", "source": "source", "lost_reason": "lost_reason", "tag": "tags"}


def count_by(column: str, user) -> dict[int, int]:
    """How many visible leads outside Trash each status, source and so on has, by id."""
    rows = Lead.objects.present().visible_to(user).order_by()
    if column == "tags":
        tagged = rows.exclude(tags=[]).annotate(tag=Func(F("tags"), function="unnest"))
        return dict(tagged.values("tag").annotate(number=Count("*")).values_list("tag", "number"))
    return dict(
        rows.exclude(**{column: None})
        .values(column)
        .annotate(number=Count("*"))
        .values_list(column, "number")
    )


def count_by_pipeline(user) -> dict[int, int]:
    numbers = count_by("status", user)
    found: dict[int, int] = {}
    for pk, pipeline in Status.objects.values_list("pk", "pipeline"):
        found[pipeline] = found.get(pipeline, 0) + numbers.get(pk, 0)
    return found


def having(table: str, pk: int) -> Q:
    """The leads that have this status, source, lost reason or tag."""
    if table == "pipeline":
        return Q(status__in=Status.objects.of_pipeline(pk).values("pk"))
    return Q(tags__contains=[pk]) if table == "tag" else Q(**{COLUMNS[table]: pk})


def having_any(table: str, ids: Iterable[int]) -> Q:
    """The leads that have one of these."""
    return Q(tags__overlap=list(ids)) if table == "tag" else Q(**{f"{COLUMNS[table]}__in": list(ids)})


def named_by(table: str, pk: int | None, user) -> int:
    """How many leads outside Trash, as far as the user sees them, show the name of this row."""
    return Lead.objects.present().visible_to(user).filter(having(table, pk)).count() if pk else 0


@dataclass(frozen=True)
class InDepartment:
    """The leads of one department that use it, without Trash, and the URL of the list that shows them."""

    department: Department
    number: int
    address: str


@dataclass(frozen=True)
class Usage:
    """The use as far as a user sees it: leads by department, those in Trash, saved views; `beyond` says that there are
    leads that the user may not change."""

    departments: list[InDepartment] = field(default_factory=list)
    binned: int = 0
    views: list[SavedView] = field(default_factory=list)
    beyond: bool = False
    address: str = ""

    @property
    def present(self) -> int:
        return sum(line.number for line in self.departments)

    @property
    def leads(self) -> int:
        return self.present + self.binned

    def __bool__(self) -> bool:
        return bool(self.leads or self.views or self.beyond)


def usage_of(table: str, pk: int, user) -> Usage:
    """Where this settings row is used, as far as the user sees it."""
    parameter = COLUMNS.get(table, table)
    rows = Lead.objects.filter(having(table, pk))
    visible = rows.visible_to(user).order_by()
    numbers = dict(
        visible.present().values("department").annotate(number=Count("*")).values_list("department", "number")
    )
    address = f"{reverse('leads:list')}?{parameter}={pk}"
    lines = [
        InDepartment(department, numbers[department.pk], f"{address}&department={department.pk}")
        for department in Department.objects.filter(pk__in=numbers).by_name()
    ]
    changeable = rows.changeable_by(user).values("pk")
    return Usage(
        departments=lines,
        binned=visible.in_trash().count(),
        views=views_with(parameter, pk),
        beyond=rows.exclude(pk__in=changeable).exists(),
        address=address,
    )


def incomplete(status: Status, user) -> dict[str, int]:
    """How many visible leads in the status, without Trash, have each of its required fields empty.

    They were in it before the field was required, or an import was allowed to leave it empty.
    """
    counts = {
        name: Count("pk", filter=empty(name)) for name in status.required_fields if may_be_required(name)
    }
    if not counts:
        return {}
    rows = Lead.objects.present().visible_to(user).filter(having("status", status.pk)).order_by()
    return {name: number for name, number in rows.aggregate(**counts).items() if number}


def required_by_statuses(kind: Any) -> dict[str, str]:
    """How many statuses in use require each field, in words, for the list of fields."""
    if kind.model is not Lead:
        return {}
    required = Status.objects.active().values_list("required_fields", flat=True)
    counted = Counter(name for names in required for name in set(names) if may_be_required(name))
    return {
        name: ngettext("%(number)s status", "%(number)s statuses", count) % {"number": number(count)}
        for name, count in counted.items()
    }

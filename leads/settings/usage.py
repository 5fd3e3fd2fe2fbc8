"""Who uses a setting: how many leads, in which departments, in the bin, and which saved views name it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, F, Func, Q
from django.urls import reverse

from accounts.models import Department
from leads.models import Lead, SavedView
from leads.settings.saved_views import views_with

# The table of the settings: the column of the lead that refers to it, and the filter of the list.
COLUMNS = {"status": "status", "source": "source", "lost_reason": "lost_reason", "tag": "tags"}


def count_by(column: str, user) -> dict[int, int]:
    """How many present leads that the user sees each status, source … has, by its id."""
    rows = Lead.objects.present().visible_to(user).order_by()
    if column == "tags":
        tagged = rows.exclude(tags=[]).annotate(tag=Func(F("tags"), function="unnest"))
        return dict(tagged.values("tag").annotate(number=Count("*")).values_list("tag", "number"))
    return dict(rows.exclude(**{column: None}).values(column).annotate(number=Count("*")).values_list(column, "number"))


def having(table: str, pk: int) -> Q:
    """The leads that have this status, source, lost reason or tag."""
    if table == "pipeline":
        return Q(status__pipeline=pk)
    return Q(tags__contains=[pk]) if table == "tag" else Q(**{COLUMNS[table]: pk})


@dataclass(frozen=True)
class InDepartment:
    """The present leads of one department that use it, and the address of the list that shows them."""

    department: Department
    number: int
    address: str


@dataclass(frozen=True)
class Usage:
    """What a user sees of the use: leads by department, those in the bin, saved views; `beyond` says that there are
    leads which the user may not change."""

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
    """Who uses this row of the settings, as far as the user sees it."""
    parameter = COLUMNS.get(table, table)
    rows = Lead.objects.filter(having(table, pk))
    visible = rows.visible_to(user).order_by()
    numbers = dict(visible.present().values("department").annotate(number=Count("*")).values_list("department", "number"))
    address = f"{reverse('leads:list')}?{parameter}={pk}"
    lines = [
        InDepartment(department, numbers[department.pk], f"{address}&department={department.pk}")
        for department in Department.objects.filter(pk__in=numbers).by_name()
    ]
    changeable = rows.changeable_by(user).values("pk")
    return Usage(
        departments=lines,
        binned=visible.in_bin().count(),
        views=views_with(parameter, pk),
        beyond=rows.exclude(pk__in=changeable).exists(),
        address=address,
    )


def lacking(names: Iterable[str], rows) -> dict[str, int]:
    """How many of these leads leave each of the fields open that their status asks for."""
    from leads.contract import empty

    counts = {name: Count("pk", filter=empty(name)) for name in names}
    return {name: number for name, number in rows.aggregate(**counts).items() if number} if counts else {}

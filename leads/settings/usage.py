"""Where a setting is used: how many leads or deals, in which departments, in Trash, and which saved views."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Func, Q
from django.utils.translation import ngettext

from accounts.models import Department, User
from crm.models import SavedView
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.kinds.record_uses import Uses, get_uses
from crm.records.listing.saved_view_replacement import get_views_using_value
from crm.templatetags.look import number
from leads.models import Lead, Pipeline, Status
from leads.models.pipeline import KINDS_BY_PURPOSE
from leads.statuses.status_contract import build_empty_condition, can_be_required

# The settings table: the lead column that refers to it, and the filter of the list.
COLUMNS = {"status": "status", "source": "source", "lost_reason": "lost_reason", "tag": "tags"}


def get_kind_using_row(table: str, pk: int | None) -> Kind:
    """The record type of the records that can have this row: deals for a pipeline of deals and its stages, else leads."""
    found = None
    if table in ("pipeline", "status"):
        found = Pipeline.objects.filter(**{"pk" if table == "pipeline" else "statuses": pk}).first()
    return found.kind if found else KINDS[Lead.table]


def describe_usage_count(row: Any, number: int) -> str:
    """ "3 deals": so many of the records that can have this row."""
    pipeline = getattr(row, "pipeline", None)
    return (pipeline.kind if pipeline else KINDS[Lead.table]).words.counted(number)


def count_records_by_row(column: str, user) -> dict[int, int]:
    """How many visible leads outside Trash each status, source and so on has, by id; for stages of deals, how many
    deals."""
    if column != "status":
        return _count_by(column, user, Lead)
    counted = [_count_by(column, user, KINDS[name].model) for name in KINDS_BY_PURPOSE.values()]
    return {pk: number for numbers in counted for pk, number in numbers.items()}


def _count_by(column: str, user: User, model: Any) -> dict[int, int]:
    rows = model.objects.present().visible_to(user).order_by()
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
    numbers = count_records_by_row("status", user)
    found: dict[int, int] = {}
    for pk, pipeline in Status.objects.values_list("pk", "pipeline"):
        found[pipeline] = found.get(pipeline, 0) + numbers.get(pk, 0)
    return found


def build_usage_condition(table: str, pk: int) -> Q:
    """The records that have this status, source, lost reason or tag."""
    if table == "pipeline":
        return Q(status__in=Status.objects.of_pipeline(pk).values("pk"))
    return Q(tags__contains=[pk]) if table == "tag" else Q(**{COLUMNS[table]: pk})


def build_any_condition(table: str, ids: Iterable[int]) -> Q:
    """The records that have one of these."""
    return Q(tags__overlap=list(ids)) if table == "tag" else Q(**{f"{COLUMNS[table]}__in": list(ids)})


def count_records_naming(table: str, pk: int | None, user) -> int:
    """How many records outside Trash, as far as the user sees them, show the name of this row."""
    if not pk:
        return 0
    rows: Any = get_kind_using_row(table, pk).model._default_manager
    return rows.present().visible_to(user).filter(build_usage_condition(table, pk)).count()


@dataclass(frozen=True)
class InDepartment:
    """The records of one department that use it, without Trash, and the URL of the list that shows them."""

    department: Department
    number: int
    address: str


@dataclass(frozen=True)
class SettingsUsage:
    """The use as far as a user sees it: records of this kind by department, those in Trash, saved views, `others` such as
    assignment rules; `beyond` says that there are records that the user may not change."""

    kind: Kind
    departments: list[InDepartment] = field(default_factory=list)
    binned: int = 0
    views: list[SavedView] = field(default_factory=list)
    others: list[Uses] = field(default_factory=list)
    beyond: bool = False
    address: str = ""

    @property
    def present_count(self) -> int:
        return sum(line.number for line in self.departments)

    @property
    def records(self) -> int:
        return self.present_count + self.binned

    def __bool__(self) -> bool:
        return bool(self.records or self.views or self.others or self.beyond)


def get_setting_usage(table: str, row: Any, user) -> SettingsUsage:
    """Where this settings row is used, as far as the user sees it."""
    pk = row.pk
    parameter, kind = COLUMNS.get(table, table), get_kind_using_row(table, pk)
    rows: Any = kind.model._default_manager.filter(build_usage_condition(table, pk))
    visible = rows.visible_to(user).order_by()
    numbers = dict(
        visible.present().values("department").annotate(number=Count("*")).values_list("department", "number")
    )
    address = f"{kind.list_url}?{parameter}={pk}"
    lines = [
        InDepartment(department, numbers[department.pk], f"{address}&department={department.pk}")
        for department in Department.objects.filter(pk__in=numbers).by_name()
    ]
    changeable = rows.changeable_by(user).values("pk")
    return SettingsUsage(
        kind,
        departments=lines,
        binned=visible.in_trash().count(),
        views=get_views_using_value(parameter, pk),
        others=get_uses(row, user),
        beyond=rows.exclude(pk__in=changeable).exists(),
        address=address,
    )


def count_incomplete_records(status: Status, user) -> dict[str, int]:
    """How many visible records in the status, without Trash, have each of its required fields empty.

    They were in it before the field was required, or an import was allowed to leave it empty.
    """
    model: Any = status.pipeline.kind.model
    names = [name for name in status.required_fields if can_be_required(name, model)]
    counts = {name: Count("pk", filter=build_empty_condition(name, model)) for name in names}
    if not counts:
        return {}
    rows = (
        model.objects.present().visible_to(user).filter(build_usage_condition("status", status.pk)).order_by()
    )
    return {name: number for name, number in rows.aggregate(**counts).items() if number}


def describe_requiring_statuses(kind: Any) -> dict[str, str]:
    """How many statuses in use require each field, in words, for the list of fields."""
    purposes = [purpose for purpose, name in KINDS_BY_PURPOSE.items() if name == kind.name]
    if not purposes:
        return {}
    statuses = Status.objects.active().filter(pipeline__purpose__in=purposes)
    required = statuses.values_list("required_fields", flat=True)
    counted = Counter(name for names in required for name in set(names) if can_be_required(name, kind.model))
    return {
        name: ngettext("%(number)s status", "%(number)s statuses", count) % {"number": number(count)}
        for name, count in counted.items()
    }

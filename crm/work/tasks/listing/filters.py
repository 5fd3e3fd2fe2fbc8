"""The list of tasks: what its URL asks for, one page of it, and its groups by day."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_compiled_values, get_records_compiled_once
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.platform.web.day_start import get_day_start
from crm.platform.web.rendering.form_rendering import Form
from crm.platform.web.rendering.large_select import LongSelect
from crm.work.models.activity import Activity
from crm.work.models.invitation import InvitationAnswer
from crm.work.models.task import Task
from crm.work.tasks.due_times import get_reader_time
from crm.work.tasks.listing.day_bounds import (
    build_due_condition,
    end_of_week,
    get_list_part,
    get_zones,
    has_other_zone,
)
from crm.work.tasks.listing.task_orders import ORDERS, get_tasks_behind, sort_tasks

EVERYONE, DEPARTMENTS, NO_ONE = "all", "departments", "none"
# Before the ID of one department.
DEPARTMENT = "department-"
DONE = "done"
# A user with more open tasks than that has other worries than their number.
COUNTED = 1_000
WHEN = [
    ("", _("All open")),
    ("overdue", _("Overdue")),
    ("today", _("Today")),
    ("week", _("This week")),
    ("later", _("Later")),
    ("no_date", _("No date")),
    (DONE, _("Completed")),
]
# These parts change with the time of day, these with the day.
BY_CLOCK, BY_DAY = ("overdue", "today"), ("week", "later")
GROUPS = dict(WHEN) | {"week": _("Later this week")}


class TaskFilterForm(Form):
    """Whose tasks: one's own, those of one's departments, everyone's, unassigned ones, or a colleague's."""

    user = forms.ChoiceField(label=_("For"), required=False, widget=LongSelect)
    type = forms.ChoiceField(label=_("Type"), required=False, widget=LongSelect)
    priority = forms.ChoiceField(label=_("Priority"), required=False, widget=LongSelect)
    sort = forms.ChoiceField(label=_("Sort"), choices=ORDERS, required=False, widget=LongSelect)
    when = forms.ChoiceField(choices=WHEN, required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, viewer: Any) -> None:
        super().__init__(data)
        self.viewer = viewer
        people = get_labels_by_id(get_user_model(), viewer)
        others = [(str(pk), name) for pk, name in people.items() if pk != viewer.pk]
        self.people_ids = list(people)
        first: list[Any] = [
            ("", _("My tasks")),
            (DEPARTMENTS, _("Tasks of my departments")),
            (EVERYONE, _("Everyone’s tasks")),
            (NO_ONE, _("Unassigned tasks")),
        ]
        self.fields["user"].choices = [*first, *_build_team_choices(viewer), *others]
        offered = [("type", _("All types"), Task.Type), ("priority", _("All priorities"), Task.Priority)]
        for name, label, choices in offered:
            named = [(value, capfirst(word)) for value, word in choices.choices]
            self.fields[name].choices = [("", label), *named]
        for name in ("user", "type", "priority", "sort"):
            field = self.fields[name]
            field.widget.attrs |= {"class": "input narrow", "aria-label": field.label, "id": f"filter_{name}"}

    def get_first_tasks(self, most: int) -> list[Task]:
        """The first tasks that it asks for, of records that the viewer sees; none if it isn't valid."""
        if not self.is_valid():
            return []
        when, now = self.cleaned_data["when"], timezone.localtime()
        if when in BY_CLOCK or (when and self._zones):
            return list(self._order_rows(self._tasks_of_people_queryset(), now)[:most])
        midnight = get_day_start(now.date())
        told = (
            *self._filter_arguments,
            when,
            midnight if when in BY_DAY else None,
            most,
            self.cleaned_data["sort"],
        )
        return get_records_compiled_once(_first_tasks_queryset, [], *told)

    def get_tasks_behind(self, task: Task, most: int) -> list[Task]:
        """Those after this one."""
        if not self.is_valid():
            return []
        when, rows = self.cleaned_data["when"], self._tasks_of_people_queryset()
        order = self.cleaned_data["sort"]
        rows = rows.done_before(task) if when == DONE else get_tasks_behind(rows, order, task)
        return list(self._order_rows(rows, timezone.localtime())[:most])

    def tasks_queryset(self) -> Any:
        """All tasks that it asks for, in order; none if it isn't valid."""
        if not self.is_valid():
            return Task.objects.none()
        return self._order_rows(self._tasks_of_people_queryset(), timezone.localtime())

    def get_tasks_due_between(self, first: date, last: date, most: int) -> list[Task]:
        """The first open tasks that it asks for among those due from the first day to the last; none if it isn't valid."""
        if not self.is_valid():
            return []
        return list(
            self._tasks_of_people_queryset().with_people().open().due_between(first, last).in_order()[:most]
        )

    def get_meetings_between(self, begins: datetime, ends: datetime, most: int) -> list[Activity]:
        """The first meetings of the people that it asks for; none if it asks for another type, or for a priority."""
        data = self.cleaned_data if self.is_valid() else {"user": NO_ONE}
        user, viewer = data["user"], Reader.from_user(self.viewer)
        if user == NO_ONE or data["priority"] or data["type"] not in ("", Task.Type.MEETING):
            return []
        rows = Activity.objects.listed_for(viewer).meetings().begins_between(begins, ends).with_author()
        if is_team(user):
            rows = rows.by_users(_team_queryset(user, viewer))
        elif user != EVERYONE:
            return self._get_meetings_of_person(rows.oldest_first(), most)
        return list(rows.oldest_first()[:most])

    def _get_meetings_of_person(self, rows: Any, most: int) -> list[Activity]:
        """Those that they planned, and those that they are invited to and haven't declined."""
        person: Any = self.viewer
        if user := self.cleaned_data["user"]:
            person = get_user_model()._default_manager.only("email").get(pk=user)
        address = person.email.lower()
        found = list(rows.of_person(person.pk, address)[:most])
        guests = [row.pk for row in found if row.created_by_id != person.pk]
        declined = InvitationAnswer.objects.of_activities(guests).standing_refusals() if guests else []
        gone = {pk for pk, refusing in declined if refusing == address}
        return [row for row in found if row.pk not in gone]

    def get_changeable_meetings(self, meetings: list[Activity]) -> set[int]:
        """The IDs of those that the viewer may change."""
        ids = [meeting.pk for meeting in meetings]
        if not ids:
            return set()
        rows = Activity.objects.changeable_by(Reader.from_user(self.viewer))
        return set(rows.filter(pk__any=ids).values_list("pk", flat=True))

    def get_people_ids(self) -> list[int]:
        """Those whose tasks and meetings it asks for, among the colleagues that the viewer sees."""
        user = self.cleaned_data["user"] if self.is_valid() else NO_ONE
        if user in (EVERYONE, NO_ONE):
            return self.people_ids if user == EVERYONE else []
        if is_team(user):
            rows = _team_queryset(user, Reader.from_user(self.viewer)).active()
            return [pk for pk in rows.values_list("pk", flat=True) if pk in set(self.people_ids)]
        return [int(user or self.viewer.pk)]

    @property
    def asks_for_everything(self) -> bool:
        """Whether no type and no priority is chosen."""
        return self.is_valid() and not (self.cleaned_data["type"] or self.cleaned_data["priority"])

    def count_by_tab(self) -> dict[str, int]:
        """How many open tasks each tab has, for the tasks of one user; more than COUNTED aren't counted."""
        if not self.is_valid() or self.cleaned_data["user"] in (EVERYONE, NO_ONE):
            return {}
        if is_team(self.cleaned_data["user"]):
            return {}
        due = get_compiled_values(_due_times_queryset, [], *self._filter_arguments)
        if self._zones:
            person = get_user_model()._default_manager.get(pk=self.cleaned_data["user"])
            due = [get_reader_time(day, clock, person.zone) for day, clock in due]
        return count_tasks_by_part(due, COUNTED)

    @cached_property
    def _zones(self) -> dict[str, ZoneInfo]:
        """The time zones of the users whose tasks it asks for by time, if one of them isn't the reader's."""
        data = self.cleaned_data
        if data["user"] in ("", NO_ONE) or data["when"] in (DONE, "no_date"):
            return {}
        zones = get_zones()
        return zones if has_other_zone(zones.values()) else {}

    def _order_rows(self, rows: Any, now: datetime) -> Any:
        when = self.cleaned_data["when"]
        if when and self._zones:
            rows = rows.with_people().open().in_part(build_due_condition(when, now, self._zones))
            return sort_tasks(rows, self.cleaned_data["sort"])
        return _ordered_tasks_queryset(rows, when, now, self.cleaned_data["sort"])

    @property
    def _filter_arguments(self) -> tuple[Reader, str, str, str]:
        data = self.cleaned_data
        return Reader.from_user(self.viewer), data["user"], data["type"], data["priority"]

    def _tasks_of_people_queryset(self) -> Any:
        return _filtered_tasks_queryset(*self._filter_arguments)


def _build_team_choices(viewer: Any) -> list[tuple[str, str]]:
    """Each of the departments that the viewer sees, if there are several."""
    if len(viewer.department_ids) < 2 and not viewer.sees_everything:
        return []
    departments = get_labels_by_id(apps.get_model(settings.DEPARTMENT_MODEL), viewer)
    words = _now("Tasks of %(department)s")
    return [(f"{DEPARTMENT}{pk}", words % {"department": name}) for pk, name in departments.items()]


def is_team(user: str) -> bool:
    """Whether this asks for one's own departments, or for one department."""
    return user == DEPARTMENTS or user.startswith(DEPARTMENT)


def _team_queryset(user: str, viewer: Reader) -> Any:
    people: Any = get_user_model()._default_manager
    asked = viewer.department_ids if user == DEPARTMENTS else [int(user.removeprefix(DEPARTMENT))]
    return people.in_departments(asked)


# The queries of the list, which are kept (crm/platform/sql/compiled_querysets.py): their SQL depends on these arguments alone.


def _first_tasks_queryset(
    _ids: list[int],
    viewer: Reader,
    user: str,
    kind: str,
    priority: str,
    when: str,
    midnight: datetime | None,
    most: int,
    order: str,
) -> Any:
    rows = _filtered_tasks_queryset(viewer, user, kind, priority)
    return _ordered_tasks_queryset(rows, when, midnight, order)[:most]


def _due_times_queryset(_ids: list[int], viewer: Reader, user: str, kind: str, priority: str) -> Any:
    rows = _filtered_tasks_queryset(viewer, user, kind, priority).open()
    return rows.values_list("due_on", "due_time")[: COUNTED + 1]


def _filtered_tasks_queryset(viewer: Reader, user: str, kind: str, priority: str) -> Any:
    rows = Task.objects.listed_for(viewer)
    rows = rows.of_type(kind) if kind else rows
    rows = rows.of_priority(priority) if priority else rows
    if user == EVERYONE:
        return rows
    if is_team(user):
        return rows.for_users(_team_queryset(user, viewer))
    return rows.for_user({"": viewer.pk, NO_ONE: None}.get(user, user))


def _ordered_tasks_queryset(rows: Any, when: str, now: datetime | None, order: str) -> Any:
    rows = rows.with_people()
    if when == DONE:
        return rows.done().last_done_first()
    return sort_tasks(_restrict_to_time(rows.open(), when, now), order)


def _restrict_to_time(rows: Any, when: str, now: Any) -> Any:
    match when:
        case "overdue":
            return rows.overdue(now)
        case "today":
            return rows.due_today(now)
        case "week":
            return rows.due_between(now.date() + timedelta(days=1), end_of_week(now.date()))
        case "later":
            return rows.due_between(end_of_week(now.date()) + timedelta(days=1), None)
        case "no_date":
            return rows.without_day()
    return rows


def count_tasks_by_part(
    due: Iterable[tuple[date | None, time | None]], most: int = COUNTED
) -> dict[str, int]:
    """How many open tasks that are due then are in each part of the list, with '' for all; more than `most` aren't
    counted."""
    times = Counter(due)
    if times.total() > most:
        return {}
    now = timezone.localtime()
    found: Counter[str] = Counter()
    for (day, clock), number in times.items():
        found[get_list_part(day, clock, now)] += number
    return {"": times.total(), **found}

"""The list of tasks: what its URL asks for, one page of it, and its groups by day."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.models.task import Task
from crm.records.names import labels_of
from crm.web.forms import Form

EVERYONE, DEPARTMENTS, NO_ONE = "all", "departments", "none"
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
GROUPS = dict(WHEN) | {"week": _("Later this week")}


def end_of_week(today: date) -> date:
    """The Sunday."""
    return today + timedelta(days=6 - today.weekday())


class TaskFilterForm(Form):
    """Whose tasks: one's own, those of one's departments, everyone's, unassigned ones, or a colleague's."""

    user = forms.ChoiceField(label=_("For"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    when = forms.ChoiceField(choices=WHEN, required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, viewer: Any) -> None:
        super().__init__(data)
        self.viewer = viewer
        people = labels_of(get_user_model(), viewer)
        others = [(str(pk), name) for pk, name in people.items() if pk != viewer.pk]
        first: list[Any] = [
            ("", _("My tasks")),
            (DEPARTMENTS, _("Tasks of my departments")),
            (EVERYONE, _("Everyone’s tasks")),
            (NO_ONE, _("Unassigned tasks")),
        ]
        self.fields["user"].choices = [*first, *others]
        offered = [("type", _("all types"), Task.Type), ("priority", _("all priorities"), Task.Priority)]
        for name, label, choices in offered:
            named = [(value, capfirst(word)) for value, word in choices.choices]
            self.fields[name].choices = [("", label), *named]
        for name in ("user", "type", "priority"):
            field = self.fields[name]
            field.widget.attrs |= {"class": "input narrow", "aria-label": field.label, "id": f"filter_{name}"}

    def rows(self) -> Any:
        """The tasks that it asks for, of records that the viewer sees; none if it isn't valid."""
        if not self.is_valid():
            return Task.objects.none()
        return self._in_time(self._of_people(), self.cleaned_data["when"])

    def counts(self) -> dict[str, int]:
        """How many open tasks each tab has, for the tasks of one user; more than COUNTED aren't counted."""
        if not self.is_valid() or self.cleaned_data["user"] in (EVERYONE, DEPARTMENTS, NO_ONE):
            return {}
        return counts_of(self._of_people().open().values_list("due_on", "due_time")[: COUNTED + 1], COUNTED)

    def _of_people(self) -> Any:
        data = self.cleaned_data
        rows = Task.objects.listed_for(self.viewer)
        rows = rows.of_type(data["type"]) if data["type"] else rows
        rows = rows.of_priority(data["priority"]) if data["priority"] else rows
        if data["user"] == EVERYONE:
            return rows
        if data["user"] == DEPARTMENTS:
            people: Any = get_user_model()._default_manager
            return rows.for_users(people.in_departments(self.viewer.department_ids))
        return rows.for_user({"": self.viewer.pk, NO_ONE: None}.get(data["user"], data["user"]))

    def _in_time(self, rows: Any, when: str) -> Any:
        now = timezone.localtime()
        today = now.date()
        sunday = end_of_week(today)
        if when == DONE:
            return rows.done()
        rows = rows.open()
        match when:
            case "overdue":
                return rows.overdue(now)
            case "today":
                return rows.due_today(now)
            case "week":
                return rows.due_between(today + timedelta(days=1), sunday)
            case "later":
                return rows.due_between(sunday + timedelta(days=1), None)
            case "no_date":
                return rows.without_day()
        return rows


def counts_of(due: Iterable[tuple[date | None, time | None]], most: int = COUNTED) -> dict[str, int]:
    """How many open tasks that are due then are in each part of the list, with '' for all; more than `most` aren't
    counted."""
    times = Counter(due)
    if times.total() > most:
        return {}
    now = timezone.localtime()
    found: Counter[str] = Counter()
    for (day, clock), number in times.items():
        found[group_of(Task(due_on=day, due_time=clock), now)] += number
    return {"": times.total(), **found}


def group_of(task: Task, now: datetime) -> str:
    """The value in WHEN of the part that a task is listed in."""
    today = now.date()
    if task.is_done:
        return DONE
    if task.due_on is None:
        return "no_date"
    if task.is_overdue:
        return "overdue"
    if task.due_on == today:
        return "today"
    return "week" if task.due_on <= end_of_week(today) else "later"

"""Changing the selected tasks of the list: the buttons, and the verb of each."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.platform.web.id_parsing import parse_ids
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form
from crm.platform.web.rendering.large_select import LongSelect
from crm.records.history.verb_execution import Verb
from crm.work.models.task import Task
from crm.work.tasks.forms import assignable_people_queryset, get_user_choices
from crm.work.tasks.listing.day_bounds import get_next_monday
from crm.work.tasks.reassigned_due_times import count_on_other_clocks
from crm.work.tasks.verbs import CompleteTask, ReassignTask, ReopenTask, RescheduleTask

ACTIONS = ["complete", "reopen", "tomorrow", "next_week", "reschedule", "reassign"]


def describe_done_tasks(action: str, count: int) -> str:
    """What was done with so many tasks."""
    if action == "complete":
        words = ngettext("Completed %(count)s task.", "Completed %(count)s tasks.", count)
    elif action == "reopen":
        words = ngettext("Reopened %(count)s task.", "Reopened %(count)s tasks.", count)
    elif action == "reassign":
        words = ngettext("Reassigned %(count)s task.", "Reassigned %(count)s tasks.", count)
    else:
        words = ngettext("Rescheduled %(count)s task.", "Rescheduled %(count)s tasks.", count)
    return words % {"count": count}


class ChangeTasksForm(Form):
    """`one` is a task whose own button was pressed, regardless of the selected ones."""

    day = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput)
    heir = ChoiceOfLabels(None, label=_("User"), required=False, widget=LongSelect)

    def __init__(self, data=None, *, viewer: Any) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.fields["heir"].queryset = assignable_people_queryset(viewer)
        self.fields["heir"].choices = [("", _("Choose…")), *get_user_choices(viewer)]
        for name in ("day", "heir"):
            self.fields[name].widget.attrs |= {"aria-label": self.fields[name].label, "class": "input narrow"}

    @property
    def action(self) -> str:
        return "complete" if "one" in self.data else self.data.get("action", "")

    @property
    def ids(self) -> list[int]:
        data: Any = self.data
        return parse_ids([data["one"]] if "one" in data else data.getlist("task"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.action not in ACTIONS:
            self.add_error(None, _now("Choose what to do with the tasks."))
        elif not self.ids:
            self.add_error(None, _now("Select at least one task."))
        elif self.action == "reschedule" and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _now("Choose a date."))
        elif self.action == "reassign" and not data.get("heir") and "heir" not in self.errors:
            self.add_error("heir", _now("Choose a user."))
        return data

    def count_moved(self) -> int:
        """How many of the tasks get a time on another clock. Call it before they are reassigned."""
        if self.action != "reassign":
            return 0
        heir = self.cleaned_data["heir"]
        rows = Task.objects.present().changeable_by(self.viewer).filter(pk__any=self.ids)
        return count_on_other_clocks(rows.visible_to(heir), heir)

    def build_verb(self) -> Verb:
        today = timezone.localdate()
        match self.action:
            case "complete":
                return CompleteTask(self.viewer)
            case "reopen":
                return ReopenTask()
            case "tomorrow":
                return RescheduleTask(today + timedelta(days=1))
            case "next_week":
                return RescheduleTask(get_next_monday(today))
            case "reschedule":
                return RescheduleTask(self.cleaned_data["day"])
        return ReassignTask(self.cleaned_data["heir"])

"""The bulk action that adds the same task to many records."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.day_input import TimeInput
from crm.platform.web.rendering.form_rendering import Form
from crm.records.editing.bulk_actions import BulkAction
from crm.work.models.task import LONGEST_TITLE, Task
from crm.work.tasks.forms import get_user_choices
from crm.work.tasks.verbs import AddTask

OWNERS, NO_ONE = "", "none"


class BulkTaskForm(Form):
    """Without a user, each task is for the owner of its record."""

    title = forms.CharField(label=_("Task"), max_length=LONGEST_TITLE)
    due_on = forms.DateField(label=_("Due"), required=False, widget=forms.DateInput)
    due_time = forms.TimeField(label=_("Time"), required=False, widget=TimeInput)
    user = forms.ChoiceField(label=_("For"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        named = [(str(pk), name) for pk, name in get_user_choices(user)]
        first = [(OWNERS, _("The owner of each record")), (NO_ONE, _("Unassigned"))]
        self.fields["user"].choices = [*first, *named]
        self.fields["type"].choices = [(value, capfirst(label)) for value, label in Task.Type.choices]

    def clean_user(self) -> Any:
        chosen = self.cleaned_data["user"]
        people: Any = get_user_model()._default_manager
        return people.with_rights().get(pk=chosen) if chosen not in (OWNERS, NO_ONE) else chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("due_time") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _now("Choose a day for this time."))
        data["type"] = data.get("type") or Task.Type.TO_DO
        return data


def build_add_task_verb(data: dict[str, Any], user: Any) -> AddTask:
    task = {name: data[name] for name in ("title", "due_on", "due_time", "type")}
    if data["user"] == OWNERS:
        return AddTask(user, task, to_owners=True)
    return AddTask(user, task | {"user": None if data["user"] == NO_ONE else data["user"]})


ADD_TASK = BulkAction("add_task", _("Add a task"), "check", "change", BulkTaskForm, build_add_task_verb)

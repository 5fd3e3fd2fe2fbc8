"""The form of a task; labels and limits are on the model."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _now

from crm.platform.sql.cache_keys import Reader
from crm.platform.sql.compiled_querysets import get_compiled_values
from crm.platform.web.rendering.day_input import TimeInput
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.work.models.task import Task
from crm.work.tasks.listing.day_bounds import has_other_zone
from crm.work.tasks.verbs import AddTask


def assignable_people_queryset(viewer, also: int | None = None) -> Any:
    """The users whom this user may give tasks to, in order; and one who has some already."""
    people: Any = get_user_model()._default_manager
    return (people.active().visible_to(viewer) | people.filter(pk=also)).by_name()


def get_user_choices(viewer) -> list[tuple[int, str]]:
    """The ids and names of those whom this user may give tasks to, in order."""
    return get_compiled_values(_people_names_queryset, [], Reader.from_user(viewer))


def _people_names_queryset(_ids: list[int], viewer: Reader) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return assignable_people_queryset(viewer).values_list("pk", "name")


class TaskForm(ModelForm):
    """For a new task and for one that exists. `record` is the one it belongs to."""

    class Meta:
        model = Task
        fields = ["title", "type", "due_on", "due_time", "user", "repeat", "priority", "description"]
        widgets = {
            "due_on": forms.DateInput,
            "due_time": TimeInput,
            "description": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *arguments, record: Any, viewer: Any, **keywords) -> None:
        # A record's page has other forms with such fields.
        super().__init__(*arguments, auto_id="id_task_%s", **keywords)
        self.record = record
        self._offer_people(list(assignable_people_queryset(viewer, self.instance.user_id)))
        for name in ("type", "priority"):
            # Not every form has them.
            self.fields[name].required = False
            self.fields[name].choices = [
                (value, capfirst(label)) for value, label in self.fields[name].choices if value
            ]
        words = Task.Repeat.choices
        self.fields["repeat"].choices = [(value, capfirst(label)) for value, label in words]
        if not self.instance.pk:
            self.initial.setdefault("user", viewer.pk)

    def _offer_people(self, people: list[Any]) -> None:
        """Whose clock a time is on is only said where it makes a difference."""
        field = self.fields["user"]
        field.queryset = get_user_model()._default_manager.filter(pk__in=[person.pk for person in people])
        field.choices = [("", field.empty_label), *((person.pk, str(person)) for person in people)]
        if not has_other_zone(person.zone for person in people):
            self.fields["due_time"].help_text = ""
        elif self.instance.pk and self.instance.due_time and self.instance.user_id:
            field.help_text = _now("Another user gets the task at the same moment, on their own clock.")

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if not title:
            raise ValidationError(_now("Enter what is to be done."))
        return title

    def clean_user(self) -> Any:
        user = self.cleaned_data["user"]
        if user and user.pk != self.instance.user_id:
            model = type(self.record)
            seen = model.objects.visible_to(user).filter(pk=self.record.pk)
            if not user.has_perm(model.get_right("view")) or not seen.exists():
                raise ValidationError(_now("This user doesn’t have access to the record."))
        return user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["type"] = data.get("type") or self.instance.type
        data["priority"] = data.get("priority") or self.instance.priority
        if data.get("due_time") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _now("Choose a day for this time."))
        return data

    def build_verb(self, by) -> AddTask:
        return AddTask(by, dict(self.cleaned_data))

    def get_changes(self, before: Task) -> dict[str, Any]:
        """What differs from the task."""
        return {name: value for name, value in self.cleaned_data.items() if value != getattr(before, name)}

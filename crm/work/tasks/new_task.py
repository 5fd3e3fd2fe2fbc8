"""A new task on the page of tasks: its title, when it is due, its priority, and the record it belongs to, which is found by typing."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import Form
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.search.changeable_matches import find_changeable_matches, find_changeable_record
from crm.work.models.task import LONGEST_TITLE, Task
from crm.work.tasks.call_backs import build_call_back_moments, get_call_back_moment
from crm.work.tasks.verbs import AddTask

# So many records of each kind are offered.
OFFERED = 5
TODAY, OTHER_DAY, NO_DATE = "today", "day", "no_date"


class NewTaskForm(Form):
    """`q` is what was typed of the record, `record` the chosen one, such as "lead:12"; one that alone is found needs no choice."""

    title = forms.CharField(label=_("Task"), max_length=LONGEST_TITLE)
    when = forms.ChoiceField(label=_("Due"))
    day = forms.DateField(label=_("Date"), required=False, widget=forms.DateInput)
    priority = forms.ChoiceField(label=_("Priority"))
    q = forms.CharField(label=_("Record"), max_length=200)

    def __init__(self, data=None, *, viewer: Any, **keywords) -> None:
        super().__init__(data, auto_id="id_new_%s", **keywords)
        self.viewer = viewer
        self.fields["when"].choices = _build_due_choices(viewer)
        self.fields["title"].widget.attrs["placeholder"] = _("Add a task")
        prepare_task_fields(self)

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == OTHER_DAY and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _now("Choose a date."))
        choose_record(self, data)
        return data

    def build_verb(self) -> AddTask:
        day, clock = self._get_due()
        task = {name: self.cleaned_data[name] for name in ("title", "priority")}
        return AddTask(self.viewer, {**task, "due_on": day, "due_time": clock, "user": self.viewer})

    def _get_due(self) -> tuple[date | None, time | None]:
        when = self.cleaned_data["when"]
        days = {TODAY: timezone.localdate(), OTHER_DAY: self.cleaned_data["day"], NO_DATE: None}
        if when in days:
            return days[when], None
        moment: Any = get_call_back_moment(self.viewer, when)
        return moment.day, moment.at


def prepare_task_fields(form: Any) -> None:
    """The priorities, and the field in which a record is found, of a form that has them."""
    form.fields["priority"].choices = [(value, capfirst(word)) for value, word in Task.Priority.choices]
    form.initial.setdefault("priority", Task.Priority.NORMAL)
    if "q" in form.fields:
        form.fields["q"].widget.attrs |= {"autocomplete": "off", "placeholder": _("Lead, company, contact…")}
        form.fields["q"].error_messages["required"] = _("Enter the name of a record.")


def choose_record(form: Any, data: dict[str, Any]) -> None:
    """Add the record that was chosen, or the only one that was found, to the data of the form; or an error."""
    table, _colon, number = form.data.get("record", "").partition(":")
    chosen = find_changeable_record(table, number, form.viewer)
    found = [chosen] if chosen else find_records(data.get("q", ""), form.viewer)
    if len(found) == 1:
        data["record"] = found[0]
    elif found:
        form.add_error("q", _now("Choose one of these records."))
    elif data.get("q"):
        sentence = _now("No record that you can change matches “%(text)s”.")
        form.add_error("q", sentence % {"text": data["q"]})


def find_records(text: str, viewer: Any) -> list[Any]:
    """The best matches of each kind among the records to which the viewer may add tasks; none without a text."""
    matches = find_changeable_matches(text, viewer, OFFERED)
    return [record for _kind, records in matches for record in records]


def build_new_task_context(form: Any) -> dict[str, Any]:
    """The form and the records that were found for it: the value, the record and the name of its kind."""
    records = find_records(form["q"].value() or "", form.viewer)
    found = [
        (f"{record.table}:{record.pk}", record, capfirst(str(KINDS[record.table].words.one)))
        for record in records
    ]
    return {"new_task": form, "found": found, "chosen": form.data.get("record", "")}


def _build_due_choices(viewer: Any) -> list[tuple[str, Any]]:
    """The moments of a call-back with their clock, between today and any other day."""
    moments = build_call_back_moments(viewer)
    offered = [(moment.code, f"{moment.label} · {moment.clock}") for moment in moments]
    return [(TODAY, _("Today")), *offered, (OTHER_DAY, _("Pick…")), (NO_DATE, _("No date"))]

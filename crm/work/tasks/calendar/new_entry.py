"""A new task or meeting at a day and a time of the calendar."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.day_input import TimeInput
from crm.platform.web.rendering.form_rendering import Form
from crm.records.history.verb_execution import Verb
from crm.work.activities.verbs import AddActivity
from crm.work.invitations.invitee_form import check_meeting
from crm.work.models.activity import LONGEST_PLACE, LONGEST_TEXT, MOST_MINUTES, Activity
from crm.work.models.task import LONGEST_TITLE, Task
from crm.work.tasks.new_task import choose_record, prepare_task_fields
from crm.work.tasks.verbs import AddTask

TASK, MEETING = "task", "meeting"
STARTED_WITH = ("what", "day", "time", "minutes")
# The names of fields here, for what the form of a meeting calls them.
FIELDS_OF_MEETINGS = {"at": "time", "subject": "title"}


class NewEntryForm(Form):
    """A task for the viewer, or a meeting that the viewer plans, on the viewer's clock. Whoever is named in `invited` gets an email."""

    what = forms.ChoiceField(
        label=_("What"),
        choices=[(TASK, capfirst(Task._meta.verbose_name)), (MEETING, capfirst(Activity.Type.MEETING.label))],
        widget=forms.RadioSelect,
        initial=TASK,
    )
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    day = forms.DateField(label=_("Date"), widget=forms.DateInput)
    time = forms.TimeField(label=_("Time"), required=False, widget=TimeInput)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
        help_text=_("Of a meeting."),
    )
    priority = forms.ChoiceField(label=_("Priority"))
    q = forms.CharField(label=_("Record"), max_length=200)
    place = forms.CharField(
        label=capfirst(Activity._meta.get_field("place").verbose_name),
        max_length=LONGEST_PLACE,
        required=False,
        help_text=_("An address, a room or a link."),
    )
    invited = forms.CharField(
        label=_("Invite by email"), required=False, help_text=_("Email addresses, separated by commas.")
    )
    text = forms.CharField(
        label=_("Notes"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    # What check_meeting compares with: a meeting that isn't there yet.
    instance = Activity()

    def __init__(self, data=None, *, viewer: Any, **keywords) -> None:
        super().__init__(data, auto_id="id_new_%s", **keywords)
        self.viewer = viewer
        self.fields["title"].widget.attrs["autofocus"] = data is None
        prepare_task_fields(self)

    @classmethod
    def read_initial(cls, asked: Mapping[str, str]) -> dict[str, Any]:
        """What a URL starts the form with, as far as it is valid."""
        found = {}
        for name in STARTED_WITH:
            with suppress(ValidationError):
                found[name] = cls.base_fields[name].clean(asked.get(name))
        return found

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "q" in self.fields:
            choose_record(self, data)
        if data.get("what") == MEETING:
            self._check_meeting(data)
        return data

    def add_error(self, field, error) -> None:
        super().add_error(FIELDS_OF_MEETINGS.get(field or "", field), error)

    def _check_meeting(self, data: dict[str, Any]) -> None:
        if not data.get("time") and "time" not in self.errors:
            self.add_error("time", _now("Choose a time for the meeting."))
        if data.get("day") and data.get("time"):
            data["at"] = datetime.combine(data["day"], data["time"], timezone.get_current_timezone())
        data["subject"], data["invite"] = data.get("title"), bool(data.get("invited"))
        check_meeting(self, data)

    def build_verb(self) -> AddTask:
        data, clock = self.cleaned_data, self.cleaned_data["time"]
        task = {"title": data["title"], "priority": data["priority"], "description": data["text"].strip()}
        return AddTask(self.viewer, {**task, "due_on": data["day"], "due_time": clock, "user": self.viewer})

    def build_meeting_verb(self) -> Verb:
        data = self.cleaned_data
        return AddActivity(
            self.viewer,
            Activity.Type.MEETING,
            data["text"].strip(),
            "",
            data["minutes"],
            data["at"],
            subject=data["subject"],
            place=data["place"],
            invited=data["invited"],
        )

    def build_entry_verb(self) -> Verb:
        return self.build_meeting_verb() if self.is_meeting else self.build_verb()

    @property
    def is_meeting(self) -> bool:
        return self.cleaned_data["what"] == MEETING

"""Moving a task or a meeting of the calendar to another day or time, by the same verbs as its own page."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.rendering.form_rendering import Form
from crm.records.history.verb_execution import Verb
from crm.work.activities.verbs import EditActivity
from crm.work.invitations.invitee_form import FURTHEST
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.calendar.calendar_period import EARLIEST, LATEST
from crm.work.tasks.verbs import EditTask, RescheduleTask

# Instead of a time: a task is due all day.
ALL_DAY = "all_day"


class MoveForm(Form):
    """`entry` is such as "task-12" or "meeting-34", `time` is empty to keep it, and `version` is what the page showed. Days and times
    are on the viewer's clock."""

    entry = forms.CharField(max_length=30)
    day = forms.DateField()
    time = forms.CharField(max_length=10, required=False)
    version = forms.IntegerField()

    def __init__(self, data, *, viewer: Any) -> None:
        super().__init__(data)
        self.viewer = viewer
        self.row = self._find_row(data.get("entry", ""))

    def _find_row(self, name: str) -> Task | Activity | None:
        """What the viewer sees of this name."""
        table, _hyphen, number = name.partition("-")
        pk = parse_number(number)
        if pk is None:
            return None
        if table == "task":
            return Task.objects.listed_for(self.viewer).open().with_people().filter(pk=pk).first()
        rows = Activity.objects.listed_for(self.viewer).meetings()
        return rows.filter(pk=pk).first() if table == "meeting" else None

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Choose a day between 2000 and 2099."))
        return day

    def clean_time(self) -> Any:
        text = self.cleaned_data["time"]
        if not text or text == ALL_DAY:
            return text or None
        return forms.TimeField().clean(text)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.row is None or self.errors:
            return data
        if not type(self.row).scope.may_change(self.row, self.viewer):
            raise ValidationError(_("“%(entry)s” can’t be changed by you.") % {"entry": self.title})
        if data["version"] != self.row.version:
            words = _("“%(entry)s” has changed since this page was opened, so it wasn’t moved.")
            raise ValidationError(words % {"entry": self.title})
        if isinstance(self.row, Activity) and self.get_moment(self.row) > timezone.now() + FURTHEST:
            raise ValidationError(_("Enter a time in the next five years."))
        return data

    @property
    def title(self) -> str:
        return (isinstance(self.row, Activity) and self.row.subject) or str(self.row)

    def get_moment(self, meeting: Activity) -> datetime:
        asked = self.cleaned_data["time"]
        clock = asked if isinstance(asked, time) else timezone.localtime(meeting.at).time()
        return datetime.combine(self.cleaned_data["day"], clock, timezone.get_current_timezone())

    def build_meeting_verb(self, meeting: Activity) -> Verb:
        return EditActivity(meeting.type, {"at": self.get_moment(meeting)})

    def build_task_verb(self, task: Task) -> Verb:
        """Its day and time are on the clock of the user it is for."""
        day, asked = self.cleaned_data["day"], self.cleaned_data["time"]
        if asked == ALL_DAY:
            return EditTask({"due_on": day, "due_time": None})
        moment = task.due_moment
        clock = asked or (timezone.localtime(moment).time() if moment else None)
        if clock is None:
            return RescheduleTask(day)
        here = datetime.combine(day, clock, timezone.get_current_timezone())
        there = here.astimezone(task.user.zone) if task.user else here
        return RescheduleTask(there.date(), there.time())

    def describe_move(self) -> str:
        """Such as: Moved “Demo” to Fri 27 Nov, 10:15."""
        day, asked = self.cleaned_data["day"], self.cleaned_data["time"]
        when = date_format(day, "D j M")
        if isinstance(asked, time):
            when = f"{when}, {asked:%H:%M}"
        elif isinstance(self.row, Activity):
            when = f"{when}, {timezone.localtime(self.row.at):%H:%M}"
        return _("Moved “%(entry)s” to %(when)s.") % {"entry": self.title, "when": when}

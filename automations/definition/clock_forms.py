"""The forms of triggers by the clock: how many days, of which date, and at what time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from automations.definition.trigger_dates import get_date_fields
from automations.definition.wait_step import DAYS, HOURS
from crm.platform.web.rendering.form_rendering import Form
from crm.records.kinds.kind_registry import Kind
from crm.work.models.activity import Activity

MOST_DAYS = 365
BEFORE, ON, AFTER = "before", "on", "after"
SIDES = [(BEFORE, _("days before the date")), (ON, _("on the date")), (AFTER, _("days after the date"))]
WORKING_DAYS, EACH_DAY = "working_days", "each_day"
USUAL_TIME = "08:00"
OF_OWNER = _("On the clock of the automation’s owner, whose working days count too.")


class ClockForm(Form):
    """Whatever is due on a day is done at this time."""

    time = forms.TimeField(
        label=_("Time of day"),
        input_formats=["%H:%M", "%H:%M:%S"],
        initial=USUAL_TIME,
        widget=forms.TimeInput(attrs={"type": "time", "class": "input"}, format="%H:%M"),
        help_text=OF_OWNER,
    )

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.kind = kind

    def get_values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "time": f"{self.cleaned_data['time']:%H:%M}"}


class QuietForm(ClockForm):
    quiet = forms.IntegerField(
        label=_("Working days without anything"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=5,
        help_text=_(
            "Activities and changes by people, programs and imports count, and what automations did doesn’t. The automation acts "
            "on the first working day after so many whole ones."
        ),
    )
    field_order = ("quiet", "time")


class DateForm(ClockForm):
    field = forms.ChoiceField(label=_("Date"), widget=forms.Select(attrs={"class": "input"}))
    side = forms.ChoiceField(
        label=_("Act"),
        choices=SIDES,
        initial=BEFORE,
        widget=forms.Select(attrs={"class": "input"}),
    )
    days = forms.IntegerField(label=_("Days"), min_value=0, max_value=MOST_DAYS, required=False, initial=1)
    field_order = ("field", "side", "days", "time")

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, kind=kind, user=user, **keywords)
        self.fields["field"].choices = [("", _("Choose…")), *get_date_fields(kind, user)]

    def clean(self) -> dict[str, Any]:
        data: Any = super().clean()
        if data.get("side") == ON:
            data["days"] = 0
        elif "days" not in self.errors and not data.get("days"):
            self.add_error("days", _("Enter at least 1 day."))
        return data


class MeetingTimeForm(Form):
    """To the minute, so it has no time of day."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=MOST_DAYS, initial=1)
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=[(HOURS, _("hours")), (DAYS, _("days"))],
        initial=DAYS,
        widget=forms.Select(attrs={"class": "input"}),
    )
    side = forms.ChoiceField(
        label=_("Act"),
        choices=[(BEFORE, _("before the meeting begins")), (AFTER, _("after the meeting began"))],
        initial=BEFORE,
        widget=forms.Select(attrs={"class": "input"}),
        help_text=_(
            "A meeting that is moved counts at its new time. One that was deleted doesn’t count, and after its beginning, neither does a "
            "no-show."
        ),
    )

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, **keywords)

    def get_values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class OverdueForm(ClockForm):
    days = forms.IntegerField(label=_("Working days overdue"), min_value=1, max_value=MOST_DAYS, initial=1)
    field_order = ("days", "time")


class DailyForm(ClockForm):
    on = forms.ChoiceField(
        label=_("Days"),
        choices=[(WORKING_DAYS, _("working days")), (EACH_DAY, _("every day"))],
        initial=WORKING_DAYS,
        widget=forms.Select(attrs={"class": "input"}),
        help_text=_(
            "The automation acts on all records that meet the conditions at that time, up to its limit."
        ),
    )
    field_order = ("on", "time")


class ActivityForm(Form):
    """A type of activity, or any of them."""

    TYPES = (Activity.Type.NOTE, Activity.Type.CALL, Activity.Type.MEETING, Activity.Type.FILE)

    type = forms.ChoiceField(
        label=_("Activity"), required=False, widget=forms.Select(attrs={"class": "input"})
    )

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        named = [(one.value, one.label) for one in self.TYPES]
        self.fields["type"].choices = [("", _("any activity")), *named]

    def get_values(self) -> dict[str, Any]:
        chosen = self.cleaned_data["type"]
        return {"type": chosen} if chosen else {}

"""The form of a scheduled report: how often, on which day and at what time."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.web.rendering.form_rendering import ModelForm
from reports.models import ReportSchedule
from reports.schedules.schedule import set_next_time

# More schedules of one user are a mistake.
MOST = 30


class ScheduleForm(ModelForm):
    class Meta:
        model = ReportSchedule
        fields = ["every", "weekday", "day", "hour"]

    def __init__(self, *arguments: Any, user: User, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        self.fields["hour"].help_text = _("In your time zone, %(zone)s.") % {"zone": user.zone}
        for name, every in (("weekday", "weekly"), ("day", "monthly")):
            # Hidden while it doesn't count (static/js/shown-if.js).
            self.fields[name].when = format_html(' data-shown-if="{}"', json.dumps({"every": [every]}))
            self.fields[name].required = False

    def clean_weekday(self) -> int:
        value = self.cleaned_data["weekday"]
        return self.instance.weekday if value in (None, "") else value

    def clean_day(self) -> int:
        value = self.cleaned_data["day"]
        if value is None and self.data.get("every") == ReportSchedule.Every.MONTHLY:
            raise ValidationError(_("Enter the day of the month, from 1 to 31."))
        return self.instance.day if value is None else value

    def clean(self) -> Any:
        if self.instance.pk is None and ReportSchedule.objects.visible_to(self.user).count() >= MOST:
            text = _("You have %(number)s scheduled emails. Delete one before you add another.")
            raise ValidationError(text, params={"number": MOST})
        return super().clean()

    def save(self, commit: bool = True) -> ReportSchedule:
        schedule: ReportSchedule = super().save(commit=False)
        schedule.user = self.user
        set_next_time(schedule, self.user)
        schedule.save()
        return schedule

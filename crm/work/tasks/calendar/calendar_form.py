"""What the URL of the calendar asks for: whose tasks and meetings, and of which day, week or month."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.work.tasks.calendar.calendar_period import DAY, EARLIEST, LATEST, MONTH, WEEK, CalendarPeriod
from crm.work.tasks.listing.filters import TaskFilterForm

VIEWS = [(DAY, pgettext_lazy("of a calendar", "Day")), (WEEK, _("Week")), (MONTH, _("Month"))]


class CalendarForm(TaskFilterForm):
    """The same people, types and priorities as in the list of tasks. `hours` is "all" for those of the night too."""

    view = forms.ChoiceField(choices=VIEWS, required=False, widget=forms.HiddenInput)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.HiddenInput)
    hours = forms.ChoiceField(choices=[("all", _("All hours"))], required=False, widget=forms.HiddenInput)

    def clean_day(self) -> date | None:
        day = self.cleaned_data["day"]
        if day and not EARLIEST <= day <= LATEST:
            raise ValidationError(_now("Choose a day between 2000 and 2099."))
        return day

    @property
    def period(self) -> CalendarPeriod:
        """This week if it isn't valid."""
        data: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return CalendarPeriod(data.get("view") or WEEK, data.get("day") or timezone.localdate())

    @property
    def has_all_hours(self) -> bool:
        return self.is_valid() and self.cleaned_data["hours"] == "all"

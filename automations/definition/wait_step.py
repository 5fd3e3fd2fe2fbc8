"""The step "Wait": what comes after it is done some hours, days or working days later."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.working_time.calendar import Calendars, WorkingCalendar
from automations.verbs import RunAutomation
from crm.platform.web.rendering.form_rendering import Form
from crm.records.history.verb_execution import Verb

HOURS, DAYS, WORKING_DAYS = "hours", "days", "working_days"
UNITS = [(WORKING_DAYS, _("working days")), (DAYS, _("days")), (HOURS, _("hours"))]
MOST_WAITED = 365


class WaitForm(Form):
    number = forms.IntegerField(label=_("Wait"), min_value=1, max_value=MOST_WAITED)
    unit = forms.ChoiceField(
        label=_("Unit"),
        choices=UNITS,
        widget=forms.Select(attrs={"class": "input"}),
        help_text=_(
            "The next steps are done if the record still meets the conditions then. Working days are those of the automation’s owner."
        ),
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)


@dataclass(frozen=True)
class Wait(Verb):
    """It leaves the records as they are. The steps after it are carried out when it is over (automations/running/waiting_steps.py)."""

    # Always a step of a run, never an operation of its own.
    kind = RunAutomation.kind
    action = "view"
    title = _("Wait")
    icon = "clock"
    on_read_only = True
    on_erased = True

    number: int = 1
    unit: str = WORKING_DAYS
    calendar: WorkingCalendar | None = None

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    def build_unchanged_condition(self):
        return ~Q(pk=None)

    def get_values(self):
        return {}

    def get_end(self, now: datetime) -> datetime:
        """When it is over for a record that begins to wait now: after so many days, at the same time of the owner's clock."""
        if self.unit == HOURS or self.calendar is None:
            return now + timedelta(hours=self.number)
        here = now.astimezone(self.calendar.zone)
        if self.unit == DAYS:
            day = here.date() + timedelta(days=self.number)
        else:
            day = self.calendar.add_working_days(here.date(), self.number)
        return self.calendar.get_moment(day, here.time())


def build_wait_verb(data: dict[str, Any], user: Any) -> Wait:
    return Wait(data["number"], data["unit"], Calendars().get_for_user(user))

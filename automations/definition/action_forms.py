"""The forms of actions that no bulk action has: a task that is due some working days later, and notifying people."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.working_time.calendar import Calendars
from automations.verbs import NotifyPeople
from crm.platform.web.rendering.form_rendering import Form
from crm.work.tasks.actions import BulkTaskForm, build_add_task_verb
from crm.work.tasks.forms import get_user_choices
from crm.work.tasks.verbs import AddTask

MOST_DAYS = 365
LONGEST_NOTICE = 120
# Among users, the owner of each record.
OWNER = "owner"


class PlannedTaskForm(BulkTaskForm):
    """The task of a bulk change, but due some working days after it is added."""

    days = forms.IntegerField(
        label=_("Due in working days"),
        min_value=0,
        max_value=MOST_DAYS,
        required=False,
        help_text=_("0 means the same day, or the next working day. Empty means no due date."),
    )
    field_order = ("title", "days", "due_time", "user", "type")

    due_on: Any = None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("days") is not None:
            # Of the bulk form, which compares it with the time of day.
            data["due_on"] = timezone.localdate()
        if data.get("due_time") and data.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("Enter a number of days for this time."))
            data.pop("due_time")
        data = super().clean()
        data.pop("due_on", None)
        return data


def get_due_day(user: Any, days: int) -> date:
    """Today by the user's calendar, and so many working days later; for 0, today or the next working day."""
    calendar = Calendars().get_for_user(user)
    day = calendar.add_working_days(timezone.localdate(timezone=calendar.zone), days)
    return calendar.get_next_working_day(day)


def build_task_verb(data: dict[str, Any], user: Any) -> AddTask:
    due = None if data["days"] is None else get_due_day(user, data["days"])
    return build_add_task_verb({**data, "due_on": due}, user)


class NotifyForm(Form):
    """Users, and the owner of each record."""

    people = forms.MultipleChoiceField(
        label=_("Notify"), widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"})
    )
    text = forms.CharField(label=_("Message"), max_length=LONGEST_NOTICE, required=False)

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        named = [(str(pk), name) for pk, name in get_user_choices(user)]
        self.fields["people"].choices = [(OWNER, _("The owner of each record")), *named]


def build_notify_verb(data: dict[str, Any], user: Any) -> NotifyPeople:
    people: Any = get_user_model()._default_manager
    chosen = [pk for pk in data["people"] if pk != OWNER]
    users = tuple(people.with_rights().filter(pk__in=chosen).order_by("pk"))
    return NotifyPeople(users, OWNER in data["people"], data["text"])

"""The form of a goal: a new one of a month, or another target for an existing one."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.models import Operation
from crm.platform.configuration.company import get_company_currency
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.platform.web.rendering.month_input import MonthField
from crm.records.editing.settings_change import record_settings_change
from reports.goals.goal_month import can_have_goals, get_allowed_months_sentence
from reports.goals.goal_owners import get_goal_choices, get_user_and_department_ids
from reports.goals.verbs import ADD, DELETE, EDIT, build_verb_parameters
from reports.models import Goal


class GoalForm(ModelForm):
    """For someone whose goals the user may set. An existing goal keeps its month, whose it is, and its number."""

    # Of the operation: a program fills in the form of the page too.
    channel: str = Operation.Channel.WEB
    whose = forms.ChoiceField(label=_("Goal of"))
    month = MonthField()

    class Meta:
        model = Goal
        fields = ["month", "measure", "target"]

    def __init__(self, *arguments, user: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.user, self.before = user, self.instance.target
        target = self.fields["target"]
        target.help_text = _now("A whole number; revenue in %(currency)s.") % {
            "currency": get_company_currency()
        }
        if self.instance.pk:
            del self.fields["whose"], self.fields["month"], self.fields["measure"]
            self.initial["target"] = build_verb_parameters(self.instance, None, self.before)["after"]
        else:
            self.fields["whose"].choices = [("", _now("Choose…")), *get_goal_choices(user)]
            self.fields["measure"].choices = [("", _now("Choose…")), *Goal.Measure.choices]
            self.order_fields(["month", "whose", "measure", "target"])

    def clean_month(self) -> date:
        month = self.cleaned_data["month"]
        if not can_have_goals(month):
            raise forms.ValidationError(get_allowed_months_sentence())
        return month

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk or not {"whose", "month", "measure"} <= data.keys():
            return data
        user, department = get_user_and_department_ids(data["whose"])
        self.instance.user_id, self.instance.department_id = user, department
        same = Goal.objects.in_month(data["month"]).of_owner(user, department).measuring(data["measure"])
        if same.exists():
            self.add_error(
                "measure", _now("This goal is already set for this month. Edit that goal instead.")
            )
        return data

    def write(self, by: User) -> Operation:
        kind, before = (EDIT, self.before) if self.instance.pk else (ADD, None)
        parameters = build_verb_parameters(self.instance, before, self.cleaned_data["target"])
        with record_settings_change(kind, by=by, channel=self.channel, **parameters) as record:
            self.save()
        return record


def delete_goal(goal: Goal, by: User, channel: str = Operation.Channel.WEB) -> Operation:
    parameters = build_verb_parameters(goal, goal.target, None)
    with record_settings_change(DELETE, by=by, channel=channel, **parameters) as record:
        Goal.objects.filter(pk=goal.pk).delete()
    return record

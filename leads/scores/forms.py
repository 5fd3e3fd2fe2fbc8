"""The form of a score rule. Its conditions are composed on a page of their own, as the filters of a list are."""

import json
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.web.rendering.html_building import html
from crm.records.editing.conditions_form import ConditionsFormMixin
from crm.records.editing.settings_form import SettingsForm
from leads.assignment.rule_conditions import get_leads_kind
from leads.models import ScoreRule
from leads.models.score_rule import MOST_RULES
from leads.scores.fading_dates import get_fading_dates, sees_fading_date
from leads.scores.score_conditions import get_uncounted_reason

Counts = ScoreRule.Counts
OF_ACTIVITIES = [code for code in Counts.values if code != Counts.FACT]


class ScoreRuleForm(ConditionsFormMixin, SettingsForm):
    """`asked` are the conditions in the URL, as the query of a list; without them, those of the rule."""

    table = ScoreRule.table
    new_title = _("New score rule")

    conditions = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ScoreRule
        fields: ClassVar = ["name", "counts", "points", "fades_over", "fades_from", "at_most", "turned_on"]
        widgets: ClassVar = {"counts": forms.RadioSelect, "fades_from": forms.Select}

    def __init__(self, *arguments, viewer: User, asked: str | None = None, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.viewer, self.kind = viewer, get_leads_kind()
        own: Any = self.fields["counts"]
        own.choices = [(code, capfirst(label)) for code, label in Counts.choices]
        # Without JavaScript they are shown for every rule; one that they don't suit ignores them.
        for name, counts in (("at_most", OF_ACTIVITIES), ("fades_from", [Counts.FACT])):
            self.fields[name].when = html(' data-shown-if="{}"', json.dumps({"counts": counts}))
        if sees_fading_date(self.instance, viewer):
            dates: Any = self.fields["fades_from"]
            dates.widget.choices = [("", _("None")), *get_fading_dates(viewer).items()]
        else:
            del self.fields["fades_from"]
        self.fill_conditions(asked)

    def same_names_queryset(self):
        return ScoreRule.objects.active()

    def clean_conditions(self) -> str:
        text = super().clean_conditions()
        if problem := get_uncounted_reason(QueryDict(text), self.viewer):
            raise forms.ValidationError(problem)
        return text

    def clean_fades_from(self) -> str:
        name = str(self.cleaned_data["fades_from"])
        if name and name not in get_fading_dates(self.viewer):
            raise forms.ValidationError(_now("Choose a date of the list."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("counts") == Counts.FACT:
            data["at_most"] = None
            self._check_fact(data)
        elif data.get("counts"):
            data["fades_from"] = ""
            if self.may_change_conditions:
                data["conditions"] = ""
        if self.is_new and ScoreRule.objects.active().count() >= MOST_RULES:
            self.add_error(None, _now("There can be at most %(most)s score rules.") % {"most": MOST_RULES})
        return data

    def _check_fact(self, data: dict[str, Any]) -> None:
        fades_from = data.get("fades_from", self.instance.fades_from)
        if "fades_over" in data and "fades_from" not in self.errors:
            if data["fades_over"] and not fades_from:
                self.add_error("fades_from", _now("Choose from which date the days count."))
            elif fades_from and not data["fades_over"]:
                self.add_error("fades_over", _now("Enter over how many days the points fade."))
        if data.get("conditions") == "" and self.may_change_conditions and not fades_from:
            self.add_error(
                "conditions", _now("Add a condition: points for every lead tell no lead from another.")
            )

    def save(self, commit=True) -> Any:
        if self.may_change_conditions:
            self.instance.conditions = self.cleaned_data["conditions"]
        if self.is_new:
            self.instance.position = ScoreRule.objects.active().count()
        return super().save(commit)

    def get_translated_texts(self) -> dict[str, str]:
        return {}

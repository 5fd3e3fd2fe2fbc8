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
        fields: ClassVar = ["name", "counts", "points", "fades_over", "at_most", "turned_on"]
        widgets: ClassVar = {"counts": forms.RadioSelect}

    def __init__(self, *arguments, viewer: User, asked: str | None = None, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.viewer, self.kind = viewer, get_leads_kind()
        own: Any = self.fields["counts"]
        own.choices = [(code, capfirst(label)) for code, label in Counts.choices]
        # Without JavaScript they are shown for every rule; a rule on facts ignores them.
        for name in ("fades_over", "at_most"):
            self.fields[name].when = html(' data-shown-if="{}"', json.dumps({"counts": OF_ACTIVITIES}))
        self.fill_conditions(asked)

    def same_names_queryset(self):
        return ScoreRule.objects.active()

    def clean_conditions(self) -> str:
        text = super().clean_conditions()
        if problem := get_uncounted_reason(QueryDict(text), self.viewer):
            raise forms.ValidationError(problem)
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("counts") == Counts.FACT:
            data |= {"fades_over": None, "at_most": None}
        elif self.may_change_conditions and data.get("counts"):
            data["conditions"] = ""
        if data.get("counts") == Counts.FACT and data.get("conditions") == "" and self.may_change_conditions:
            self.add_error(
                "conditions", _now("Add a condition: points for every lead tell no lead from another.")
            )
        if self.is_new and ScoreRule.objects.active().count() >= MOST_RULES:
            self.add_error(None, _now("There can be at most %(most)s score rules.") % {"most": MOST_RULES})
        return data

    def save(self, commit=True) -> Any:
        if self.may_change_conditions:
            self.instance.conditions = self.cleaned_data["conditions"]
        if self.is_new:
            self.instance.position = ScoreRule.objects.active().count()
        return super().save(commit)

    def get_translated_texts(self) -> dict[str, str]:
        return {}

"""The form of an automation: when, if, then. Its steps are added, removed and put in order by its buttons, each of which draws the form
again with all that was entered."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automations.definition.clock_sentences import THINGS
from automations.definition.trigger_forms import (
    build_trigger_form,
    get_sent_trigger_values,
    get_trigger_values,
)
from automations.definition.trigger_types import TRIGGERS, get_triggers_for
from automations.models import Automation
from automations.step_forms import StepForms
from crm.records.editing.conditions_form import ConditionsFormMixin
from crm.records.editing.settings_form import SettingsForm
from crm.records.kinds.kind_registry import KINDS

TRIGGER_PREFIX = "when"


def owners_queryset(viewer: Any, also: int | None = None) -> Any:
    """Who can own an automation: active users without more permissions than the viewer, the viewer among them; and one who is the owner
    already."""
    possible = User.objects.active().changeable_by(viewer).values("pk")
    return User.objects.filter(Q(pk=viewer.pk) | Q(pk__in=possible) | Q(pk=also or 0)).by_name()


class AutomationForm(ConditionsFormMixin, SettingsForm):
    """`asked` are the conditions in the URL, as the query of a list. `act` is the button that only draws the form again: then it
    isn't bound, and has what was sent as its first values."""

    table = Automation.table
    html_id = "automation-form"
    new_title = _("New automation")
    unmarked = True

    conditions = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Automation
        fields: ClassVar = ["name", "trigger", "for_imports", "owner", "most_an_hour"]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        viewer: User,
        asked: str | None = None,
        act: str = "",
        **keywords,
    ) -> None:
        super().__init__(data, **keywords)
        self.viewer, self.sent = viewer, data
        self.kind = KINDS[self.instance.table_of]
        self._offer_choices()
        self.fill_conditions(asked)
        if data is not None and act:
            self.is_bound = False
            self.initial = {**self.initial, **{name: data.get(name) for name in self.fields}}
        self.when_form = self._build_trigger_form()
        self.step_forms = StepForms(self.kind, viewer, self.instance.parsed_steps, data, act)

    def _offer_choices(self) -> None:
        found = [(one.code, one.label) for one in get_triggers_for(self.kind)]
        self.fields["trigger"] = forms.ChoiceField(
            label=capfirst(str(THINGS.get(self.kind.name, self.kind.words.one))),
            choices=found,
            widget=forms.Select(attrs={"class": "input", "data-asks-again": True}),
        )
        self.fields["owner"].queryset = owners_queryset(self.viewer)
        self.fields["owner"].empty_label = None
        if self.is_new:
            self.initial.setdefault("owner", self.viewer.pk)

    def _build_trigger_form(self) -> Any:
        """Its values are asked for once the trigger is chosen; those of another trigger are forgotten."""
        trigger = TRIGGERS.get(str(self["trigger"].value()), TRIGGERS[Automation.Trigger.ADDED])
        if self.sent is not None:
            names = [name for name in self.sent if name.startswith(f"{TRIGGER_PREFIX}-")]
            values = {name: self.sent.get(name) for name in names}
            found = build_trigger_form(trigger, self.kind, values, self.viewer, prefix=TRIGGER_PREFIX)
        else:
            kept = get_sent_trigger_values(self.kind, self.instance.trigger_values)
            values = {f"{TRIGGER_PREFIX}-{name}": value for name, value in kept.items()}
            found = build_trigger_form(trigger, self.kind, values, self.viewer, prefix=TRIGGER_PREFIX)
        found.unmarked = True
        if not self.is_bound:
            found.is_bound = False
            found.initial = {name.removeprefix(f"{TRIGGER_PREFIX}-"): value for name, value in values.items()}
        return found

    @property
    def is_by_changes(self) -> bool:
        """Whether recorded changes wake it, such as those of an import, by the trigger that is chosen."""
        return Automation(trigger=str(self["trigger"].value())).is_by_changes

    def same_names_queryset(self):
        return Automation.objects.active()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.when_form.is_valid():
            self.add_error(None, _now("Fix when the automation acts."))
        if not self.step_forms.rows:
            self.add_error(None, _now("Add a step."))
        elif not self.step_forms.is_valid():
            self.add_error(None, _now("Fix the steps."))
        return data

    def save(self, commit=True) -> Any:
        automation: Automation = self.instance
        if self.may_change_conditions:
            automation.conditions = self.cleaned_data["conditions"]
        automation.trigger_values = get_trigger_values(self.when_form)
        automation.steps = self.step_forms.get_stored_steps()
        if self.is_new:
            automation.position = Automation.objects.active().count()
        return super().save(commit)

    def get_translated_texts(self) -> dict[str, str]:
        return {}

"""The form of a sequence: who sends, what stops it, and its steps, which its buttons add, remove and put in order."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import ChoiceOfLabels
from crm.records.editing.settings_form import SettingsForm
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Status
from sequences.models import Sequence
from sequences.setup.step_forms import SequenceStepForms


class StatusesChoice(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    label_from_instance = ChoiceOfLabels.label_from_instance


class SequenceForm(SettingsForm):
    """`act` is the button that only draws the form again: then it isn't bound, and has what was sent as its first values."""

    table = Sequence.table
    html_id = "sequence-form"
    new_title = _("New sequence")
    unmarked = True

    class Meta:
        model = Sequence
        fields: ClassVar = ["name", "sender", "route", "stop_statuses"]

    def __init__(self, data: QueryDict | None = None, *, act: str = "", **keywords) -> None:
        super().__init__(data, **keywords)
        self.kind = KINDS[self.instance.table_of]
        self._offer_statuses()
        if data is not None and act:
            self.is_bound = False
            sent: dict[str, Any] = {name: data.get(name) for name in self.fields}
            if "stop_statuses" in self.fields:
                sent["stop_statuses"] = data.getlist("stop_statuses")
            self.initial = {**self.initial, **sent}
        self.step_forms = SequenceStepForms(self.instance, data, act)

    def _offer_statuses(self) -> None:
        """Leads alone have statuses; each one that closes a lead ends its sequence anyway."""
        if self.kind.name != Lead.table:
            del self.fields["stop_statuses"]
            return
        model_field = Sequence._meta.get_field("stop_statuses")
        self.fields["stop_statuses"] = StatusesChoice(
            Status.objects.active().of_leads().of_kind(*Status.OPEN).in_order(),
            label=capfirst(model_field.verbose_name),
            help_text=model_field.help_text,
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"}),
        )

    def same_names_queryset(self):
        return Sequence.objects.active()

    def clean_stop_statuses(self) -> list[int]:
        return [status.pk for status in self.cleaned_data["stop_statuses"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.step_forms.rows:
            self.add_error(None, _now("Add a step."))
        elif not self.step_forms.is_valid():
            self.add_error(None, _now("Fix the steps."))
        return data

    def save(self, commit=True) -> Any:
        self.instance.steps = self.step_forms.get_stored_steps()
        if self.is_new:
            self.instance.position = Sequence.objects.active().count()
        return super().save(commit)

    def get_translated_texts(self) -> dict[str, str]:
        return {}

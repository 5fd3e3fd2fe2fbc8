"""The texts of the record of processing."""

from typing import Any

from django import forms

from accounts.models import User
from crm.models import Operation
from crm.records.editing.settings_form import SettingsForm
from privacy.models import ProcessingTexts
from privacy.processing.data_categories import get_custom_field_choices

TEXTS = [
    "company",
    "contact",
    "officer",
    "purposes",
    "basis",
    "persons",
    "recipients",
    "transfers",
    "measures",
]


class ProcessingTextsForm(SettingsForm):
    """While nothing is filled in, there is no row, and the form has the version 0."""

    table = ProcessingTexts.table
    new_title = ProcessingTexts._meta.verbose_name
    unmarked = True
    sensitive = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ProcessingTexts
        fields = [*TEXTS, "sensitive"]
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in TEXTS}

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sensitive"].label = ProcessingTexts._meta.get_field("sensitive").verbose_name
        self.fields["sensitive"].choices = get_custom_field_choices()

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def write(self, by: User) -> Operation:
        self.instance.version = max(self.instance.version, 1)
        return super().write(by)

"""The rules of conversion in Settings: whether won leads are converted, and which custom fields go along."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.values.field_registry import get_custom_fields
from crm.models import Operation
from crm.platform.text.quotation import quote_text
from crm.records.editing.settings_form import SettingsForm
from customers.conversion.custom_value_copy import get_labels_without_counterpart
from customers.models import ConversionRules

WORDS = {
    "company": _("%(field)s of the lead, to the company"),
    "contact": _("%(field)s of the lead, to the contact"),
}
TABLES = tuple(WORDS)


def _describe_missing_choices(source: Any, target: Any) -> str:
    """The choices that can't be copied; '' if all can."""
    labels = get_labels_without_counterpart(source, target)
    words = _now(
        "No matching choice: %(choices)s. A lead with one of them waits until you choose on its conversion page."
    )
    # A label may have commas of its own.
    return words % {"choices": ", ".join(quote_text(label) for label in labels)} if labels else ""


class ConversionRulesForm(SettingsForm):
    """While the rules are as delivered, there is no row, and the form has the version 0."""

    table = ConversionRules.table
    new_title = _("Conversion")
    unmarked = True

    class Meta:
        model = ConversionRules
        fields = ["automatic", "makes_deal"]

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.sources = [field for field in get_custom_fields("lead") if not field.definition.is_computed]
        for source in self.sources:
            for table in TABLES:
                self._add_field(source, table)

    def _add_field(self, source: Any, table: str) -> None:
        """A drop-down with the custom fields of the same type."""
        definition = source.definition
        same = [
            field
            for field in get_custom_fields(table)
            if field.definition.type == definition.type
            and field.definition.links_to == definition.links_to
            and not field.definition.is_computed
        ]
        if not same:
            return
        name = f"{source.name}_{table}"
        chosen = self.instance.mapping.get(source.name, {}).get(table, "")
        choices = [("", _("Don’t copy")), *((field.name, str(field.verbose_name)) for field in same)]
        self.fields[name] = forms.ChoiceField(
            choices=choices, required=False, initial=chosen, widget=forms.Select(attrs={"class": "input"})
        )
        self.fields[name].label = WORDS[table] % {"field": source.verbose_name}
        chosen = self.data.get(name) if self.is_bound else chosen
        if target := next((field for field in same if field.name == chosen), None):
            self.fields[name].help_text = _describe_missing_choices(source, target)

    def clean(self) -> dict[str, Any]:
        """One field of a new record gets the value of one field of the lead."""
        data = super().clean()
        for table in TABLES:
            given: dict[str, Any] = {}
            for source in self.sources:
                name = f"{source.name}_{table}"
                if not (target := data.get(name)):
                    continue
                if target in given:
                    label = dict(self.fields[name].choices)[target]
                    words = _now("“%(target)s” already gets the value of “%(field)s”. Choose another field.")
                    self.add_error(name, words % {"target": label, "field": given[target].verbose_name})
                given.setdefault(target, source)
        return data

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def get_mapped_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.partition("_")[2] in TABLES]

    def write(self, by) -> Operation:
        mapping: dict[str, dict[str, str]] = {}
        for source in self.sources:
            for table in TABLES:
                if target := self.cleaned_data.get(f"{source.name}_{table}"):
                    mapping.setdefault(source.name, {})[table] = target
        self.instance.mapping = mapping
        self.instance.version = max(self.instance.version, 1)
        return super().write(by)

"""The form of a built-in field: what an administrator may change of it."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.schemas import Schema
from crm.models import BuiltInField, Change, CustomField, Operation
from crm.records.custom_fields.field_list import is_always_required, is_automatic
from crm.records.custom_fields.label_check import find_field_with_label, get_delivered_labels
from crm.records.custom_fields.sections import (
    get_delivered_place,
    get_end_position,
    get_field_places,
    get_section_titles,
    set_field_place,
)
from crm.records.editing.confirmed_change import add_confirmation_field, check_planned_changes
from crm.records.editing.settings_change import record_settings_change
from crm.records.editing.settings_form import SettingsForm
from crm.records.kinds.record_uses import Requirement


class BuiltInForm(SettingsForm):
    """A field as delivered has version 0, so two administrators who change it first notice each other too."""

    table = "built_in_field"
    new_title = ""

    class Meta:
        model = BuiltInField
        fields = ["label", "label_ro", "help", "help_ro", "required", "section"]

    def __init__(self, *arguments, kind: Schema, name: str, user: Any = None, **keywords) -> None:
        row = BuiltInField.objects.of_field(kind.name, name).first()
        self.row = row or BuiltInField(table_of=kind.name, name=name, version=0)
        self.kind, self.name, self.user = kind, name, user
        self.model_field: Any = kind.model._meta.get_field(name)
        super().__init__(*arguments, instance=self.row, **keywords)
        self.fields["version"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.initial["version"] = self.row.version
        self.heading = kind.get_heading(name)
        self.was_required = self.row.required
        add_confirmation_field(self)
        self._explain_texts()
        if is_automatic(kind, name):
            for other in ("help", "help_ro", "required", "section"):
                del self.fields[other]
            return
        self._offer_sections()
        if why := get_fixed_reason(kind, self.model_field):
            self.fields["required"].disabled = True
            self.fields["required"].help_text = why
            self.initial["required"] = is_always_required(self.model_field)

    @property
    def title(self) -> str:
        return _now("Edit %(name)s") % {"name": self.heading}

    def get_translated_texts(self):
        return {}

    def _explain_texts(self) -> None:
        """What an empty text stands for."""
        words, labels = _now("Leave it empty for “%(text)s”."), get_delivered_labels(self.kind, self.name)
        self.fields["label"].help_text = words % {"text": labels["en"]}
        self.fields["label_ro"].help_text = words % {"text": labels["ro"]}
        if text := str(self.model_field.help_text):
            self.fields["help"].help_text = words % {"text": text}

    def _offer_sections(self) -> None:
        self.places = get_field_places(self.kind, CustomField.objects.present_of_table(self.kind.name))
        self.fields["section"] = forms.ChoiceField(
            label=_("section"), choices=list(get_section_titles(self.kind).items()), required=False
        )
        self.fields["section"].widget.attrs["class"] = "input"
        self.initial["section"] = self.places[self.name][0]

    def clean_label(self) -> str:
        return self._clean_free_label("label", "en")

    def clean_label_ro(self) -> str:
        return self._clean_free_label("label_ro", "ro")

    def _clean_free_label(self, name: str, language: str) -> str:
        """The label, or '' for that of the code. Raises ValidationError if another field has it."""
        text = " ".join(self.cleaned_data[name].split())
        if not text or text == get_delivered_labels(self.kind, self.name)[language]:
            return ""
        if other := find_field_with_label(self.kind, text, but=self.name):
            words = _now("The field %(field)s already has this label. Enter another one.")
            raise forms.ValidationError(words % {"field": other})
        return text

    def clean_required(self) -> bool:
        return self.cleaned_data["required"] and not self.fields["required"].disabled

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.is_new and data.get("version"):
            # The row is gone.
            self.crossed = True
            self.add_error(None, _now("Another user reset this field. Save again to use your values."))
            sent: Any = self.data.copy()  # type: ignore[attr-defined]
            sent["version"] = "0"
            self.data = sent
        if data.get("required") and not self.was_required:
            check_planned_changes(self, data, [Requirement(self.kind.name, self.name, self.heading)])
        return data

    def _adopt_version_and_describe_conflict(self, version: int) -> str:
        """The first change has no list of fields."""
        words = super()._adopt_version_and_describe_conflict(version)
        if version:
            return words
        change = Change.objects.of_row(self.table, self.row.pk).select_related("operation__by").first()
        by = change.operation.by if change and change.operation else None
        return _now(
            "%(who)s changed this field since you opened the page. Save again to overwrite it with your values."
        ) % {"who": by or _now("Another user")}

    def save(self, commit=True):
        if "section" in self.fields:
            before, delivered = self.places[self.name], get_delivered_place(self.kind, self.name)
            section = self.cleaned_data["section"] or before[0]
            elsewhere = delivered[1] if section == delivered[0] else get_end_position(section, self.places)
            set_field_place(self.row, self.kind, section, before[1] if section == before[0] else elsewhere)
        self.row.version = self.row.version or 1
        self.row.save_or_remove()
        return self.row

    def write(self, by) -> Operation:
        with record_settings_change(
            "edit_built_in_field", by=by, channel=self.channel, of=self.kind.name, fields=[self.name]
        ) as record:
            self.save()
        return record


def reset_built_in_field(kind: Schema, name: str, *, by, channel: str = Operation.Channel.WEB) -> Operation:
    """Make a field as delivered again."""
    with record_settings_change(
        "edit_built_in_field", by=by, channel=channel, act="reset", of=kind.name, fields=[name]
    ) as record:
        BuiltInField.objects.of_field(kind.name, name).delete()
    return record


def get_fixed_reason(kind: Schema, field: Any) -> str:
    """Why an administrator can't choose whether the field is required, in words; '' if they can."""
    if isinstance(field, models.BooleanField):
        return _now("A yes-or-no field always has a value.")
    if is_always_required(field):
        return _now("This field is always required.")
    if field.name in kind.fields.SOMETIMES:
        return _now("Only some records have this field, so it can’t be required.")
    return ""

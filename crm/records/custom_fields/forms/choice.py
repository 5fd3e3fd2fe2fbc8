"""The form of one choice of a custom field, and the one that merges it into another."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.color_palette import HUES, HueChoice
from crm.fields.models.custom_field import LONGEST_CHOICE
from crm.models import CustomField
from crm.platform.text.text_folding import fold_text
from crm.platform.web.rendering.form_rendering import Form
from crm.records.custom_fields.forms.access import refuse_if_it_decides


class ChoiceForm(Form):
    """`drawn` is the choice as the page showed it: another administrator may change it meanwhile."""

    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("label"), max_length=LONGEST_CHOICE)
    hue = forms.TypedChoiceField(
        label=_("color"), choices=HUES, coerce=int, required=False, empty_value=None, widget=HueChoice
    )
    no_hue = forms.BooleanField(label=_("No color"), required=False)
    retired = forms.BooleanField(
        label=_("retired"),
        required=False,
        help_text=_("No longer offered. Records that have it keep it."),
    )

    def __init__(self, data: Any, *, row: CustomField, choice: dict[str, Any]) -> None:
        super().__init__(data)
        self.row, self.choice = row, choice
        now = {name: choice.get(name) for name in ("name", "hue", "retired")}
        self.initial = {**now, "no_hue": now["hue"] is None, "drawn": str(now)}
        self.crossed = False

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = {
            fold_text(other["name"]) for other in self.row.choices if other["key"] != self.choice["key"]
        }
        if fold_text(name) in others:
            raise forms.ValidationError(_now("“%(name)s” is there twice.") % {"name": name})
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("drawn") and data["drawn"] != self.initial["drawn"]:
            self.crossed = True
            self.add_error(
                None,
                _now(
                    "Another user changed this choice since you opened the page. Save again to overwrite it."
                ),
            )
            sent: Any = self.data
            self.data = sent.copy()
            self.data["drawn"] = self.initial["drawn"]  # type: ignore[index]
        return data

    def clean_retired(self) -> bool:
        retired = self.cleaned_data["retired"]
        if retired and not self.choice.get("retired"):
            refuse_if_it_decides(self.row, {self.choice["key"]})
        return retired

    def get_values(self) -> dict[str, Any]:
        data = self.cleaned_data
        hue = None if data["no_hue"] else data["hue"]
        return {"name": data["name"], "hue": hue, "retired": data["retired"]}


class MergeForm(Form):
    """The other choice is typed, with the choices as suggestions: there may be thousands."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    into = forms.CharField(
        label=_("same as"),
        max_length=LONGEST_CHOICE,
        help_text=_("Enter the label of the choice that stays."),
    )

    def __init__(self, data: Any, *, row: CustomField, choice: dict[str, Any]) -> None:
        super().__init__(data)
        self.row, self.choice = row, choice
        self.initial = {"version": row.version}

    def clean_into(self) -> str:
        named = {fold_text(one["name"]): one["key"] for one in self.row.choices if not one.get("retired")}
        named.pop(fold_text(self.choice["name"]), None)
        found = named.get(fold_text(" ".join(self.cleaned_data["into"].split())))
        if found is None:
            raise forms.ValidationError(_now("Enter one of the other choices."))
        return found

"""The form of an employment; labels and limits are on the model."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.types.record_links import offer_links
from crm.platform.web.rendering.form_rendering import ModelForm
from customers.models import Employment


class EmploymentForm(ModelForm):
    """For a new employment and for one that exists."""

    class Meta:
        model = Employment
        fields = ["company", "role", "started_on", "ended_on"]
        widgets = {"started_on": forms.DateInput, "ended_on": forms.DateInput}

    def __init__(self, *arguments, viewer: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        offer_links(self, viewer)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("started_on"), data.get("ended_on")
        if first and last and last < first:
            self.add_error("ended_on", _("An employment can’t end before it starts."))
        return data

    def get_changes(self, before: Employment) -> dict[str, Any]:
        """What differs from the employment."""
        return {name: value for name, value in self.cleaned_data.items() if value != getattr(before, name)}

"""The forms of a saved report and of a dashboard: its name and who can open it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.records.listing.saved_view_form import get_audience, get_audience_choices, set_audience
from reports.models import Dashboard, Report


class ShareableForm(ModelForm):
    audience = forms.ChoiceField(label=_("Visible to"), required=False)

    def __init__(self, *arguments: Any, user: User, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        self.fields["audience"].choices = get_audience_choices(user)
        self.initial["audience"] = get_audience(self.instance)

    @property
    def may_share(self) -> bool:
        """Whether what is saved can be visible to others."""
        return len(self.fields["audience"].choices) > 1

    def save(self, commit: bool = True) -> Any:
        row = super().save(commit=False)
        set_audience(row, self.cleaned_data["audience"])
        if not row.owner_id:
            row.owner = self.user
        row.save()
        return row


class ReportForm(ShareableForm):
    class Meta:
        model = Report
        fields = ["name"]

    def __init__(self, *arguments: Any, query: str, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.query = self.instance.query = query


class DashboardForm(ShareableForm):
    class Meta:
        model = Dashboard
        fields = ["name"]

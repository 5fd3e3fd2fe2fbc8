"""The form of a saved report: its name and who can open it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.web.rendering.form_rendering import ModelForm
from crm.records.listing.saved_view_form import AUDIENCES
from reports.models import Report


class ReportForm(ModelForm):
    audience = forms.ChoiceField(label=_("Visible to"), required=False)

    class Meta:
        model = Report
        fields = ["name"]

    def __init__(self, *arguments: Any, user: User, query: str, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.user, self.query = user, query
        choices: list[tuple[str, Any]] = [("", _("Only me"))]
        if user.has_perm("crm.share_view"):
            choices += [choice for audience in AUDIENCES for choice in audience(user)]
        self.fields["audience"].choices = choices
        if self.instance.department_id:
            self.initial["audience"] = f"department-{self.instance.department_id}"
        elif self.instance.role_id:
            self.initial["audience"] = f"role-{self.instance.role_id}"

    @property
    def may_share(self) -> bool:
        """Whether the report can be visible to others."""
        return len(self.fields["audience"].choices) > 1

    def save(self, commit: bool = True) -> Report:
        report: Report = super().save(commit=False)
        audience, _dash, number = self.cleaned_data["audience"].partition("-")
        report.department_id = int(number) if audience == "department" else None
        report.role_id = int(number) if audience == "role" else None
        report.query = self.query
        if not report.owner_id:
            report.owner = self.user
        report.save()
        return report

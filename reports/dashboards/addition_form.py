"""The form that adds a report to a dashboard: one of the user's own, or a new one by its name."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.web.rendering.form_rendering import ModelForm
from reports.models import Dashboard


class AdditionForm(ModelForm):
    dashboard = forms.ModelChoiceField(Dashboard.objects.none(), label=_("Dashboard"), required=False)

    class Meta:
        model = Dashboard
        fields = ["name"]

    field_order = ["dashboard", "name"]

    def __init__(self, *arguments: Any, user: User, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.user = user
        own = Dashboard.objects.changeable_by(user).by_name()
        self.fields["dashboard"].queryset = own
        self.fields["dashboard"].empty_label = _("A new dashboard")
        self.initial["dashboard"] = own.first()
        # Hidden while it doesn't count (static/js/shown-if.js).
        self.fields["name"].when = format_html(' data-shown-if="{}"', json.dumps({"dashboard": [""]}))
        self.fields["name"].required = False

    def clean(self) -> Any:
        if not self.cleaned_data.get("name") and not self.cleaned_data.get("dashboard"):
            self.add_error("name", ValidationError(_("Enter a name for the new dashboard.")))
        return super().clean()

    def get_or_create_dashboard(self) -> Dashboard:
        """Locked until the end of the transaction."""
        chosen = self.cleaned_data["dashboard"]
        if chosen:
            return Dashboard.objects.changeable_by(self.user).select_for_update().get(pk=chosen.pk)
        return Dashboard.objects.create(owner=self.user, name=self.cleaned_data["name"])

"""The forms of a new assistant: its user and rights, and how much it may change."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tokens.forms import TokenForm
from assistants.models import AssistantLimits
from assistants.rights import get_assistant_resources, get_assistant_rights, get_first_rights
from crm.api.token_scopes import TokenResource
from crm.platform.web.rendering.form_rendering import ModelForm


class AssistantForm(TokenForm):
    """It offers only the rights that tools use."""

    rights = forms.MultipleChoiceField(
        label=_("Permissions"), choices=lambda: [(name, name) for name in get_assistant_rights()]
    )

    def get_first_rights(self, by: User) -> list[str]:
        """Everything that the tools do but deleting."""
        return get_first_rights(by)

    def get_resources(self) -> list[TokenResource]:
        return get_assistant_resources()


class LimitsForm(ModelForm):
    class Meta:
        model = AssistantLimits
        fields = ["preview_above", "records_per_call", "records_per_hour", "may_send"]

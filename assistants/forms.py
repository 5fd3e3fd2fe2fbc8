"""The forms of an assistant: its user and rights, and how much it may change."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.tokens.forms import TokenForm
from assistants.models import AssistantLimits
from assistants.rights import get_assistant_resources, get_assistant_rights, get_first_rights
from crm.api.token_scopes import TokenResource
from crm.platform.web.rendering.form_rendering import ModelForm

READ, CHANGE, CHOSEN = "read", "change", "chosen"


class AssistantForm(TokenForm):
    """It offers only the rights that tools use: those for reading, those it has at first, or those that are ticked."""

    access = forms.ChoiceField(
        label=gettext_lazy("It may"),
        choices=[
            (READ, gettext_lazy("read and search only")),
            (CHANGE, gettext_lazy("read, add and change, but not delete")),
            (CHOSEN, gettext_lazy("do what you select below")),
        ],
        widget=forms.RadioSelect,
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"),
        choices=lambda: [(name, name) for name in get_assistant_rights()],
        required=False,
    )

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, by=by, **keywords)
        self.initial["access"] = self.find_access() if self.instance.rights else CHANGE
        self.fields["name"].help_text = _("What the assistant changes is marked with this name.")

    def find_access(self) -> str:
        """Which of the choices means the rights that it has."""
        user = User.objects.with_rights().get(pk=self.instance.user_id)
        for access in (READ, CHANGE):
            if set(self.instance.rights) == set(get_first_rights(user, read_only=access == READ)):
                return access
        return CHOSEN

    def get_changed_fields(self) -> list[str]:
        """The names of the fields with another value: the rights may follow from another choice than the one that was ticked."""
        found = [name for name in self.changed_data if name not in ("access", "rights")]
        differs = set(self.cleaned_data["rights"]) != set(self.initial["rights"])
        return found + (["rights"] if differs else [])

    @property
    def chooses_rights(self) -> bool:
        """Whether the permissions are to be seen at once."""
        return bool({"rights", "access"} & set(self.errors)) or self["access"].value() == CHOSEN

    @property
    def opens_more(self) -> bool:
        """Whether one of the limits that are seldom chosen is chosen, or wrong."""
        names = ("expires_on", "calls_a_minute", "addresses", "department")
        return any(self.errors.get(name) or self[name].value() for name in names)

    def clean(self) -> dict[str, Any]:
        access, pk = self.cleaned_data.get("access"), self.get_user_id()
        sent = self.cleaned_data.get("rights")
        if access in (READ, CHANGE) and sent and set(sent) != set(self.initial["rights"]):
            # Otherwise someone could take permissions away and give them all the same.
            self.add_error("access", _("You selected other permissions. Choose the last option to use them."))
        elif access in (READ, CHANGE) and pk is not None:
            user = User.objects.with_rights().get(pk=pk)
            self.cleaned_data["rights"] = get_first_rights(user, read_only=access == READ)
        elif access == CHOSEN and not self.cleaned_data.get("rights") and "rights" not in self.errors:
            self.add_error("rights", _("Select at least one permission."))
        return super().clean()

    def get_first_rights(self, by: User) -> list[str]:
        """Everything that the tools do but deleting."""
        return get_first_rights(by)

    def get_resources(self) -> list[TokenResource]:
        return get_assistant_resources()


class LimitsForm(ModelForm):
    class Meta:
        model = AssistantLimits
        fields = ["preview_above", "records_per_call", "records_per_hour", "may_send"]

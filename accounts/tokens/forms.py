"""The form of a new token: its user, permissions, addresses, rate limit, and last day."""

import re
from ipaddress import ip_network
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from crm.api.token_scopes import ACTION_LABELS, TOKEN_RESOURCES, TokenResource, get_all_rights, has_right
from crm.models import Token
from crm.platform.web.rendering.form_rendering import ModelForm

AT_FIRST = ["leads.get", "leads.search", "leads.post", "leads.put", "lead_statuses.get", "lead_sources.get"]


class TokenForm(ModelForm):
    """A token that `by` creates: for themselves, or for a user they may change, who therefore doesn't have more
    permissions."""

    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"), choices=lambda: [(name, name) for name in get_all_rights()]
    )
    addresses = forms.CharField(
        label=Token._meta.get_field("addresses").verbose_name,
        help_text=Token._meta.get_field("addresses").help_text,
        required=False,
        max_length=2000,
    )

    class Meta:
        model = Token
        fields = ["name", "user", "department", "expires_on", "calls_a_minute", "addresses", "rights"]
        widgets = {"expires_on": forms.DateInput}

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        if self.instance.user_id:
            # The user of a token stays the same.
            del self.fields["user"]
        else:
            self.fields["user"].queryset = User.objects.active().changeable_by(by).by_name()
        if "department" in self.fields:
            self.fields["department"].queryset = Department.objects.active().visible_to(by).by_name()
        # An empty token has default values that aren't answers: [] would appear in the field of addresses.
        self.initial["user"] = self.initial.get("user") or by.pk
        self.initial["rights"] = self.initial.get("rights") or self.get_first_rights(by)
        self.initial["addresses"] = ", ".join(self.initial.get("addresses") or [])

    def clean_addresses(self) -> list[str]:
        found = []
        for text in re.split(r"[\s,;]+", self.cleaned_data["addresses"].strip()):
            try:
                found += [_describe_network(text)] if text else []
            except ValueError:
                raise forms.ValidationError(
                    _(
                        "%(text)s isn’t an IP address or a network. Enter an address like 203.0.113.7 "
                        "or a network like 203.0.113.0/24."
                    )
                    % {"text": text[:50]}
                ) from None
        return found

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later date."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        pk = self.get_user_id()
        if pk is None:
            return data
        user = User.objects.with_rights().get(pk=pk)
        beyond = [right for right in data.get("rights", []) if not has_right(user, right)]
        if beyond:
            words = _(
                "%(name)s doesn’t have these permissions, so the token can’t have them either: %(rights)s."
            )
            self.add_error("rights", words % {"name": user.name, "rights": describe_rights(beyond)})
        department = data.get("department")
        if department and not user.sees_everything and department.pk not in user.department_ids:
            self.add_error("department", _("%(name)s isn’t in this department.") % {"name": user.name})
        return data

    def get_user_id(self) -> int | None:
        """That of the user whose token it is; None if none was chosen."""
        chosen = self.cleaned_data.get("user")
        return chosen.pk if chosen else self.instance.user_id

    def get_first_rights(self, by: User) -> list[str]:
        return AT_FIRST

    def get_resources(self) -> list[TokenResource]:
        """What the form offers rights to."""
        return TOKEN_RESOURCES

    def build_permission_grid(self) -> list[tuple[TokenResource, list[tuple[str, Any, bool]]]]:
        """The checkboxes of each resource: permission name, label, selected; an empty name if there is none."""
        chosen = set(self["rights"].value() or [])
        return [
            (
                resource,
                [
                    (
                        resource.get_right(action) if action in resource.needs else "",
                        label,
                        resource.get_right(action) in chosen,
                    )
                    for action, label in ACTION_LABELS
                ],
            )
            for resource in self.get_resources()
        ]


def _describe_network(text: str) -> str:
    """An address, or the network that the text describes. Raises ValueError."""
    network = ip_network(text, strict=False)
    return str(network.network_address if network.num_addresses == 1 else network)


def describe_rights(rights: list[str]) -> str:
    """Permissions as people read them: "leads: read, add; statuses: read"."""
    labels = dict(ACTION_LABELS)
    lines = []
    for resource in TOKEN_RESOURCES:
        held = [str(labels[action]) for action in resource.needs if resource.get_right(action) in rights]
        if held:
            lines.append(f"{resource.label}: {', '.join(held)}")
    return "; ".join(lines)

"""The forms of single sign-on: a provider, the rows of its mapping, values to try, and the mode."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ClaimRule, Department, IdentityProvider, Role, User
from accounts.models.single_sign_on import printable
from accounts.second_factor.secret_encryption import encrypt_secret
from accounts.single_sign_on import provider_discovery
from accounts.single_sign_on.claim_mapping import LONGEST_VALUE
from accounts.single_sign_on.failure_reasons import ProviderUnreachable
from accounts.single_sign_on.provider_calls import is_safe
from accounts.single_sign_on.sign_in_policy import protected_administrators_queryset
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form, ModelForm

MOST_ROWS = 200
EMPTY_ROWS = 3


class ProviderForm(ModelForm):
    """The provider is asked for its settings before it is saved."""

    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=500,
        validators=[printable],
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = IdentityProvider
        fields = [
            "name",
            "issuer",
            "client_id",
            "client_secret",
            "scopes",
            "domains",
            "trusts_emails",
            "trusts_sessions",
        ]
        fields += ["method", "groups_claim", "default_role", "default_department", "heir", "active"]
        field_classes = {"default_role": ChoiceOfLabels}

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        if self.instance.pk:
            secret = self.fields["client_secret"]
            secret.required, secret.help_text = (
                False,
                _("Leave empty to keep the current one. It’s never shown."),
            )
        roles = Role.objects.active_or_held([self.instance.default_role_id or 0]).exclude(key="administrator")
        self.fields["default_role"].queryset = roles.by_name()
        self.fields["default_department"].queryset = Department.objects.active_or(
            self.instance.default_department_id
        ).by_name()
        self.fields["heir"].queryset = User.objects.possible_heirs_or(self.instance.heir_id).by_name()
        self.fields["default_role"].empty_label = _("No account")
        self.fields["heir"].empty_label = _("Unassigned")

    def clean_issuer(self) -> str:
        issuer = self.cleaned_data["issuer"]
        if not is_safe(issuer) or "?" in issuer:
            raise forms.ValidationError(_("Enter an address that starts with https://, without “?” or “#”."))
        return issuer

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.instance.document = provider_discovery.read_provider_document(cleaned["issuer"])
                self.instance.keys = provider_discovery.read_signing_keys(self.instance.document)
            except ProviderUnreachable as problem:
                self.add_error("issuer", str(problem))
        return cleaned

    def save_provider(self, by: User) -> IdentityProvider:
        self.instance.read_at, self.instance.saved_by = timezone.now(), by
        if self.cleaned_data["client_secret"]:
            self.instance.secret = encrypt_secret(self.cleaned_data["client_secret"])
        return self.save()


class RuleForm(ModelForm):
    """A row of the mapping; one without a value is removed."""

    class Meta:
        model = ClaimRule
        fields = ["position", "value", "role", "department"]
        field_classes = {"role": ChoiceOfLabels}

    def __init__(self, *arguments: Any, held: list[int] = (), **keywords: Any) -> None:  # type: ignore[assignment]
        # Each row is read as it was sent, also one that equals the saved row in its place.
        super().__init__(*arguments, **keywords | {"empty_permitted": False})
        self.fields["position"].required = self.fields["value"].required = False
        self.fields["role"].queryset = Role.objects.active_or_held(held).by_name()
        self.fields["department"].queryset = Department.objects.active().by_name()
        self.fields["role"].empty_label = self.fields["department"].empty_label = _("None")
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = str(field.label).capitalize()
            if name == "position":
                field.widget.attrs |= {"min": 1, "size": 3}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("value") and not (cleaned.get("role") or cleaned.get("department")):
            self.add_error("value", _("Choose a role or a department for this value."))
        return cleaned


class RuleForms(forms.BaseFormSet):
    """All rows of a mapping, in the order of their numbers."""

    def build_rules(self, provider: IdentityProvider) -> list[ClaimRule]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("value")]
        rows.sort(key=lambda row: row["position"] or MOST_ROWS + 1)
        return [
            ClaimRule(
                provider=provider,
                position=place,
                value=row["value"],
                role=row["role"],
                department=row["department"],
            )
            for place, row in enumerate(rows, 1)
        ]


def build_rule_forms(data: Any, rules: list[ClaimRule]) -> RuleForms:
    """The saved rows and some empty ones, or those that were sent."""
    initial = [
        {
            "position": rule.position,
            "value": rule.value,
            "role": rule.role_id,
            "department": rule.department_id,
        }
        for rule in rules
    ]
    held = [rule.role_id for rule in rules if rule.role_id]
    made: Any = forms.formset_factory(
        RuleForm,
        formset=RuleForms,
        extra=EMPTY_ROWS,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
        validate_max=True,
    )
    return made(data, initial=initial, prefix="rows", form_kwargs={"held": held})


class TryForm(Form):
    values = forms.CharField(
        label=gettext_lazy("Try values of the claim"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy("Separated by commas."),
    )

    def get_entered_values(self) -> list[str]:
        parts = re.split(r"\s*,\s*", self.cleaned_data.get("values", "").strip())
        return [part[:LONGEST_VALUE] for part in parts if part]


class OnlyForm(Form):
    keepers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("Emergency administrators"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "They still sign in with their password and second step, for when the provider isn’t available. Only "
            "administrators with two-step verification can be chosen."
        ),
        error_messages={"required": gettext_lazy("Choose at least one administrator.")},
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["keepers"].queryset = protected_administrators_queryset()

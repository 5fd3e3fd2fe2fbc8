"""The forms of a new SCIM token: the administrator whom it works for, its limits, and what new users get."""

from accounts.models import Department, Provisioning, Role, User
from accounts.tokens.forms import TokenForm
from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, ModelForm


class ScimTokenForm(TokenForm):
    """It has no rights to choose: the purpose of the token is what it may do."""

    rights = None  # type: ignore[assignment]

    class Meta(TokenForm.Meta):
        fields = ["name", "user", "expires_on", "calls_a_minute", "addresses"]

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, by=by, **keywords)
        self.fields["user"].queryset = User.objects.administrators().changeable_by(by).by_name()


class ProvisioningForm(ModelForm):
    role = ChoiceOfLabels(
        Role.objects.none(),
        label=Provisioning._meta.get_field("role").verbose_name,
        help_text=Provisioning._meta.get_field("role").help_text,
        required=False,
    )

    class Meta:
        model = Provisioning
        fields = ["role", "department", "recipient", "invites"]

    def __init__(self, *arguments, by: User, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["role"].queryset = Role.objects.active().grantable_by(by).below_administrator().by_name()
        self.fields["department"].queryset = Department.objects.active().visible_to(by).by_name()
        self.fields["recipient"].queryset = User.objects.assignable_by(by).by_name()

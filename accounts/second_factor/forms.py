"""The forms of two-step verification."""

from django import forms
from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Passkey, User
from accounts.sign_in import mark_second_step
from crm.platform.web.rendering.form_rendering import Form, ModelForm

LONGEST = 30


def build_code_input() -> forms.TextInput:
    """Phones offer the code from a message, and nothing is corrected while typing."""
    attributes = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
    return forms.TextInput(attrs={**attributes, "autofocus": True})


class CodeForm(Form):
    """The second step of this user: wrong codes are counted, and a right one is used up."""

    unmarked = True

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=LONGEST,
        widget=build_code_input(),
        help_text=gettext_lazy("From your authenticator app, or one of your recovery codes."),
    )

    def __init__(self, request, user: User, data=None) -> None:
        super().__init__(data)
        self.request, self.user = request, user
        mark_second_step(request, user)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if authenticate(self.request, second_step_of=self.user, password=code) is None:
            raise forms.ValidationError(
                _("Wrong code, or a code that was already used. Enter the code that the app shows now.")
            )
        return code


class NewAppForm(Form):
    """The first code of a new authenticator app."""

    unmarked = True

    code = forms.CharField(
        label=gettext_lazy("Code from the app"), max_length=LONGEST, widget=build_code_input()
    )

    def clean_code(self) -> str:
        return self.cleaned_data["code"].replace(" ", "")


class ConfirmForm(Form):
    """A signed-in user shows again who they are, with the password."""

    unmarked = True

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request, data=None) -> None:
        super().__init__(data)
        self.request = request

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if authenticate(self.request, username=self.request.user.email, password=password) is None:
            raise forms.ValidationError(_("Wrong password. Passwords are case-sensitive."))
        return password


class PasskeyForm(ModelForm):
    class Meta:
        model = Passkey
        fields = ["name"]

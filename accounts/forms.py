"""The forms of people's screens; labels, choices and checks of a field stand on its model."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.user import time_zones
from crm.environment import LANGUAGES
from crm.forms import Form, LookMixin, ModelForm

PASSWORD_HINT = _(
    "At least 10 characters; no common password, not only digits, not like your name or e-mail."
)


class EmailForm(Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(LookMixin, SetPasswordForm):
    """For who comes by a link and need not know the old password."""

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["new_password1"].help_text = PASSWORD_HINT
        self.fields["new_password2"].label = _("New password once more")
        self._dress()


class ChangePasswordForm(LookMixin, PasswordChangeForm):
    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["old_password"].label = _("Password until now")
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        self.fields["new_password1"].help_text = PASSWORD_HINT
        self.fields["new_password2"].label = _("New password once more")
        self._dress()


class ProfileForm(ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme", "density", "rows_per_page"]

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["language"].choices = [("", _("as the browser")), *LANGUAGES]
        company = _("as the company (%(zone)s)") % {"zone": settings.TIME_ZONE}
        self.fields["time_zone"].choices = [("", company), *time_zones()]

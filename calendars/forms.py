"""The forms of a connected calendar: the server is asked before anything is saved, then its owner chooses a calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.second_factor.secret_encryption import encrypt_secret
from calendars.calendar_problems import CalendarProblem, get_problem_sentence
from calendars.connections.caldav_server import CalDavServer
from calendars.connections.calendar_server import PATIENCE, FoundAccount
from calendars.models import ConnectedCalendar
from crm.platform.web.rendering.form_rendering import Form, ModelForm

# What the password and the chosen calendar belong to.
ACCOUNT = ("address", "username")
KEEP, DELETE = "keep", "delete"


class CalendarForm(ModelForm):
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Some providers require an app password."),
    )
    account: FoundAccount | None = None

    class Meta:
        model = ConnectedCalendar
        fields = ["address", "username", "password"]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        password = self.fields["password"]
        if self.instance.secret:
            password.help_text = _now("Leave empty to keep the current one. It’s never shown.")
        else:
            password.required, password.error_messages["required"] = True, _now("Enter the password.")

    @property
    def has_changed_account(self) -> bool:
        """Also if it was at a provider, because there it has no address."""
        return any(self.cleaned_data.get(name) != self.initial.get(name) for name in ACCOUNT)

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].strip()
        return address if "://" in address else f"https://{address}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") or "password" in self.errors:
            return cleaned
        if self.has_changed_account:
            # Otherwise someone could have it sent to a server of theirs.
            words = _now("Enter the password again, because the server or the account has changed.")
            self.add_error("password", words)
        return cleaned

    def _post_clean(self) -> None:
        """The server is asked with the values of the form, once all of them are valid."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        if self.cleaned_data["password"]:
            self.instance.secret = encrypt_secret(self.cleaned_data["password"])
        self.instance.use_password()
        try:
            self.account = CalDavServer(self.instance, PATIENCE).find_account()
        except CalendarProblem as problem:
            name = "password" if problem.key in ("login", "key") else "address"
            self.add_error(name, get_problem_sentence(str(problem)))

    def save_calendar(self) -> ConnectedCalendar:
        calendar = self.save(commit=False)
        calendar.problem, calendar.failures, calendar.notified = "", 0, False
        calendar.known_as = " ".join(self.account.addresses if self.account else [])
        if calendar.pk and self.has_changed_account:
            calendar.forget_events()
        calendar.save()
        return calendar


class ChoiceForm(Form):
    """Which of the calendars of the account is synced."""

    calendar = forms.ChoiceField(label=_("Calendar"), widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, account: FoundAccount, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.names = {one.path: one.name for one in account.calendars}
        self.fields["calendar"].choices = list(self.names.items())
        if len(self.names) == 1:
            self.fields["calendar"].initial = next(iter(self.names))

    def save_choice(self, calendar: ConnectedCalendar) -> None:
        calendar.forget_events()
        calendar.path = self.cleaned_data["calendar"]
        calendar.name = self.names[calendar.path]
        calendar.problem, calendar.failures, calendar.notified = "", 0, False
        calendar.save()


class DisconnectForm(Form):
    """What happens with what Leadwell has written to the calendar."""

    written = forms.ChoiceField(
        label=_("Meetings and tasks of Leadwell in the calendar"),
        choices=[(KEEP, _("Keep them in the calendar")), (DELETE, _("Delete them from the calendar"))],
        initial=KEEP,
        widget=forms.RadioSelect,
    )

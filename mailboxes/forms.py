"""The form of a shared mailbox. The server is asked before anything is saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.sealing import sealed
from crm.web.forms import ModelForm
from mailboxes.imap import Position, reading
from mailboxes.models import Mailbox
from mailboxes.polling import start_at
from mailboxes.problems import MailboxProblem, sentence
from mailboxes.smtp import try_sign_in

# Seconds that a page waits for a mail server.
PATIENCE = 15


class MailboxForm(ModelForm):
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Some providers require an app password."),
    )
    position: Position | None = None

    class Meta:
        model = Mailbox
        fields = [
            "name",
            "address",
            "department",
            "username",
            "password",
            "imap_host",
            "imap_port",
            "smtp_host",
            "smtp_port",
            "smtp_encryption",
            "plus_addresses",
            "active",
        ]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["department"].queryset = Department.objects.active().by_name()
        self.fields["department"].required = True
        if self.instance.secret:
            self.fields["password"].help_text = _now("Leave empty to keep the current one. It’s never shown.")

    def clean_address(self) -> str:
        return self.cleaned_data["address"].lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        moved = {"imap_host", "smtp_host", "username", "address"} & set(self.changed_data)
        if not cleaned.get("password") and "password" not in self.errors:
            if not self.instance.secret:
                self.add_error("password", _now("Enter the password."))
            elif moved:
                # Otherwise someone could have it sent to a server of theirs.
                self.add_error("password", _now("Enter the password again, because the server or the account has changed."))
        return cleaned

    def _post_clean(self) -> None:
        """The servers are asked with the values of the form, once all of them are valid."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        if self.cleaned_data["password"]:
            self.instance.secret = sealed(self.cleaned_data["password"])
        if not self.instance.active:
            return
        try:
            with reading(self.instance, PATIENCE) as reader:
                self.position = reader.open_folder()
            try_sign_in(self.instance)
        except MailboxProblem as problem:
            key = str(problem).partition(" ")[0]
            name = "password" if key.endswith("_login") else f"{key[:4]}_host" if key[4:5] == "_" else None
            self.add_error(name, sentence(str(problem)))

    def saved(self) -> Mailbox:
        mailbox = self.save(commit=False)
        mailbox.problem, mailbox.failures, mailbox.notified = "", 0, False
        mailbox.save()
        same_account = not {"imap_host", "username", "address"} & set(self.changed_data)
        if self.position and not (same_account and mailbox.folders.exists()):
            start_at(mailbox, self.position)
        return mailbox

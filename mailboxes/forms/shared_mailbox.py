"""The forms of mailboxes: a shared mailbox, whose servers are asked before anything is saved, and an OAuth client."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.models.single_sign_on import printable
from accounts.second_factor.secret_encryption import encrypt_secret
from crm.platform.web.rendering.form_rendering import ModelForm
from mailboxes.connections.folder_positions import create_folder_position
from mailboxes.connections.imap import FolderPosition, open_reader
from mailboxes.connections.oauth import PROVIDERS
from mailboxes.connections.smtp import try_sign_in
from mailboxes.mailbox_problems import MailboxProblem, get_problem_sentence
from mailboxes.models import Mailbox, OAuthClient

# Seconds that a page waits for a mail server.
PATIENCE = 15
SERVERS = ("imap_host", "imap_port", "smtp_host", "smtp_port")
# What the password, the permission and the numbers of messages belong to.
ACCOUNT = {*SERVERS, "smtp_encryption", "sign_in", "username", "address"}


class MailboxForm(ModelForm):
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Some providers require an app password."),
    )
    position: FolderPosition | None = None
    required_servers: tuple[str, ...] = SERVERS

    class Meta:
        model = Mailbox
        fields = [
            "name",
            "address",
            "department",
            "sign_in",
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
        if "department" in self.fields:
            self.fields["department"].queryset = Department.objects.active().by_name()
        for name in SERVERS:
            # Those of Google and Microsoft are known.
            self.fields[name].required = False
        if self.instance.secret:
            self.fields["password"].help_text = _now("Leave empty to keep the current one. It’s never shown.")

    def clean_address(self) -> str:
        return self.cleaned_data["address"].lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        sign_in = cleaned.get("sign_in")
        if sign_in in PROVIDERS:
            for name, value in PROVIDERS[sign_in].servers.items():
                if name in self.fields:
                    cleaned[name] = value
                    self.errors.pop(name, None)
            if OAuthClient.get_for_provider(sign_in) is None:
                self.add_error("sign_in", get_problem_sentence("no_client"))
        else:
            self._check_servers(cleaned)
            self._check_password(cleaned)
        return cleaned

    @property
    def has_changed_account(self) -> bool:
        """Whether the account or one of its servers is another one now."""
        own = ACCOUNT.intersection(self.fields)
        return any(self.cleaned_data.get(name) != self.initial.get(name) for name in own)

    def _check_servers(self, cleaned: dict[str, Any]) -> None:
        for name in self.required_servers:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])

    def _check_password(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("password") or "password" in self.errors:
            return
        if not self.instance.secret:
            self.add_error("password", _now("Enter the password."))
        elif self.has_changed_account:
            # Otherwise someone could have it sent to a server of theirs.
            words = _now("Enter the password again, because the server or the account has changed.")
            self.add_error("password", words)

    def _post_clean(self) -> None:
        """The servers are asked with the values of the form, once all of them are valid."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        if self.instance.uses_oauth:
            # A permission is for one account.
            self.instance.clear_fields(
                "secret", *(["refresh_token", "access_token"] if self.has_changed_account else [])
            )
            return
        self.instance.clear_fields("refresh_token", "access_token")
        if self.cleaned_data["password"]:
            self.instance.secret = encrypt_secret(self.cleaned_data["password"])
        if not self.instance.active:
            return
        try:
            self.connect_to_servers()
        except MailboxProblem as problem:
            key = str(problem).partition(" ")[0]
            name = "password" if key.endswith("_login") else f"{key[:4]}_host" if key[4:5] == "_" else None
            self.add_error(name, get_problem_sentence(str(problem)))

    def connect_to_servers(self) -> None:
        """Raises MailboxProblem."""
        with open_reader(self.instance, PATIENCE) as reader:
            self.position = reader.open_folder()
        try_sign_in(self.instance)

    def save_mailbox(self) -> Mailbox:
        mailbox = self.save(commit=False)
        mailbox.problem, mailbox.failures, mailbox.notified = "", 0, False
        mailbox.save()
        if self.position and (self.has_changed_account or not mailbox.folders.exists()):
            create_folder_position(mailbox, self.position)
        return mailbox


class ClientForm(ModelForm):
    """The client that a company has at a provider."""

    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        validators=[printable],
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = OAuthClient
        fields = ["client_id", "client_secret", "tenant"]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        if self.instance.provider != OAuthClient.Provider.MICROSOFT:
            del self.fields["tenant"]
        if self.instance.pk:
            secret = self.fields["client_secret"]
            secret.required = False
            secret.help_text = _now("Leave empty to keep the current one. It’s never shown.")

    def save_client(self) -> OAuthClient:
        if self.cleaned_data["client_secret"]:
            self.instance.secret = encrypt_secret(self.cleaned_data["client_secret"])
        return self.save()

"""The form of a personal mailbox: its servers are asked before anything is saved. Without an SMTP server it is only read."""

from typing import Any

from django.utils.translation import gettext as _now

from mailboxes.connections.imap import open_reader
from mailboxes.connections.smtp import try_sign_in
from mailboxes.forms.shared_mailbox import PATIENCE, MailboxForm
from mailboxes.models import Mailbox, OAuthClient


class PersonalMailboxForm(MailboxForm):
    required_servers = ("imap_host", "imap_port")

    class Meta:
        model = Mailbox
        fields = [
            "address",
            "private",
            "sign_in",
            "username",
            "password",
            "imap_host",
            "imap_port",
            "smtp_host",
            "smtp_port",
            "smtp_encryption",
        ]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        sign_in, known = self.fields["sign_in"], set(OAuthClient.objects.values_list("provider", flat=True))
        known |= {Mailbox.SignIn.PASSWORD, self.instance.sign_in}
        # Only administrators enter the client of a provider.
        sign_in.choices = [choice for choice in Mailbox.SignIn.choices if choice[0] in known]
        self.fields["address"].help_text = _now(
            "Emails that you write in Leadwell are sent from this address."
        )
        self.fields["smtp_host"].help_text = _now(
            "If empty, emails that you write in Leadwell are sent through the mailbox of the department."
        )
        self.fields["smtp_encryption"].required = False

    def clean_smtp_port(self) -> int:
        return self.cleaned_data["smtp_port"] or Mailbox._meta.get_field("smtp_port").default

    def clean_smtp_encryption(self) -> str:
        return self.cleaned_data["smtp_encryption"] or Mailbox.Encryption.TLS

    def connect_to_servers(self) -> None:
        with open_reader(self.instance, PATIENCE) as reader:
            self.position = reader.open_folder()
        if self.instance.smtp_host:
            try_sign_in(self.instance)

    def save_mailbox(self) -> Mailbox:
        self.instance.name = self.instance.address[:60]
        if self.instance.pk and self.has_changed_account:
            # Of another account, all folders are read from now on.
            self.instance.folders.all().delete()
        return super().save_mailbox()

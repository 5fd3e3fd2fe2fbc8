"""The form of a personal mailbox, which is only read: its IMAP server is asked before anything is saved."""

from typing import Any

from mailboxes.forms import PATIENCE, MailboxForm
from mailboxes.imap import reading
from mailboxes.models import Mailbox, OAuthClient


class PersonalMailboxForm(MailboxForm):
    servers = ("imap_host", "imap_port")

    class Meta:
        model = Mailbox
        fields = ["address", "sign_in", "username", "password", "imap_host", "imap_port", "private"]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        sign_in, known = self.fields["sign_in"], set(OAuthClient.objects.values_list("provider", flat=True))
        known |= {Mailbox.SignIn.PASSWORD, self.instance.sign_in}
        # Only administrators enter the client of a provider.
        sign_in.choices = [choice for choice in Mailbox.SignIn.choices if choice[0] in known]
        self.fields["address"].help_text = ""

    def ask_servers(self) -> None:
        with reading(self.instance, PATIENCE) as reader:
            self.position = reader.open_folder()

    def saved(self) -> Mailbox:
        self.instance.name = self.instance.address[:60]
        if self.instance.pk and self.moved:
            # Of another account, all folders are read from now on.
            self.instance.folders.all().delete()
        return super().saved()

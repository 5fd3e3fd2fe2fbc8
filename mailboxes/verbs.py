"""What mailboxes do to records: an email is received, a request is added, an email that was sent bounces."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.platform.files.kept_file import KeptFile
from crm.platform.web.notifications import create_notification
from crm.records.history.verb_execution import Verb
from crm.records.history.verbs import Add
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.verbs import AddActivity
from crm.work.emails.email_verbs import write_email
from crm.work.models.activity import Activity

Delivery = Activity.Delivery


@dataclass(frozen=True)
class ReceiveEmail(Verb):
    """Add an email to one record, with the time `at` which it arrived. With `by`, a user has written it to the address with
    another program. An `automatic` reply notifies no one. `reader` is the user in whose personal mailbox it was found."""

    kind = "receive_email"
    on_read_only = True
    title = _("Receive an email")
    icon = "mail"

    by: User | None = None
    address: str = ""
    subject: str = ""
    text: str = ""
    message_id: str = ""
    at: Any = None
    files: tuple[KeptFile, ...] = ()
    reader: User | None = None
    private_to: Any = None
    automatic: bool = False
    envelope: dict[str, str] = field(default_factory=dict)

    def get_parameters(self):
        return {"sent": self.by is not None, **({"automatic": True} if self.automatic else {})}

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        if parameters.get("automatic"):
            return _("Automatic reply received")
        return _("Email sent") if parameters.get("sent") else _("Email received")

    @classmethod
    def describe_finality(cls, record):
        return _("An email that has arrived stays. You can delete it on the timeline.")

    def get_values(self):
        return {}

    def write(self, rows):
        outcome = Delivery.SENT if self.by else Delivery.AUTOMATIC if self.automatic else Delivery.RECEIVED
        write_email(self, rows, outcome=outcome, at=self.at, private_to=self.private_to)

    def write_consequences(self, record, changed):
        if self.by is not None or self.automatic:
            return
        model: Any = KINDS[record.table].model
        for row in model._default_manager.filter(pk__any=changed).select_related("owner"):
            owner = getattr(row, "owner", None)
            if owner is not None and owner.is_active and owner != self.reader:
                create_notification(
                    owner, "email_received", record, [row.pk], sender=self.address, subject=self.subject[:100]
                )


@dataclass(frozen=True)
class ReceivePrivateEmail(ReceiveEmail):
    """Add an email that only one user sees. The operation names no record, and no one is notified."""

    kind = "receive_private_email"
    title = _("Receive a private email")

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Private email")


@dataclass(frozen=True)
class ChangePrivacy(Verb):
    """Make the emails of a conversation private to the user `to`, or share them with those who see their records."""

    kind = "change_privacy"
    title = _("Make a conversation private")
    icon = "key"

    to: Any = None

    def get_parameters(self):
        return {"private": self.to is not None}

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title if parameters.get("private") else _("Share a conversation")

    @classmethod
    def describe_finality(cls, record):
        return _("Only the owner of the mailbox changes who sees a conversation, on the page of the mailbox.")

    def get_values(self):
        return {"private_to": self.to}


@dataclass(frozen=True)
class AddRequest(Add):
    """Add the request of an email; the system needs no permission."""

    kind = "add"

    @classmethod
    def get_right(cls, model):
        return ""


@dataclass(frozen=True)
class AddFiles(AddActivity):
    """Add the files of an email to its request; the system needs no permission."""

    kind = "add_activity"

    @classmethod
    def get_right(cls, model):
        return ""


@dataclass(frozen=True)
class BounceEmail(Verb):
    """An email that was sent couldn't be delivered, as another mail server says later."""

    kind = "bounce_email"
    title = _("Email bounced")
    icon = "mail"

    activity: Any = None
    why: str = ""

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    @classmethod
    def describe_finality(cls, record):
        return _("An email that couldn’t be delivered stays so. Try again to send it.")

    def get_values(self):
        return {"outcome": Delivery.FAILED, "problem": f"bounced {self.why}"[:250]}

    def write_consequences(self, record, changed):
        author = self.activity.created_by
        if author is not None and author.is_active:
            create_notification(author, "email_bounced", record, changed, address=self.activity.address)


class RemoveMailbox(Verb):
    """Recorded only for what goes with a mailbox, such as its mailing account."""

    kind = "remove_mailbox"
    icon = "mail"

    @classmethod
    def get_right(cls, model):
        return "mailboxes.delete_mailbox"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Remove mailbox %(name)s") % {"name": parameters.get("name", "")}

    @classmethod
    def describe_finality(cls, record):
        return _("A removed mailbox can’t be brought back. Add it again.")

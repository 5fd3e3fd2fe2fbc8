"""An email to a record: its addresses, writing an email, and trying again to send it."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.activities.sending import PAUSE, enqueue
from crm.activities.verbs import OfOne
from crm.fields.type import label_of
from crm.models import Change
from crm.models.activity import Activity
from crm.records.change import Verb
from crm.records.kinds import Kind

Type, Delivery = Activity.Type, Activity.Delivery
# Why an email wasn't sent, by the first word of its problem.
PROBLEMS = {
    "refused": _lazy("The mail server refused it: %(answer)s"),
    "deleted": _lazy("It was deleted before it was sent."),
    "unreachable": _lazy("The mail server can’t be reached."),
    "unknown": _lazy("Sending was interrupted, so it may have arrived. Ask before you try again."),
}


@dataclass(frozen=True)
class Address:
    """One of a record's addresses; `name` is the field that has it."""

    name: str
    label: str
    address: str


def addresses_of(kind: Kind, record: Any, user: Any) -> list[Address]:
    """The email addresses of a record, in the order of its fields, those of custom fields last."""
    fields = [*kind.model._meta.local_concrete_fields, *kind.custom(user)]
    found = [
        Address(field.name, label_of(field), getattr(record, field.attname, ""))
        for field in fields
        if isinstance(field, models.EmailField)
    ]
    return [address for address in found if address.address]


def message_id_of(draft: str) -> str:
    """The Message-ID of a draft, with the domain that the email comes from."""
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{draft}@{sender.rpartition('@')[2]}>"


def why_not_sent(activity: Activity) -> str:
    reason, _space, answer = activity.problem.partition(" ")
    return str(PROBLEMS.get(reason, "")) % {"answer": answer}


@dataclass(frozen=True)
class SendEmail(Verb):
    """Write an email to one record; the worker sends it a few seconds later, and until then it can be undone."""

    kind = "send_email"
    title = _lazy("Send an email")
    icon = "mail"

    by: Any = None
    address: str = ""
    subject: str = ""
    text: str = ""
    message_id: str = ""

    @classmethod
    def words(cls, parameters, kind):
        return cls.title

    @classmethod
    def why_final(cls, record):
        if record.undoes_id:
            return _("An email isn’t sent again this way. Write it again.")
        ids = Change.objects.of_operations([record.pk], Activity.table).values("row")
        if Activity.objects.filter(pk__in=ids).waiting().exists():
            return ""
        return _("The email is no longer waiting to be sent, so it can’t be undone.")

    @property
    def emails(self) -> Any:
        return Activity.objects.filter(message_id=self.message_id)

    def values(self):
        return {}

    def write(self, rows):
        Activity.objects.bulk_create(
            Activity(
                of=rows.model.table,
                record=pk,
                created_by=self.by,
                type=Type.EMAIL,
                outcome=Delivery.SENDING,
                address=self.address,
                subject=self.subject,
                text=self.text,
                message_id=self.message_id,
            )
            for pk in rows.values_list("pk", flat=True)
        )

    def follow(self, record, changed):
        enqueue(list(self.emails.values_list("pk", flat=True)), pause=PAUSE)


@dataclass(frozen=True)
class RetryEmail(OfOne, Verb):
    """Send an email again that couldn't be sent."""

    kind = "retry_email"
    title = _lazy("Try again to send an email")
    icon = "mail"

    @classmethod
    def words(cls, parameters, kind):
        return cls.title

    @classmethod
    def why_final(cls, record):
        return _("An email that has been sent can’t be unsent.")

    def same(self):
        return ~Q(type=Type.EMAIL, outcome=Delivery.FAILED)

    def values(self):
        return {"outcome": Delivery.SENDING, "problem": ""}

    def follow(self, record, changed):
        enqueue(changed)

"""An email to a record: its addresses, writing an email, and trying again to send it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from crm.fields.types.field_type import get_field_label
from crm.models import AttachedFile, Change, EmailEnvelope
from crm.platform.files.kept_file import KeptFile
from crm.platform.mail.message_ids import get_sender_domain
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import Kind
from crm.work.activities.verbs import OfOne
from crm.work.emails.delivery_problems import PAUSE
from crm.work.emails.email_sending import queue_emails
from crm.work.emails.thread_index import get_conversation
from crm.work.models.activity import Activity

Type, Delivery = Activity.Type, Activity.Delivery
# Of the files of a record, so many can be chosen for an email, from so many of the newest.
OFFERED, LOOKED_AT = 20, 200
# The parameter of an operation: how many emails it wrote.
EMAILS = "emails"
# What else a user should know before they write an email to a record, from apps above.
ALSO_WARNED: list[Callable[[Any], Sequence[str]]] = []


def get_further_warnings(record: Any) -> list[str]:
    """What apps above say about writing to this record."""
    return [text for warn in ALSO_WARNED for text in warn(record)]


def get_email_warnings(kind: Kind, record: Any) -> list[str | Promise]:
    """All that a user should know before they write an email to this record."""
    return [*kind.email_warnings(record), *get_further_warnings(record)]


@dataclass(frozen=True)
class RecordAddress:
    """One of a record's addresses; `name` is the field that has it."""

    name: str
    label: str
    address: str


def get_addresses(kind: Kind, record: Any, user: Any) -> list[RecordAddress]:
    """The email addresses of a record, in the order of its fields, those of custom fields last."""
    fields = [*kind.model._meta.local_concrete_fields, *kind.get_custom_fields(user)]
    found = [
        RecordAddress(field.name, get_field_label(field), getattr(record, field.attname, ""))
        for field in fields
        if isinstance(field, models.EmailField)
    ]
    return [address for address in found if address.address]


def get_first_address(kind: Kind, record: Any, user: Any) -> str:
    """The address that comes to mind first, or ''."""
    found = get_addresses(kind, record, user)
    return found[0].address if found else ""


def get_newest_files(kind: Kind, record: Any, user: Any) -> list[AttachedFile]:
    """The newest files of a record that the user sees, each once, however often it was attached."""
    found: dict[tuple[str, str], AttachedFile] = {}
    for file in AttachedFile.objects.of_record(kind.name, record.pk, user)[:LOOKED_AT]:
        found.setdefault((file.name, file.sha256), file)
    return list(found.values())[:OFFERED]


def build_message_id(draft: str, sender: str = "") -> str:
    """The Message-ID of a draft, with the domain of the address that the email comes from; '' is the product's."""
    return f"<{draft}@{get_sender_domain(sender)}>"


def write_email(letter: Any, rows: Any, **values: Any) -> None:
    """Add an email with its envelope and its files to these records. `letter` is the verb with its address, subject and text;
    `values` are the fields of Activity that differ between emails that are sent and received."""
    write_letters([(pk, letter) for pk in rows.values_list("pk", flat=True)], rows.model.table, **values)


def write_letters(letters: Sequence[tuple[int, Any]], table: str, **values: Any) -> list[int]:
    """The same for many emails, each with the id of its record; as many statements as for one. Returns the ids of the activities."""
    added = Activity.objects.bulk_create(
        Activity(
            of=table,
            record=pk,
            created_by=letter.by,
            type=Type.EMAIL,
            address=letter.address,
            subject=letter.subject,
            text=letter.text,
            message_id=letter.message_id,
            **values,
        )
        for pk, letter in letters
    )
    sent = list(zip(added, [letter for _pk, letter in letters], strict=True))
    EmailEnvelope.objects.bulk_create(
        EmailEnvelope(activity=activity, **_build_envelope(letter)) for activity, letter in sent
    )
    AttachedFile.objects.bulk_create(
        AttachedFile(activity=activity, **asdict(file)) for activity, letter in sent for file in letter.files
    )
    return [activity.pk for activity in added]


def _build_envelope(letter: Any) -> dict[str, str]:
    envelope = {"message_id": letter.message_id, **letter.envelope}
    return {**envelope, "conversation": get_conversation(envelope.get("thread_index", ""))}


@dataclass(frozen=True)
class SendEmail(Verb):
    """Write an email to one record, with files that are on the disk; the worker sends it a few seconds later, and until then
    it can be undone."""

    kind = "send_email"
    on_read_only = True
    title = _lazy("Send an email")
    icon = "mail"

    by: Any = None
    address: str = ""
    subject: str = ""
    text: str = ""
    message_id: str = ""
    files: tuple[KeptFile, ...] = ()
    # Fields of EmailEnvelope; without them, the email goes to `address` alone.
    envelope: dict[str, str] = field(default_factory=dict)

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    @classmethod
    def describe_finality(cls, record):
        if record.undoes_id:
            return _("An email isn’t sent again this way. Write it again.")
        ids = Change.objects.of_operation_and_parts(record, Activity.table).values("row")
        if Activity.objects.filter(pk__in=ids).waiting().exists():
            return ""
        return _("The email is no longer waiting to be sent, so it can’t be undone.")

    @property
    def emails(self) -> Any:
        return Activity.objects.filter(message_id=self.message_id)

    def get_values(self):
        return {}

    def write(self, rows):
        write_email(self, rows, outcome=Delivery.SENDING)

    def write_consequences(self, record, changed):
        queue_emails(list(self.emails.values_list("pk", flat=True)), pause=PAUSE)


@dataclass(frozen=True)
class RetryEmail(OfOne, Verb):
    """Send an email again that couldn't be sent."""

    kind = "retry_email"
    title = _lazy("Try again to send an email")
    icon = "mail"

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title

    @classmethod
    def describe_finality(cls, record):
        return _("An email that has been sent can’t be unsent.")

    def build_unchanged_condition(self):
        return ~Q(type=Type.EMAIL, outcome=Delivery.FAILED)

    def get_values(self):
        return {"outcome": Delivery.SENDING, "problem": ""}

    def write_consequences(self, record, changed):
        queue_emails(changed)


class WritesEmails:
    """Operations that write emails beside other things, such as the run of a rule: what of them an undo can still take back."""

    @classmethod
    def describe_finality(cls, record):
        """Nothing of an operation that only wrote emails can be undone once all are sent."""
        if record.undoes_id or not record.parameters.get(EMAILS):
            return ""
        changes = Change.objects.of_operation_in_any_table(record)
        added = Activity.objects.filter(pk__in=changes.values("row"))
        waiting = Q(outcome=Activity.Delivery.SENDING) | ~Q(type=Activity.Type.EMAIL)
        if changes.exclude(table=Activity.table).exists() or added.filter(waiting).exists():
            return ""
        return cls.describe_lasting_parts(record)

    @classmethod
    def describe_lasting_parts(cls, record):
        """Only operations that wrote emails are looked at."""
        if not record.parameters.get(EMAILS):
            return ""
        ids = Change.objects.of_operation_and_parts(record, Activity.table).values("row")
        emails = Activity.objects.filter(pk__in=ids, type=Activity.Type.EMAIL)
        number = emails.filter(outcome=Activity.Delivery.SENT).count()
        words = ngettext(
            "%(number)s email has been sent and can’t be unsent.",
            "%(number)s emails have been sent and can’t be unsent.",
            number,
        )
        return words % {"number": number} if number else ""

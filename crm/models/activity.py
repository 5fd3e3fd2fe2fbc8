"""An activity: what a user did or wrote about a record, such as a note, a call, a meeting, an email or a file."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.activities.scope import ActivityScope
from crm.fields.columns import WordsColumn
from crm.fields.keys import Keys, words_index
from crm.models.record import PRESENT, Record, RecordQuerySet
from crm.records.history import tracked

LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200
# A day: longer than any call or meeting.
MOST_MINUTES = 24 * 60


def having_words(text: str) -> Q:
    """The comma keeps a number as it was typed: search would take it for a phone, without its zeros."""
    return Q(words__hold=f"{text},")


class ActivityQuerySet(RecordQuerySet):
    def of_record(self, table: str, pk: int):
        return self.filter(of=table, record=pk)

    def of_records(self, table: str, ids: list[int]):
        return self.filter(of=table, record__in=ids)

    def listed_for(self, user):
        """Those that the user may see, of records that aren't in Trash."""
        return self.present().filter(self.scope.listed(user))

    def of_type(self, name: str):
        return self.filter(type=name)

    def by_user(self, user):
        return self.filter(created_by=user)

    def with_words(self, text: str):
        """Those whose text has all of these words, or words that begin like them."""
        return self.filter(having_words(text))

    def contacts(self):
        """Those that count as contacts (crm/activities/contact.py)."""
        called = models.Q(type=Activity.Type.CALL, outcome=Activity.Outcome.REACHED)
        mailed = [Activity.Delivery.SENT, Activity.Delivery.RECEIVED]
        return self.filter(
            models.Q(type=Activity.Type.MEETING)
            | called
            | models.Q(type=Activity.Type.EMAIL, outcome__in=mailed)
        )

    def waiting(self):
        """Emails that are to be sent."""
        return self.filter(type=Activity.Type.EMAIL, outcome=Activity.Delivery.SENDING)

    def with_author(self):
        return self.select_related("created_by")

    def follow_undo(self, record, undoing, outcome) -> None:
        """An email that is undone isn't sent. If the worker has just taken it, the undo is too late."""
        from crm.records.undoable import UndoRefused

        if record.kind != "send_email":
            return
        waiting = OutgoingEmail.objects.filter(activity__in=outcome.back.get(Activity.table, []))
        if not waiting.delete()[0]:
            raise UndoRefused(_("The email is no longer waiting to be sent, so it can’t be undone."))

    def at_one_of(self, moments: list[datetime]):
        return self.filter(at__in=moments)

    def newest_first(self):
        return self.order_by("-at", "-id")

    def pinned_first(self):
        return self.filter(pinned=True).newest_first()


class ActivityManager(models.Manager.from_queryset(ActivityQuerySet)):  # type: ignore[misc]
    def get_queryset(self):
        """Without the search words, which only the database reads."""
        return super().get_queryset().defer("words")


class Activity(Record):
    """`of` and `record` are the kind and the ID of its record, `at` is when it happened. The text is Markdown.

    The author is `created_by`. Deleted ones keep their row, so that an undo brings them back.
    """

    class Type(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", pgettext_lazy("an activity", "call")
        MEETING = "meeting", _("meeting")
        EMAIL = "email", pgettext_lazy("an activity", "email")
        FILE = "file", pgettext_lazy("an activity", "file")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        MESSAGE = "message", _("left a message")
        WRONG_NUMBER = "wrong_number", _("wrong number")

    class Direction(models.TextChoices):
        INCOMING = "incoming", _("incoming")
        OUTGOING = "outgoing", _("outgoing")

    class Delivery(models.TextChoices):
        """The outcome of an email."""

        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        RECEIVED = "received", _("received")

    table = "activity"
    scope = ActivityScope()
    # An undo brings back its record first.
    after_records: ClassVar = True
    unshown: ClassVar = {"problem"}

    of = models.CharField(max_length=40, editable=False)
    record = models.BigIntegerField(editable=False)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    text = models.TextField(pgettext_lazy("of an activity", "text"), max_length=LONGEST_TEXT, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=[*Outcome.choices, *Delivery.choices], blank=True
    )
    at = models.DateTimeField(pgettext_lazy("of an activity", "when"), db_default=Now())
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    # Of a call, if a phone system has logged it.
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction, blank=True, db_default="", editable=False
    )
    pinned = models.BooleanField(_("pinned"), default=False, db_default=False)
    # Of an email: its subject, the address it went to, and why it couldn't be sent
    subject = models.CharField(
        _("subject"), max_length=LONGEST_SUBJECT, blank=True, default="", db_default=""
    )
    address = models.EmailField(blank=True, default="", db_default="", editable=False)
    message_id = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    problem = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)

    words = WordsColumn("text")

    objects: ClassVar[Any] = ActivityManager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        triggers = [*tracked("activity"), Keys()]
        indexes = [
            # The timeline of a record.
            models.Index(fields=["of", "record", "-at", "-id"], name="activity_of_record", condition=PRESENT),
            # API v2: the activities of an author, and those that have changed since.
            models.Index(fields=["created_by", "-id"], name="activity_by", condition=PRESENT),
            models.Index(fields=["updated_at", "id"], name="activity_changed", condition=PRESENT),
            words_index("activity_words"),
        ]
        constraints = [
            # An email that is submitted twice is added and sent once.
            models.UniqueConstraint(
                fields=["message_id"], condition=~models.Q(message_id=""), name="activity_message"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_type_display())

    @property
    def has_failed(self) -> bool:
        """Whether it is an email that couldn't be sent."""
        return self.type == self.Type.EMAIL and self.outcome == self.Delivery.FAILED


class OutgoingEmail(models.Model):
    """An email that waits to be sent, by its activity. The worker removes the row before it connects to the mail server, so
    an email whose worker was killed in between isn't sent a second time."""

    activity = models.BigIntegerField(unique=True)

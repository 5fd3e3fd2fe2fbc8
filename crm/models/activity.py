"""An activity: what a user did or wrote about a record, such as a note, a call, a meeting or a file."""

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
        FILE = "file", pgettext_lazy("an activity", "file")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        NO_ANSWER = "no_answer", _("no answer")
        MESSAGE = "message", _("left a message")
        WRONG_NUMBER = "wrong_number", _("wrong number")

    class Direction(models.TextChoices):
        INCOMING = "incoming", _("incoming")
        OUTGOING = "outgoing", _("outgoing")

    table = "activity"
    scope = ActivityScope()
    # An undo brings back its record first.
    after_records: ClassVar = True

    of = models.CharField(max_length=40, editable=False)
    record = models.BigIntegerField(editable=False)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    text = models.TextField(pgettext_lazy("of an activity", "text"), max_length=LONGEST_TEXT, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    at = models.DateTimeField(pgettext_lazy("of an activity", "when"), db_default=Now())
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    # Of a call, if a phone system has logged it.
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction, blank=True, db_default="", editable=False
    )
    pinned = models.BooleanField(_("pinned"), default=False, db_default=False)

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

    def __str__(self) -> str:
        return str(self.get_type_display())

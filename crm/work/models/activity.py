"""An activity: what a user did or wrote about a record, such as a note, a call, a meeting, an email or a file."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.fields.model_fields import WordsColumn
from crm.fields.models.record import PRESENT, Record, RecordQuerySet
from crm.fields.search_columns import Keys, build_words_index
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.work.activities.scope import ActivityScope

LONGEST_TEXT = 20_000
LONGEST_SUBJECT = 200
LONGEST_PLACE = 200
# A day: longer than any call or meeting.
MOST_MINUTES = 24 * 60


PLANNED = PRESENT & Q(outcome="planned")
NO_SHOWS = PRESENT & Q(outcome="no_show")


def split_addresses(text: str) -> list[str]:
    """The addresses of a text that separates them by commas."""
    return [address for address in text.split(", ") if address]


def build_words_condition(text: str) -> Q:
    """The comma keeps a number as it was typed: search would take it for a phone, without its zeros."""
    return Q(words__hold=f"{text},")


class ActivityQuerySet(RecordQuerySet):
    def of_record(self, table: str, pk: int):
        return self.filter(of=table, record=pk)

    def of_records(self, table: str, ids: list[int]):
        return self.filter(of=table, record__in=ids)

    def of_records_in_array(self, table: str, ids: list[int]):
        """The same for ids that are sent as one array."""
        return self.filter(of=table, record__any=ids)

    def of_kind(self, table: str):
        return self.filter(of=table)

    def get_versions(self, ids: list[int]) -> dict[int, int]:
        return dict(self.filter(pk__any=ids).values_list("pk", "version"))

    def listed_for(self, user):
        """Those that the user may see, of records that aren't in Trash."""
        return self.present().filter(self.scope.build_listed_condition(user))

    def of_present_records(self):
        return self.filter(Activity.scope.build_present_record_condition())

    def public(self):
        return self.filter(private_to=None)

    def not_private_to_others(self, user):
        """All except what is private to another user."""
        return self.filter(Activity.scope.build_not_private_condition(user))

    def of_type(self, name: str):
        return self.filter(type=name)

    def by_user(self, user):
        return self.filter(created_by=user)

    def by_users(self, users):
        return self.filter(created_by__in=users.values("pk"))

    def with_words(self, text: str):
        """Those whose text has all of these words, or words that begin like them."""
        return self.filter(build_words_condition(text))

    def contacts(self):
        """Those that count as contacts (crm/work/activities/contact_triggers.py)."""
        called = models.Q(type=Activity.Type.CALL, outcome=Activity.Outcome.REACHED)
        mailed = [Activity.Delivery.SENT, Activity.Delivery.RECEIVED]
        return self.public().filter(
            models.Q(type=Activity.Type.MEETING) & ~models.Q(outcome__in=Activity.Plan.values)
            | called
            | models.Q(type=Activity.Type.EMAIL, outcome__in=mailed)
        )

    def waiting(self):
        """Emails that are to be sent."""
        return self.filter(type=Activity.Type.EMAIL, outcome=Activity.Delivery.SENDING)

    def sent_as(self, message_id: str):
        """The email that was sent with this Message-ID; none for ''."""
        sent = self.filter(type=Activity.Type.EMAIL, outcome=Activity.Delivery.SENT)
        return sent.filter(message_id=message_id).exclude(message_id="")

    def added_by_others(self, user, since: datetime):
        return self.filter(created_at__gte=since).exclude(created_by=user)

    def meetings(self):
        return self.filter(type=Activity.Type.MEETING)

    def planned(self):
        return self.filter(outcome=Activity.Plan.PLANNED)

    def no_shows(self):
        return self.filter(outcome=Activity.Plan.NO_SHOW)

    def of_people(self, ids: list[int]):
        """Those of these authors, and all that anyone is invited to, who is known by the address alone."""
        return self.filter(models.Q(created_by__in=ids) | ~models.Q(invited=""))

    def of_person(self, pk: int, address: str):
        """Those of this author, and those to which this address is invited."""
        listed = Concat(models.Value(", "), "invited", models.Value(", "), output_field=models.TextField())
        invited = models.Q(listed__contains=f", {address.lower()}, ") if address else models.Q(pk=None)
        return self.annotate(listed=Lower(listed)).filter(models.Q(created_by=pk) | invited)

    def begun(self, now: datetime):
        return self.filter(at__lte=now)

    def begins_from(self, moment: datetime):
        return self.filter(at__gte=moment)

    def begins_between(self, first: datetime | None, end: datetime | None):
        """From the first moment until before the end; None is no limit."""
        rows = self.filter(at__gte=first) if first else self
        return rows.filter(at__lt=end) if end else rows

    def with_author(self):
        return self.select_related("created_by")

    def at_one_of(self, moments: list[datetime]):
        return self.filter(at__in=moments)

    def communication_until(self, moment: datetime):
        """What was written or said until then: a file is neither, nor is an email that wasn't sent or an automatic reply."""
        return self.filter(at__lte=moment)._communication(*Activity.Plan.values)

    def said_or_planned_after(self, moment: Any):
        """What was written, said or agreed on for later than that: the same, and meetings whatever their outcome."""
        return self.filter(at__gt=moment)._communication()

    def _communication(self, *unsaid: str):
        """Without files, emails that weren't sent, automatic replies, and these outcomes."""
        unsent = [Activity.Delivery.FAILED, Activity.Delivery.AUTOMATIC, *unsaid]
        return self.exclude(type=Activity.Type.FILE).exclude(outcome__in=unsent)

    def oldest_first(self):
        return self.order_by("at", "id")

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
        """The outcome of an email. An automatic reply, such as out of the office, isn't a contact."""

        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        RECEIVED = "received", _("received")
        AUTOMATIC = "automatic", _("automatic reply")

    class Plan(models.TextChoices):
        """The outcome of a meeting that didn't take place, or not yet. One that took place has none."""

        PLANNED = "planned", _("planned")
        NO_SHOW = "no_show", _("no-show")

    table = "activity"
    scope = ActivityScope()
    # Its record shows as a name, where it shows.
    unshown = frozenset({"problem", "private_to_id", "of", "record", "assumed"})
    undo = UndoRules(
        after_records=True, together={"of": "record"}, restorable_by=scope.build_restored_condition
    )

    of = models.CharField(max_length=40, editable=False)
    record = models.BigIntegerField(editable=False)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    text = models.TextField(pgettext_lazy("of an activity", "text"), max_length=LONGEST_TEXT, blank=True)
    outcome = models.CharField(
        _("outcome"),
        max_length=20,
        choices=[*Outcome.choices, *Delivery.choices, *Plan.choices],
        blank=True,
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
    # Of an email and a meeting
    subject = models.CharField(
        _("subject"), max_length=LONGEST_SUBJECT, blank=True, default="", db_default=""
    )
    # Of an email: the address it went to, and why it couldn't be sent
    address = models.EmailField(blank=True, default="", db_default="", editable=False)
    message_id = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    problem = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)

    # Of an email from a personal mailbox: only this user sees it
    private_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )

    # Of a meeting: where it is, and the addresses of those invited, separated by commas
    place = models.CharField(
        pgettext_lazy("of a meeting", "place"),
        max_length=LONGEST_PLACE,
        blank=True,
        default="",
        db_default="",
        help_text=_("An address, a room or a link."),
    )
    invited = models.TextField(_("invited"), blank=True, default="", db_default="")

    # Of a meeting: it counts as held because it is over, and no one has said so.
    assumed = models.BooleanField(default=False, db_default=False, editable=False)

    words = WordsColumn("text")

    objects: ClassVar[Any] = ActivityManager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        triggers = [*build_change_triggers("activity"), Keys()]
        indexes = [
            # The timeline of a record.
            models.Index(fields=["of", "record", "-at", "-id"], name="activity_of_record", condition=PRESENT),
            # API v2: the activities of an author, and those that have changed since.
            models.Index(fields=["created_by", "-id"], name="activity_by", condition=PRESENT),
            models.Index(fields=["updated_at", "id"], name="activity_changed", condition=PRESENT),
            build_words_index("activity_words"),
            # Planned meetings: those that are over by now, and those of a user.
            models.Index(fields=["at"], name="activity_planned", condition=PLANNED),
            # Meetings of the last weeks that no one came to.
            models.Index(fields=["at"], name="activity_no_show", condition=NO_SHOWS),
            # How many of each type there were in a period, by whom.
            models.Index(
                fields=["at"],
                name="activity_of_period",
                include=["type", "outcome", "of", "record", "created_by", "private_to"],
                condition=PRESENT,
            ),
        ]
        constraints = [
            # An email that is submitted twice is added and sent once.
            models.UniqueConstraint(
                fields=["message_id"], condition=~models.Q(message_id=""), name="activity_message"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_type_display())

    @classmethod
    def get_meeting_outcome(cls, at: datetime | None) -> str:
        """A meeting that hasn't begun is planned."""
        return cls.Plan.PLANNED if at and at > timezone.now() else ""

    @property
    def is_planned(self) -> bool:
        return self.outcome == self.Plan.PLANNED

    @property
    def is_no_show(self) -> bool:
        return self.outcome == self.Plan.NO_SHOW

    @property
    def is_unanswered(self) -> bool:
        """Whether it is a meeting that has begun, and no one has said whether it took place."""
        unsaid = self.is_planned or (self.assumed and not self.outcome)
        return self.type == self.Type.MEETING and self.has_begun and unsaid

    @property
    def has_begun(self) -> bool:
        return self.at <= timezone.now()

    @property
    def ends_at(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes or 0)

    @property
    def invited_addresses(self) -> list[str]:
        return split_addresses(self.invited)

    @property
    def has_arrived(self) -> bool:
        """Whether it is an email that was received; `address` is its sender."""
        return self.is_automatic or (self.type == self.Type.EMAIL and self.outcome == self.Delivery.RECEIVED)

    @property
    def is_automatic(self) -> bool:
        return self.type == self.Type.EMAIL and self.outcome == self.Delivery.AUTOMATIC

    @property
    def has_failed(self) -> bool:
        """Whether it is an email that couldn't be sent."""
        return self.type == self.Type.EMAIL and self.outcome == self.Delivery.FAILED


class OutgoingEmail(models.Model):
    """An email that waits to be sent, by its activity. The worker removes the row before it connects to the mail server, so
    an email whose worker was killed in between isn't sent a second time."""

    activity = models.BigIntegerField(unique=True)

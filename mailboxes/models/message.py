"""A received message: where it was read, and the records that it was added to. Each is received once."""

from collections.abc import Iterable
from hashlib import sha256

from django.db import models
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailboxes.models.mailbox import Mailbox, MailboxFolder

SHOWN = 50


def hash_message_id(message_id: str) -> str:
    """A Message-ID of any length, as it is compared."""
    return sha256(message_id.strip().encode(errors="surrogatepass")).hexdigest()


class MessageQuerySet(models.QuerySet):
    def with_ids(self, message_ids: Iterable[str]):
        return self.filter(key__in=[hash_message_id(one) for one in message_ids])

    def with_uid(self, folder: MailboxFolder, uid: int):
        """The one with this number in the folder."""
        own = {"mailbox": folder.mailbox_id, "folder": folder.name}
        return self.filter(**own, uid_validity=folder.uid_validity, uid=uid)

    def of_user(self, user):
        """Those of the user's personal mailbox."""
        return self.filter(mailbox__owner=user)

    def skipped_since(self, at):
        """Those that were too much to read."""
        kinds = (Message.Outcome.LIMITS, Message.Outcome.UNFINISHED)
        return self.filter(outcome__in=kinds, received_at__gte=at)

    def on_timelines(self):
        return self.filter(outcome=Message.Outcome.TIMELINE)

    def in_thread(self, thread: str):
        return self.filter(thread=thread)

    def with_words(self, text: str):
        """Those whose subject and sender have all of these words, with or without accents."""
        said = Concat("subject", models.Value(" "), "sender", output_field=models.TextField())
        found = self.annotate(said=models.Func(said, function="leadwell_fold"))
        for word in text.split():
            wanted = models.Func(
                models.Value(word), function="leadwell_fold", output_field=models.TextField()
            )
            found = found.filter(said__contains=wanted)
        return found

    def newest_first(self):
        return self.order_by("-id")

    def of_email(self, activity: int, message_id: str):
        """Those that were added to a timeline as this activity. Only those of personal mailboxes have entries."""
        found = models.Q(pk__in=MessageEntry.objects.of_activities([activity]).values("message"))
        return self.filter(found | models.Q(key=hash_message_id(message_id)) if message_id else found)

    def of_record(self, table: str, pk: int):
        return self.filter(of=table, record=pk)

    def with_record(self):
        return self.exclude(record=None)


class Message(models.Model):
    """`key` is that of its Message-ID; a second message with the same one has none. `of` and `record` are the kind and ID of
    its record, the first one if there are several.

    In a personal mailbox, `thread` is the key of the first message of its conversation, and `private` says that only the
    owner sees what it was added as.
    """

    class Outcome(models.TextChoices):
        REQUEST = "request", _("new request")
        TIMELINE = "timeline", _("added to the timeline")
        ANSWER = "answer", _("answer to an invitation")
        BOUNCE = "bounce", _("bounced email")
        AUTOMATIC = "automatic", _("automatic email, skipped")
        OWN = "own", _("sent by Leadwell, skipped")
        KNOWN = "known", _("already received")
        TOO_LARGE = "too_large", _("too large")
        UNREADABLE = "unreadable", _("can’t be read")
        LIMITS = "limits", _("skipped: it takes too much time or memory to read")
        UNFINISHED = "unfinished", _("skipped: the server stopped twice while it was read")
        BCC_SENDER = "bcc_sender", _("skipped: the bcc address belongs to another user")
        BCC_NONE = "bcc_none", _("skipped: none of its recipients is a lead or contact of the sender")

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="messages", db_index=False)
    folder = models.CharField(max_length=255)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - many have none
    outcome = models.CharField(max_length=10, choices=Outcome)
    of = models.CharField(max_length=40, blank=True, default="")
    record = models.BigIntegerField(null=True)
    sender = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    thread = models.CharField(max_length=64, blank=True, default="", db_default="")
    private = models.BooleanField(default=False, db_default=False)
    received_at = models.DateTimeField(default=timezone.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("received message")
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "folder", "uid_validity", "uid"], name="mailbox_message"
            ),
        ]
        indexes = [
            models.Index(fields=["mailbox", "-id"], name="mailbox_newest_messages"),
            models.Index(
                fields=["mailbox", "thread"], name="mailbox_threads", condition=~models.Q(thread="")
            ),
        ]


class MessageEntryQuerySet(models.QuerySet):
    def of_activities(self, ids: list[int]):
        return self.filter(activity__in=ids)

    def of_messages(self, messages):
        return self.filter(message__in=messages.values("pk"))


class MessageEntry(models.Model):
    """An entry of a timeline, by the ID of its activity, that a message of a personal mailbox was added as."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="entries")
    activity = models.BigIntegerField(unique=True)

    objects = MessageEntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()

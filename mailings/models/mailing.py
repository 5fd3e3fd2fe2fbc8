"""A mailing: one letter to many records, from its first draft to the last address."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.configuration.company import get_company_language
from crm.platform.models.operation import Operation
from crm.platform.models.undo_rules import UndoOutcome, UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from customers.models import ConsentPurpose
from mailings.models.mailing_list import MailingList

LONGEST_SUBJECT, LONGEST_TEXT = 200, 50_000


def language_here() -> str:
    return get_company_language()


class MailingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The user's own ones and, with the permission, those of the departments that they see."""
        if not user.has_perm("mailings.view_mailing"):
            return self.none()
        if user.sees_everything:
            return self.all()
        return self.filter(Q(by=user.pk) | Q(department__in=user.department_ids))

    def changeable_by(self, user):
        return self.visible_to(user) if user.has_perm("mailings.change_mailing") else self.none()

    def sendable_by(self, user):
        return self.visible_to(user) if user.has_perm("mailings.send_mailing") else self.none()

    def in_state(self, *states: str):
        return self.filter(state__in=states)

    def sent_by(self, user):
        return self.filter(by=user)

    def halted_by(self, reasons):
        """Paused, or waiting for a server, for one of these reasons (mailings/sending/waiting_reasons.py)."""
        halted = self.in_state(Mailing.State.PAUSED, Mailing.State.SENDING)
        return halted.filter(why__regex=f"^({'|'.join(reasons)})( |$)")

    def newest_first(self):
        return self.order_by("-id")

    def before(self, pk: int):
        return self.filter(pk__lt=pk)

    def with_names(self):
        """With what screens show of it, and without the ids of its records, which may be many."""
        return self.select_related("by", "department", "list", "purpose").defer("ids")

    def with_numbers(self):
        """`recipients`: how many get it or got it."""
        # A delivery refers to its mailing, so its model is loaded after this one.
        from mailings.models.delivery import Delivery

        rows = Delivery.objects.filter(mailing=models.OuterRef("pk")).exclude(state=Delivery.State.LEFT_OUT)
        counted = rows.order_by().values("mailing").annotate(number=models.Count("pk")).values("number")
        return self.annotate(recipients=models.Subquery(counted))

    def decidable_by(self, user):
        """Those that wait for approval, which their own users can't give."""
        waiting = self.visible_to(user).in_state(Mailing.State.ASKED).exclude(by=user.pk)
        return waiting if user.has_perm("mailings.approve_mailing") else self.none()

    # Called by undo (crm/records/history/undo/field_reversal.py)

    def remove_undone_creations(self) -> list[int]:
        """A mailing that was added is deleted again, as long as it is a draft."""
        drafts = self.in_state(Mailing.State.DRAFT)
        ids = list(drafts.values_list("pk", flat=True))
        drafts.delete()
        return ids


def _update_recipients_after_undo(record: Operation, outcome: UndoOutcome) -> None:
    """The recipients follow the state that an undo has brought back."""
    # What follows the states of recipients needs the models, which are loaded with this one.
    from mailings.sending.recipient_states import update_recipients_of_mailings

    update_recipients_of_mailings(outcome.back.get(Mailing.table, []))


class Mailing(models.Model):
    """`of` is the kind of its recipients. They are the records of `ids`, or those that `query`, a query string of the list of
    that kind, finds when the sending begins."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ASKED = "asked", _("Waiting for approval")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Canceled")

    table: ClassVar[str] = "mailing"
    undo = UndoRules(finish=_update_recipients_after_undo)

    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    preheader = models.CharField(
        _("preview text"),
        max_length=150,
        blank=True,
        default="",
        db_default="",
        help_text=_("Email programs show it after the subject."),
    )
    text = models.TextField(_("text"), max_length=LONGEST_TEXT, blank=True, default="", db_default="")
    plain = models.TextField(
        _("plain text"),
        max_length=LONGEST_TEXT,
        blank=True,
        default="",
        db_default="",
        help_text=_("For email programs that don’t show HTML. Leave it empty to generate it from the text."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        default=language_here,
        db_default="en",
        help_text=_("For the notes below the email and the unsubscribe page."),
    )
    list = models.ForeignKey(
        MailingList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mailings",
        verbose_name=_("mailing list"),
        help_text=_("Recipients can unsubscribe from this list alone, or from all mailings."),
    )
    purpose = models.ForeignKey(
        ConsentPurpose,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only recipients with consent to"),
        help_text=_(
            "Recipients who haven’t given this consent, or have withdrawn it, are skipped. Leave it empty to send without it."
        ),
    )
    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("department"),
        help_text=_("The mailing is sent in its name, with its signature and through its mailbox."),
    )
    of = models.CharField(max_length=40, default="lead", db_default="lead", editable=False)
    query = models.TextField(blank=True, default="", db_default="", editable=False)
    ids = ArrayField(models.BigIntegerField(), null=True, editable=False)
    pause_days = models.PositiveSmallIntegerField(
        _("days between mailings"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(365)],
        help_text=_(
            "Recipients who received another mailing within this many days are skipped. Enter 0 to skip no one."
        ),
    )
    in_working_time = models.BooleanField(
        _("send only in working time"),
        default=False,
        db_default=False,
        help_text=_("Emails are only sent in the working time of the department."),
    )
    skips_gaps = models.BooleanField(
        _("skip recipients with empty merge fields"),
        default=False,
        db_default=False,
        help_text=_(
            "Recipients without a value for a merge field that has no fallback don’t get the mailing."
        ),
    )
    tracks_opens = models.BooleanField(
        _("track opens"),
        default=False,
        db_default=False,
        help_text=_("Each email says so. Many email programs hide opens or report too many."),
    )
    tracks_clicks = models.BooleanField(
        _("track clicks"),
        default=False,
        db_default=False,
        help_text=_("Links lead through Leadwell, and each email says so."),
    )
    most_bounces = models.PositiveSmallIntegerField(
        _("bounce limit, in percent"),
        default=5,
        db_default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("The mailing is paused when more of its emails bounce, counted from the 50th email on."),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="mailings"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(
        max_length=10, choices=State, default=State.DRAFT, db_default=State.DRAFT, editable=False
    )
    # Why it is paused or waits: a key of mailings/sending/waiting_reasons.py, and what a server said.
    why = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    send_at = models.DateTimeField(_("send"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        permissions = [
            ("send_mailing", _("send mailings")),
            ("approve_mailing", _("approve large mailings")),
        ]
        indexes = [
            models.Index(
                fields=["state", "send_at"],
                name="mailing_to_send",
                condition=Q(state__in=["scheduled", "sending"]),
            )
        ]
        triggers = build_change_triggers("mailing")

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return f"/admin/mailings/{self.pk}"

    @property
    def label(self) -> str:
        return self.subject

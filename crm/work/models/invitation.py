"""Emails to those who are invited to a meeting, and what they answered."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.work.models.activity import LONGEST_PLACE, LONGEST_SUBJECT, Activity, split_addresses
from crm.work.models.activity_dependent import OfActivityQuerySet


class InvitationQuerySet(OfActivityQuerySet):
    def waiting(self):
        return self.filter(state=Invitation.State.WAITING)

    def being_sent(self):
        return self.filter(state=Invitation.State.SENDING)

    def with_author(self):
        return self.select_related("activity__created_by")

    def with_uid(self, uid: str):
        return self.filter(uid=uid).order_by("pk")

    def with_meeting(self):
        return self.select_related("activity")

    def since(self, at):
        """To meetings that are later than that."""
        return self.filter(at__gte=at)

    def by_user(self, user):
        return self.filter(activity__created_by=user)

    def in_order(self):
        """The oldest first."""
        return self.order_by("pk")


class Invitation(models.Model):
    """One email about a meeting to these addresses: an invitation or a change of it (REQUEST), or that it is canceled (CANCEL).
    It has the meeting as it was then, because that is what those invited know.

    It isn't tracked: what was sent stays sent, and an undo sends what follows from it (crm/work/invitations/invitation_sending.py). `uid`
    and `sequence` are those of RFC 5545; all emails about a meeting have the same `uid`.
    """

    class Method(models.TextChoices):
        REQUEST = "REQUEST"
        CANCEL = "CANCEL"

    class State(models.TextChoices):
        WAITING = "waiting"
        # Also one whose worker was killed while it sent it.
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    activity = models.ForeignKey(Activity, models.DO_NOTHING, db_constraint=False, related_name="invitations")
    method = models.CharField(max_length=10, choices=Method)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=300, blank=True, default="")
    uid = models.CharField(max_length=200)
    sequence = models.PositiveIntegerField()
    addresses = models.TextField()
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    place = models.CharField(max_length=LONGEST_PLACE, blank=True)
    at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            # The meeting of an answer.
            models.Index(fields=["uid"], name="invitation_uid"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def to(self) -> list[str]:
        return split_addresses(self.addresses)

    @property
    def ends_at(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)

    @property
    def is_request(self) -> bool:
        return self.method == self.Method.REQUEST

    @property
    def may_have_arrived(self) -> bool:
        return self.state != self.State.FAILED or self.problem == "unknown"


class InvitationAnswerQuerySet(OfActivityQuerySet):
    def standing_refusals(self):
        """The meetings and addresses of those who declined, and weren't invited once more since."""
        later = Invitation.objects.filter(
            activity=models.OuterRef("activity"),
            method=Invitation.Method.REQUEST,
            sequence__gt=models.OuterRef("sequence"),
        )
        rows = self.filter(~models.Exists(later), answer=InvitationAnswer.Answer.DECLINED)
        return rows.values_list("activity", "address")


class InvitationAnswer(models.Model):
    """The last answer of someone who is invited to a meeting, to the invitation with this `sequence`; `stamp` is when it was
    written. The address is in lower case."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", pgettext_lazy("an invitation", "accepted")
        DECLINED = "declined", pgettext_lazy("an invitation", "declined")
        TENTATIVE = "tentative", pgettext_lazy("an invitation", "tentative")
        PROPOSED = "proposed", pgettext_lazy("an invitation", "proposes another time")
        # No answer of theirs: another mail server has said that the email didn't arrive. The comment is why.
        FAILED = "failed", pgettext_lazy("an invitation", "not delivered")

    activity = models.ForeignKey(Activity, models.DO_NOTHING, db_constraint=False, related_name="answers")
    address = models.CharField(max_length=254)
    answer = models.CharField(max_length=10, choices=Answer)
    sequence = models.PositiveIntegerField()
    stamp = models.DateTimeField()
    comment = models.CharField(max_length=1000, blank=True, default="", db_default="")
    # The time that was proposed, if the answer named one.
    proposed_from = models.DateTimeField(null=True)
    proposed_to = models.DateTimeField(null=True)

    objects = InvitationAnswerQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("answer to an invitation")
        verbose_name_plural = _("answers to invitations")
        constraints = [
            models.UniqueConstraint(fields=["activity", "address"], name="invitation_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.answer}"

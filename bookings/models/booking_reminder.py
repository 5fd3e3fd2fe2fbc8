"""A reminder: that the visitor was, or is about to be, sent an email before the meeting."""

from datetime import timedelta

from django.db import models

from bookings.models.booking import Booking

# How long before the meeting each reminder is sent.
AHEAD = {"day": timedelta(days=1), "hour": timedelta(hours=1)}


class BookingReminderQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=BookingReminder.State.WAITING)

    def with_meeting(self):
        names = ("activity__created_by", "page__form", "submission")
        return self.select_related(*(f"booking__{name}" for name in names))


class BookingReminder(models.Model):
    """One email about a meeting at this time: a meeting that is moved has others. `ahead` is a key of AHEAD.

    It isn't tracked, because what was sent stays sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        # Also one whose worker was killed while it sent it.
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="reminders", db_index=False)
    ahead = models.CharField(max_length=4)
    at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)

    objects = BookingReminderQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["booking", "ahead", "at"], name="booking_reminder"),
        ]

    def __str__(self) -> str:
        return f"{self.ahead} {self.at}"

    @property
    def is_true(self) -> bool:
        """Whether the meeting is still planned for this time, and the visitor is still invited."""
        meeting = self.booking.activity
        stands = meeting.deleted_at is None and meeting.is_planned and meeting.at == self.at
        return stands and bool(self.booking.visitor_address)

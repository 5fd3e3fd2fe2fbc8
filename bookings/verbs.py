"""What visitors do through a booking page: book a meeting, move it and cancel it. They have no permissions, so the administrators of the
page decide; undoing requires those of users."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _lazy

from bookings.models import Booking, BookingPage
from crm.models import Change
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity
from crm.work.models.activity import Activity
from intake.models import Submission


class ThroughPage:
    """What these verbs share: their names say that a visitor did it."""

    icon = "calendar"
    title: Any

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title


@dataclass(frozen=True)
class BookMeeting(ThroughPage, AddActivity):
    """A planned meeting of the person who is booked, `by`, and its booking."""

    kind = "book_meeting"
    title = _lazy("Book a meeting through a booking page")

    type: str = Activity.Type.MEETING
    page: BookingPage | None = None
    submission: Submission | None = None
    zone: str = ""

    def write_consequences(self, record, changed):
        super().write_consequences(record, changed)
        for meeting in Change.objects.of_operation_and_parts(record, Activity.table).values_list(
            "row", flat=True
        ):
            Booking.objects.create(
                activity_id=meeting, page=self.page, submission=self.submission, zone=self.zone
            )


@dataclass(frozen=True)
class MoveMeeting(ThroughPage, EditActivity):
    kind = "move_booked_meeting"
    title = _lazy("Move a meeting through a booking page")

    type: str = Activity.Type.MEETING


@dataclass(frozen=True)
class CancelMeeting(ThroughPage, DeleteActivity):
    kind = "cancel_booked_meeting"
    title = _lazy("Cancel a meeting through a booking page")

    type: str = Activity.Type.MEETING

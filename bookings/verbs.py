"""What visitors do through a booking page: book a meeting, move it and cancel it. They have no permissions, so the administrators of the
page decide; undoing requires those of users."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _lazy

from bookings.models import Booking
from crm.models import Change
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity
from crm.work.models.activity import Activity


class ThroughPage:
    """What these verbs share: their names say that a visitor did it."""

    icon: ClassVar[str] = "calendar"
    title: ClassVar[Any]

    @classmethod
    def get_right(cls, model):
        return ""

    @classmethod
    def get_label(cls, parameters, kind):
        return cls.title


@dataclass(frozen=True)
class BookMeeting(ThroughPage, AddActivity):
    """A planned meeting of the person who is booked, `by`, and its booking through a page, which came with a submission."""

    kind = "book_meeting"
    title = _lazy("Book a meeting through a booking page")

    type: str = Activity.Type.MEETING
    page: Any = None
    submission: Any = None
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

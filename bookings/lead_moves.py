"""The status that a lead gets when a time is booked. What the rules of the status refuse doesn't refuse the booking: those who may change
the page are notified."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import BookingPage
from crm.models import Operation
from crm.platform.web.notifications import register_notice_kind
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.reasons import get_reason_sentence
from intake.failure_notifications import notify_once_a_day
from intake.models import Submission
from leads.models import Lead
from leads.verbs import Move
from leads.verbs.move import get_status_label

REFUSED = "booking_status_refused"


@dataclass(frozen=True)
class MoveByBooking(Move):
    """Visitors have no permissions, so the administrators of the page decide; undoing requires those of users."""

    @classmethod
    def get_right(cls, model):
        return ""


def move_booked_lead(page: BookingPage, submission: Submission) -> None:
    status: Any = page.status
    rows = Lead.objects.present().filter(pk=submission.lead_id)
    outcome = carry_out(MoveByBooking(status), rows, by=None, channel=Operation.Channel.SYSTEM)
    for code in outcome.refused:
        path = reverse("bookings:edit", args=[page.pk])
        notify_once_a_day(page, REFUSED, path, page=page.name, status=status.pk, code=code)


@register_notice_kind(REFUSED)
def describe_refused_move(values: dict) -> str:
    words = _("A lead that was booked through “%(page)s” couldn’t be moved to %(status)s: %(reason)s")
    reason = get_reason_sentence(values.get("code", "")).replace("%", "%%")
    status = get_status_label(values.get("status")).replace("%", "%%")
    return words % {"page": "%(page)s", "status": status, "reason": reason}

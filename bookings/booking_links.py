"""The signed link with which a visitor moves or cancels a meeting, and what the invitation says because it was booked."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, BookingPage
from crm.models import Invitation
from crm.work.invitations.invitation_emails import InvitationReader

SALT = "bookings.booking"


def build_booking_path(booking: Booking, signed: str = "") -> str:
    """`signed` is the part that the visitor has already: their address stays as it is, while a new one would have the time in it."""
    return f"{booking.page.path}/booking/{signed or signing.dumps(booking.pk, salt=SALT)}"


def find_signed_booking(page: BookingPage, token: str) -> Booking | None:
    """None if the link isn't ours, or its meeting was deleted permanently."""
    try:
        pk: Any = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Booking.objects.of_page(page).filter(pk=pk).with_meeting().first()


def is_changeable(booking: Booking) -> bool:
    """Whether the meeting is still to come and wasn't canceled."""
    meeting = booking.activity
    return meeting.deleted_at is None and meeting.at > timezone.now()


def get_invitation_reader(invitation: Invitation) -> InvitationReader | None:
    """The visitor who booked the meeting reads in the language of the page and on the clock that they chose. The link is for them
    alone, so an invitation that others get too doesn't have it."""
    booking = Booking.objects.of_activities([invitation.activity_id]).with_meeting().first()
    if booking is None:
        return None
    # Those of the page who have the meeting too may move and cancel it anyway.
    own = {host.email.lower() for host in booking.page.hosts}
    if {each.lower() for each in invitation.to} - own != {booking.visitor_email} - own:
        return None
    return InvitationReader(
        booking.page.form.language,
        booking.zone,
        lambda: [get_link_line(booking)] if invitation.is_request else [],
    )


def get_link_line(booking: Booking) -> str:
    """The line of an email with the link, in the current language."""
    link = f"{settings.SITE_URL}{build_booking_path(booking)}"
    return _("Move or cancel the meeting: %(link)s") % {"link": link}

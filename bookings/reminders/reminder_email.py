"""The email that reminds a visitor of a meeting, in the language of the form and on the clock that they chose."""

from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.translation import gettext as _

from bookings.booking_links import get_link_line
from bookings.models import BookingReminder
from crm.work.emails.mime_messages import find_route
from crm.work.invitations.invitation_emails import build_meeting_email, format_time_of_meeting


def build_reminder_email(reminder: BookingReminder) -> EmailMultiAlternatives:
    booking = reminder.booking
    meeting = booking.activity
    with translation.override(booking.page.form.language):
        names = ", ".join(host.name for host in booking.hosts)
        lines = [
            _("This is a reminder of your meeting with %(name)s.") % {"name": names},
            meeting.subject,
            format_time_of_meeting(meeting.at, meeting.ends_at, ZoneInfo(booking.zone)),
            meeting.place,
            get_link_line(booking),
        ]
        subject = _("Reminder: %(subject)s") % {"subject": meeting.subject}
        return build_meeting_email(
            meeting,
            subject,
            [line for line in lines if line],
            [booking.visitor_address],
            f"booking-reminder-{reminder.pk}",
            find_route(meeting.of, meeting.record, meeting.created_by),
        )

"""What booking pages add to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import LEADS, SettingsPage
from bookings.api.booking_pages import RESOURCES
from bookings.booking_links import get_invitation_reader
from bookings.demo import PARTS
from bookings.page_uses import find_booking_pages_using
from bookings.permissions import ROWS
from bookings.public.booking_page_views import OF_BOOKINGS
from bookings.settings_verbs import EVENTS
from bookings.status_replacement import replace_value_in_booking_pages
from bookings.verbs import BookMeeting, CancelMeeting, MoveMeeting
from product.contribution import Contribution, Navigation

PAGES = SettingsPage(
    _("Booking pages"),
    "bookings:list",
    "bookings.view_bookingpage",
    purpose=_("Visitors choose a free time of your people and book a meeting."),
    other_names=_("appointment, scheduling, calendar, meeting link, availability, slots"),
    shown_on=LEADS,
)
NEW_PAGE = SettingsPage(_("New booking page"), "bookings:new", "bookings.add_bookingpage")
OF_MEETINGS = (BookMeeting.kind, MoveMeeting.kind, CancelMeeting.kind)

CONTRIBUTION = Contribution(
    jobs=("bookings.booking_cleanup", "bookings.reminders.reminder_sending"),
    notifications=("bookings.lead_moves",),
    verbs=("bookings.settings_verbs", "bookings.verbs"),
    uses=(find_booking_pages_using,),
    value_replacements=(replace_value_in_booking_pages,),
    token_resources=RESOURCES,
    webhook_events=EVENTS,
    permission_rows=ROWS,
    navigation=Navigation(sales_settings=[PAGES], new_settings=[NEW_PAGE]),
    invitation_readers=(get_invitation_reader,),
    followed_meetings=OF_MEETINGS,
    lead_activity_verbs=OF_MEETINGS,
    recipient_links=("/book/",),
    public_forms=(OF_BOOKINGS,),
    demo_parts=PARTS,
)

"""The tables of booking pages."""

from bookings.models.booking import Booking
from bookings.models.booking_page import BookingPage
from bookings.models.booking_reminder import BookingReminder

__all__ = ["Booking", "BookingPage", "BookingReminder"]

"""The tables of booking pages."""

from bookings.models.booking import Booking
from bookings.models.booking_page import BookingPage

__all__ = ["Booking", "BookingPage"]

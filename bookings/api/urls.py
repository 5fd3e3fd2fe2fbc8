"""The URLs of booking pages and bookings in API v2."""

from django.urls import path

from bookings.api.booking_pages import BookingPages, BookingTimes, OneBookingPage
from bookings.api.bookings import Bookings, OneBooking

urlpatterns = [
    path("booking-pages", BookingPages.as_view(), name="own_booking_pages"),
    path("booking-pages/<str:pk>", OneBookingPage.as_view(), name="own_booking_page"),
    path("booking-pages/<str:pk>/times", BookingTimes.as_view(), name="own_booking_times"),
    path("bookings", Bookings.as_view(), name="own_bookings"),
    path("bookings/<str:pk>", OneBooking.as_view(), name="own_booking"),
]

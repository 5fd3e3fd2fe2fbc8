"""The URLs that visitors open to book a meeting, move it and cancel it."""

from django.urls import path

from bookings.views import book_time, booking, choose_time

urlpatterns = [
    path("/<slug:slug>", choose_time.choose_time, name="booking_page"),
    path("/<slug:slug>/time", book_time.book_time, name="booking_time"),
    path("/<slug:slug>/booking/<str:token>", booking.booking, name="booking"),
    path("/<slug:slug>/booking/<str:token>/move", booking.booking_move, name="booking_move"),
    path("/<slug:slug>/booking/<str:token>/cancel", booking.booking_cancel, name="booking_cancel"),
]

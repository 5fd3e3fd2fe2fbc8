"""The URLs of booking pages in Settings."""

from django.urls import path

from bookings.views import booking_page, booking_pages

app_name = "bookings"
urlpatterns = [
    path("", booking_pages.booking_pages, name="list"),
    path("/new", booking_page.booking_page_new, name="new"),
    path("/<int:pk>/edit", booking_page.booking_page_edit, name="edit"),
    path("/<int:pk>/delete", booking_page.booking_page_delete, name="delete"),
]

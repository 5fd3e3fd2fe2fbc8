"""Booking pages, when another status takes the place of the one that they move leads to."""

from bookings.models import BookingPage


def replace_value_in_booking_pages(parameter: str, old: int | str, new: int | str) -> None:
    """Within the operation that merges or deletes it, whose undo reverts the pages too."""
    if parameter == "status":
        BookingPage.objects.with_status(old).update(status_id=new)

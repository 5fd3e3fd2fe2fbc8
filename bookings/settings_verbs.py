"""The changes of booking pages as operations: the permission that each requires, also for its undo, and the events of webhooks."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bookings.models import BookingPage
from crm.records.editing.settings_change import register_settings_verb

WORDS = {
    "add_booking_page": ("add", _lazy("Add booking page %(name)s")),
    "edit_booking_page": ("change", _lazy("Edit booking page %(name)s")),
    "delete_booking_page": ("delete", _lazy("Delete booking page %(name)s")),
}


EVENTS = [
    (
        _lazy("Booking pages"),
        [
            ("add_booking_page", _lazy("booking page added")),
            ("edit_booking_page", _lazy("booking page edited")),
            ("delete_booking_page", _lazy("booking page deleted")),
            ("book_meeting", _lazy("meeting booked by a visitor")),
            ("move_booked_meeting", _lazy("meeting moved by a visitor")),
            ("cancel_booked_meeting", _lazy("meeting canceled by a visitor")),
        ],
    ),
]


def _register_page_verb(name: str, action: str, sentence: Any) -> None:
    def get_words(parameters: dict) -> str:
        rows = BookingPage.objects.filter(pk__in=parameters.get("rows", []))
        return sentence % {"name": ", ".join(row.label for row in rows) or _("(deleted)")}

    register_settings_verb(name, BookingPage.get_right(action), get_words)


for name, (action, sentence) in WORDS.items():
    _register_page_verb(name, action, sentence)

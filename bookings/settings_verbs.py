"""The changes of booking pages as operations: the permission that each requires, also for its undo."""

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


def _register_page_verb(name: str, action: str, sentence: Any) -> None:
    def get_words(parameters: dict) -> str:
        rows = BookingPage.objects.filter(pk__in=parameters.get("rows", []))
        return sentence % {"name": ", ".join(row.label for row in rows) or _("(deleted)")}

    register_settings_verb(name, BookingPage.get_right(action), get_words)


for name, (action, sentence) in WORDS.items():
    _register_page_verb(name, action, sentence)

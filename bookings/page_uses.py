"""Which booking pages name a user: shown before the user is deactivated."""

from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from bookings.models import BookingPage
from crm.records.kinds.record_uses import Uses, build_uses, get_visible_rows


def find_booking_pages_using(record: Any, viewer: Any) -> list[Uses]:
    if not isinstance(record, User):
        return []
    rows = list(BookingPage.objects.published().with_person(record).by_name())
    words = ngettext(
        "%(number)s booking page offers times of this user. It no longer does",
        "%(number)s booking pages offer times of this user. They no longer do",
        len(rows),
    )
    seen = get_visible_rows(viewer, rows, BookingPage.get_right("view"))
    may_edit = viewer.has_perm(BookingPage.get_right("change"))
    return build_uses(
        rows,
        words,
        [(row.name, reverse("bookings:edit", args=[row.pk]) if may_edit else "") for row in seen],
    )

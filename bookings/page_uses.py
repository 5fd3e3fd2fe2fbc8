"""Which booking pages name a user or a status: shown before the user is deactivated, or the status changed or retired."""

from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from bookings.models import BookingPage
from crm.records.kinds.record_uses import Retirement, Uses, build_uses, get_visible_rows
from leads.models import Status


def find_booking_pages_using(record: Any, viewer: Any) -> list[Uses]:
    if isinstance(record, User):
        return _find_pages_of_person(record, viewer)
    is_retired = isinstance(record, Retirement)
    status = record.of if is_retired else record
    return _find_pages_with_status(status, viewer, is_retired) if isinstance(status, Status) else []


def _find_pages_with_status(status: Status, viewer: Any, is_retired: bool) -> list[Uses]:
    rows = list(BookingPage.objects.published().with_status(status).by_name())
    words = (
        ngettext(
            "%(number)s booking page moves leads to this status. They will stay in theirs",
            "%(number)s booking pages move leads to this status. They will stay in theirs",
            len(rows),
        )
        if is_retired
        else ngettext(
            "%(number)s booking page moves leads to this status. If it’s merged or deleted, they will move to the replacement",
            "%(number)s booking pages move leads to this status. If it’s merged or deleted, they will move to the replacement",
            len(rows),
        )
    )
    return _build_page_uses(rows, words, viewer)


def _find_pages_of_person(record: User, viewer: Any) -> list[Uses]:
    rows = list(BookingPage.objects.published().with_person(record).by_name())
    words = ngettext(
        "%(number)s booking page offers times of this user. It no longer does",
        "%(number)s booking pages offer times of this user. They no longer do",
        len(rows),
    )
    return _build_page_uses(rows, words, viewer)


def _build_page_uses(rows: list[BookingPage], words: str, viewer: Any) -> list[Uses]:
    seen = get_visible_rows(viewer, rows, BookingPage.get_right("view"))
    may_edit = viewer.has_perm(BookingPage.get_right("change"))
    return build_uses(
        rows,
        words,
        [(row.name, reverse("bookings:edit", args=[row.pk]) if may_edit else "") for row in seen],
    )

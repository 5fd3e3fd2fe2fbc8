"""The lines of the list of booking pages: who can be booked, how many meetings are to come, and why a page can't be opened."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from bookings.form_obstacles import get_form_obstacle
from bookings.models import Booking, BookingPage


@dataclass(frozen=True)
class PageLine:
    """`people` are the names of those who can be booked, `coming` counts meetings, and `obstacle` is a sentence or ''."""

    page: BookingPage
    people: list[str]
    coming: int
    obstacle: str


def build_page_lines(pages: Iterable[BookingPage]) -> list[PageLine]:
    rows = list(pages)
    ids = {pk for row in rows for pk in row.people}
    names = dict(User.objects.active().filter(pk__in=ids).by_name().values_list("pk", "name"))
    coming = Booking.objects.count_coming(rows)
    return [
        PageLine(
            row,
            [name for pk, name in names.items() if pk in row.people],
            coming.get(row.pk, 0),
            get_form_obstacle(row.form) if row.published else "",
        )
        for row in rows
    ]

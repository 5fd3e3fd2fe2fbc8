"""The URLs of booking pages: their settings, and the pages that visitors open to book, move and cancel a meeting."""

from tests.matrix.oracle import ANYBODY, Row, form, get, post

RIGHT = "bookings.{}_bookingpage".format
SETTINGS = "admin/booking-pages"
ONE = f"{SETTINGS}/<int:pk>"
OF_ONE = {"of": "booking page"}
NEW = {
    "name": "somenew",
    "form": "{bookable_form}",
    "people": ["{bookable_user}"],
    "choice": "turn",
    "minutes": "30",
    "minutes_before": "0",
    "minutes_after": "0",
    "notice_hours": "4",
    "days_ahead": "60",
    "most_a_day": "0",
}
BOOK = "book/<slug:slug>"
SLUG = {"slug": "somebooking"}
TOKEN = SLUG | {"token": "{booking_token}"}

BOOKINGS: list[Row] = [
    *get(SETTINGS, RIGHT("view")),
    *form(f"{SETTINGS}/new", RIGHT("add"), data=NEW),
    *form(f"{ONE}/edit", RIGHT("change"), data=NEW, **OF_ONE),
    *post(f"{ONE}/delete", RIGHT("delete"), **OF_ONE),
    *get(BOOK, ANYBODY, fixed=SLUG),
    *form(f"{BOOK}/time", ANYBODY, fixed=SLUG, query="at=2000-01-01T10:00Z"),
    *get(f"{BOOK}/booking/<str:token>", ANYBODY, fixed=TOKEN),
    *form(f"{BOOK}/booking/<str:token>/move", ANYBODY, fixed=TOKEN),
    *post(f"{BOOK}/booking/<str:token>/cancel", ANYBODY, fixed=TOKEN),
]

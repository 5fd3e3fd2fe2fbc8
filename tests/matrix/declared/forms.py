"""The URLs of web forms and booking pages: their settings, and the public pages, which anyone may open and send."""

from tests.matrix.oracle import ADDS, ANYBODY, Row, form, get, post

VIEWS, CHANGES = "intake.view_webform", "intake.change_webform"
ONE = "admin/forms/<int:pk>"
NEW = {
    "name": "somenew",
    "language": "en",
    "department": "{department}",
    "source": "{source}",
    "task_days": "1",
    "duplicates": "add",
    "color": "#3056d3",
    "background": "#ffffff",
    "seconds": "3",
    "most_an_hour": "20",
    "days_kept": "365",
}
QUESTIONS = {"question-TOTAL_FORMS": "1", "question-INITIAL_FORMS": "0", "question-0-field": "email"}
PUBLIC = "forms/<slug:slug>"
SLUG = {"slug": "someform"}

FORMS: list[Row] = [
    *get("admin/forms", VIEWS),
    *form("admin/forms/new", "intake.add_webform", data=NEW),
    *get(ONE, VIEWS, of="web form"),
    *form(f"{ONE}/edit", CHANGES, of="web form", data=NEW),
    *form(f"{ONE}/questions", CHANGES, of="web form", data=QUESTIONS),
    *post(f"{ONE}/delete", "intake.delete_webform", of="web form"),
    *get(f"{ONE}/submissions", VIEWS, of="web form"),
    *get("admin/forms/submissions/<int:pk>", VIEWS, of="web submission"),
    *post("admin/forms/submissions/<int:pk>/process", CHANGES, ADDS, of="web submission"),
    *form("admin/forms/stop-words", CHANGES, data={"text": "somenew"}),
    *post("admin/forms/stop-words/<int:pk>/delete", CHANGES, of="stop word"),
    *get(PUBLIC, ANYBODY, fixed=SLUG, writes=("intake_formview",)),
    *post(PUBLIC, ANYBODY, fixed=SLUG, data={"last_name": "somenew"}),
    *get(f"{PUBLIC}/sent", ANYBODY, fixed=SLUG),
    *get(f"{PUBLIC}/confirmed", ANYBODY, fixed=SLUG),
    *get(f"{PUBLIC}/theme.css", ANYBODY, fixed=SLUG),
    *form(f"{PUBLIC}/confirm/<str:token>", ANYBODY, fixed=SLUG | {"token": "{form_token}"}),
]

RIGHT = "bookings.{}_bookingpage".format
PAGES = "admin/booking-pages"
PAGE = f"{PAGES}/<int:pk>"
NEW_PAGE = {
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
    "reminders": "day",
}
BOOK = "book/<slug:slug>"
BOOKING = {"slug": "somebooking"}
TOKEN = BOOKING | {"token": "{booking_token}"}

BOOKINGS: list[Row] = [
    *get(PAGES, RIGHT("view")),
    *form(f"{PAGES}/new", RIGHT("add"), data=NEW_PAGE),
    *form(f"{PAGE}/edit", RIGHT("change"), data=NEW_PAGE, of="booking page"),
    *post(f"{PAGE}/delete", RIGHT("delete"), of="booking page"),
    *get(BOOK, ANYBODY, fixed=BOOKING),
    *form(f"{BOOK}/time", ANYBODY, fixed=BOOKING, query="at=2000-01-01T10:00Z"),
    *get(f"{BOOK}/booking/<str:token>", ANYBODY, fixed=TOKEN),
    *form(f"{BOOK}/booking/<str:token>/move", ANYBODY, fixed=TOKEN),
    *post(f"{BOOK}/booking/<str:token>/cancel", ANYBODY, fixed=TOKEN),
]

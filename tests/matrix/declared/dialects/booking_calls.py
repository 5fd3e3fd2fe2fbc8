"""What API v2 does with booking pages and bookings."""

from tests.matrix.declared.dialects.call import Call
from tests.matrix.oracle import ON_LEADS

VIEW = "bookings.view_bookingpage"
PAGES, BOOKINGS = "api/v2/booking-pages", "api/v2/bookings"
ONE_PAGE = {"of": "booking page", "dialect": "own"}
ONE = {"of": "booking", "dialect": "own"}
CHANGES = {"rights": (VIEW, ON_LEADS.change), "changes": True}
# At a time that isn't free.
PAST = "2000-01-01T10:00:00Z"

BOOKING_CALLS = [
    Call("GET", PAGES, "booking_pages.get", (VIEW,), dialect="own"),
    Call("GET", f"{PAGES}/<str:pk>", "booking_pages.get", (VIEW,), **ONE_PAGE),
    Call("GET", f"{PAGES}/<str:pk>/times", "booking_pages.get", (VIEW,), **ONE_PAGE),
    Call("GET", BOOKINGS, "bookings.get", (VIEW, ON_LEADS.view), dialect="own"),
    Call(
        "POST",
        BOOKINGS,
        "bookings.post",
        (VIEW, ON_LEADS.add),
        data={"page": "{booking_page}", "at": PAST, "answers": {"email": "some@example.com"}},
        answers=(422,),
        dialect="own",
    ),
    Call("GET", f"{BOOKINGS}/<str:pk>", "bookings.get", (VIEW, ON_LEADS.view), **ONE),
    Call(
        "PATCH", f"{BOOKINGS}/<str:pk>", "bookings.put", data={"at": PAST}, answers=(422,), **CHANGES, **ONE
    ),
    Call("DELETE", f"{BOOKINGS}/<str:pk>", "bookings.delete", **CHANGES, **ONE),
]

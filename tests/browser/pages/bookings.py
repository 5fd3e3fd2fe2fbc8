"""The pages of bookings: their settings, and the pages that visitors see."""

import re
from html import unescape

BOOKINGS = {
    "bookings:list": "/admin/booking-pages",
    "bookings:new": "/admin/booking-pages/new",
    "bookings:edit": "/admin/booking-pages/{booking_page}/edit",
    "booking_page": "/book/meet-us?zone=Europe/Bucharest",
    "booking_time": "/book/meet-us/time?at=2026-01-05T10:00Z&zone=UTC",
    "booking": "/book/meet-us/booking/{booking_token}",
    "booking_move": "/book/meet-us/booking/{booking_token}/move",
}


def add_a_booking_page(browser, department: int, source: int, user: int) -> str:
    """With a form of its own, as an administrator adds them, and booked once. Returns the token in the link of the booking."""
    values = {"language": "en", "source": source, "task_days": "1", "duplicates": "add", "published": "on"}
    values |= {
        "color": "#3056d3",
        "background": "#ffffff",
        "seconds": "0",
        "most_an_hour": "20",
        "days_kept": "365",
    }
    browser.get("/admin/forms/new")
    browser.post("/admin/forms/new", name="Meet us", department=department, **values)
    browser.get("/admin/booking-pages/new")
    form = browser.page.rpartition(">Meet us</option>")[0].rpartition('value="')[2].partition('"')[0]
    rules = {
        "choice": "turn",
        "minutes": "30",
        "minutes_before": "0",
        "minutes_after": "15",
        "most_a_day": "0",
    }
    rules |= {"notice_hours": "4", "days_ahead": "60", "reminders": "day", "published": "on"}
    browser.post("/admin/booking-pages/new", name="Meet us", form=form, people=user, **rules)
    return _book(browser)


def _book(browser) -> str:
    browser.get("/book/meet-us?zone=UTC")
    begins = re.search('name="at" value="([^"]+)"', browser.page)[1]
    browser.get(f"/book/meet-us/time?at={begins}&zone=UTC")
    state = unescape(re.search('name="form_state" value="([^"]+)"', browser.page)[1])
    answers = {"last_name": "Visitorqq", "email": "visitorqq@example.com"}
    browser.post("/book/meet-us/time", at=begins, zone="UTC", form_state=state, **answers)
    return re.search('href="/book/meet-us/booking/([^"/]+)/move', browser.page)[1]

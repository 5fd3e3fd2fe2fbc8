"""What calendars and booking links say of a visitor, before and after an erasure."""

import re

import pytest
from django.test import Client

from bookings.models import Booking
from tests.bookings.conftest import DAY, book, hosts, make_form, make_page, value, visitor

__all__ = ["book", "hosts", "make_form", "make_page", "visitor"]
NAME, EMAIL = "Quixmail", "zq.booked@quixmail.example"


@pytest.fixture
def feed(sign_in, bob) -> str:
    """The address of Bob's calendar feed."""
    text = sign_in(bob).post("/profile/calendar").content.decode()
    return re.search(r'value="http[^"]+(/calendar/[^"]+[.]ics)"', text)[1]


@pytest.fixture
def booked(make_page, book, feed, bob) -> str:
    """The link of the visitor."""
    return book(make_page(), value("10:00"), last_name=NAME, email=EMAIL, description=f"I am {NAME}").url


def read_feed(feed: str) -> str:
    return Client().get(feed).content.decode().replace("\r\n ", "")


def read_calendar(browser) -> str:
    return browser.get(f"/admin/tasks/calendar?day={DAY}&hours=all").content.decode()


def test_an_erasure_reaches_the_feed_the_calendar_and_the_link_of_a_booking(
    booked, feed, sign_in, bob, erased, visitor
):
    browser = sign_in(bob)
    assert NAME in read_feed(feed)
    assert NAME in read_calendar(browser)
    booking = Booking.objects.with_meeting().get()
    assert EMAIL in booking.activity.invited
    erased({"lead": [booking.activity.record]})
    for text in (read_feed(feed), read_calendar(browser), visitor.get(booked).text):
        assert NAME.lower() not in text.lower()
    booking = Booking.objects.with_meeting().get()
    assert (
        NAME.lower()
        not in " ".join([booking.activity.text, booking.activity.subject, booking.activity.invited]).lower()
    )

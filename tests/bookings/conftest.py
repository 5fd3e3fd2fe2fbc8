"""Booking pages for the tests, and visitors who book through them as a browser does."""

import re
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest

from accounts.models import User
from bookings.models import BookingPage
from crm.records.history.verb_execution import operation
from tests.intake.conftest import make_form, visitor

__all__ = ["make_form", "visitor"]

# A Wednesday of the next weeks: every time of it is still to come.
DAY = datetime.now(UTC).date() + timedelta(days=14)
DAY += timedelta(days=(2 - DAY.weekday()) % 7)


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), UTC)


@pytest.fixture
def hosts(ann, bob):
    """On the clock of UTC."""
    User.objects.update(time_zone="UTC")
    return [User.objects.get(pk=user.pk) for user in (ann, bob)]


@pytest.fixture
def make_page(make_form, hosts):
    def make(name: str = "Consultation", people=None, form=None, **values) -> BookingPage:
        given = {"slug": "consultation", "minutes": 60, "people": [host.pk for host in people or hosts[1:]]}
        form = form or make_form()
        with operation("test", by=None):
            return BookingPage.objects.create(name=name, form=form, **given | values)

    return make


def state_in(page) -> str:
    return unescape(re.search(r'name="form_state" value="([^"]*)"', page.text)[1])


def times_in(page) -> list[str]:
    return re.findall(r'name="at" value="([^"]*)"', page.text)


@pytest.fixture
def book(visitor):
    """book(page, "2026-12-01T10:00Z", last_name="Pop", …) opens the questions and sends them."""

    def sent(page: BookingPage, begins: str, query: str = "", **values):
        opened = visitor.get(f"{page.path}/time?at={begins}&zone=UTC&{query}")
        given = {"form_state": state_in(opened), "at": begins, "zone": "UTC"}
        given |= {"last_name": "Pop", "email": "dan@example.com"}
        return visitor.post(f"{page.path}/time", given | values)

    return sent


def value(clock: str, day: date = DAY) -> str:
    return f"{day}T{clock}Z"

"""bookings: what was booked, the free times of a page, and booking one after a question."""

import pytest
from leadwell.failures import Exit

from bookings.models import Booking
from crm.models import Invitation
from tests.bookings.conftest import DAY, hosts, make_form, make_page

__all__ = ["hosts", "make_form", "make_page"]

WORDS = ("bookings", "book", "Consultation", f"{DAY}T10:00Z")
ANSWERS = ("last_name=Berg", "email=eva@example.com")


@pytest.fixture
def types(signed_in, ada, make_page):
    make_page()
    return signed_in(ada)


def test_free_times_are_those_of_the_page(types):
    found = types("bookings", "free", "consultation", "--from", DAY, "-o", "csv").lines
    assert found[:3] == ["at", f"{DAY}T09:00:00Z", f"{DAY}T09:30:00Z"]
    shown = types("bookings", "free", "Consultation", "--from", DAY)
    assert f"{DAY} " in shown.out
    assert "The next free time after these days" in shown.err


def test_a_time_is_booked_and_listed(types, make_lead, hosts):
    lead = make_lead("Eva Berg", owner=hosts[1])
    booked = types(*WORDS, *ANSWERS, "--lead", lead.pk, "--yes")
    booking = Booking.objects.get()
    assert booked.out == f"{booking.pk}\n"
    assert f"for lead {lead.pk}" in booked.err
    assert Invitation.objects.get().to == ["eva@example.com"]
    (row,) = types("bookings", "list", "--page", "Consultation", "-o", "json").json
    assert (row["id"], row["at"], row["record"]) == (booking.pk, f"{DAY}T10:00:00Z", lead.pk)
    assert "Consultation" in types("bookings", "list").out


def test_nothing_is_booked_without_a_yes(types):
    types(*WORDS, *ANSWERS, typed="n\n", at_terminal=True, code=None)
    types(*WORDS, *ANSWERS, code=Exit.USAGE)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("book", "Consultation", "soon", *ANSWERS), "is no time"),
        (("book", "Consultation", f"{DAY}T10:00Z", "email"), "is no answer"),
        (("book", "Nothing", f"{DAY}T10:00Z", *ANSWERS), "isn't one of the booking pages: Consultation"),
        (("book", "Consultation", f"{DAY}T03:00Z", *ANSWERS), "This time isn't free"),
        (("free", "Consultation", "--from", "soon"), "Send a date like 2026-11-20."),
    ],
)
def test_what_is_wrong_is_said_and_books_nothing(types, words, part):
    yes = ["--yes"] if words[0] == "book" else []
    answered = types("bookings", *words, *yes, code=None)
    assert answered.code in (Exit.REFUSED, Exit.USAGE)
    assert part in answered.err
    assert not Booking.objects.exists()

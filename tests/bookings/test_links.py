"""The signed link of a booking: moving and canceling, and what old links say."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.booking_links import build_booking_path
from bookings.models import Booking
from crm.models import Activity, Invitation, Operation
from crm.records.history.verb_execution import operation
from tests.bookings.conftest import at, times_in, value


@pytest.fixture
def booked(make_page, book, monkeypatch):
    """The link of a meeting that was booked an hour ago: what signs it has the time in it."""
    book(make_page(minutes_after=15), value("10:00"))
    Invitation.objects.update(state="sent")
    with monkeypatch.context() as earlier:
        an_hour_ago = time.time() - 3600
        earlier.setattr("django.core.signing.time.time", lambda: an_hour_ago)
        return build_booking_path(Booking.objects.get())


def get_meeting() -> Activity:
    return Activity.objects.meetings().get()


def assert_changed_the_lead(kind: str) -> None:
    """Changes lists the operation with the lead of the meeting."""
    verdict = Operation.objects.get(kind=kind).get_all_verdicts().get()
    assert (verdict.word, verdict.table, verdict.ids) == ("changed", "lead", [get_meeting().record])


def test_the_page_of_a_booking_says_when_it_is_and_with_whom(booked, visitor):
    page = visitor.get(booked)
    assert "10:00–11:00" in page.text
    assert "Bob" in page.text
    assert "The meeting is booked." in page.text
    # The script of the page of free times leaves a time zone in the address as it is.
    assert f'href="{booked}/move?zone=UTC"' in page.text


def test_a_visitor_cancels_the_meeting_and_the_time_is_free_again(booked, visitor, book):
    assert visitor.post(f"{booked}/cancel").url == booked
    assert get_meeting().deleted_at
    assert Invitation.objects.latest("pk").method == "CANCEL"
    assert_changed_the_lead("cancel_booked_meeting")
    assert "This meeting was canceled." in visitor.get(booked).text
    assert book(Booking.objects.get().page, value("10:00")).status_code == 302


def test_a_visitor_moves_the_meeting_to_a_time_that_overlaps_its_own(booked, visitor):
    assert value("10:30") in times_in(visitor.get(f"{booked}/move?from={value('10:00')[:10]}"))
    assert visitor.post(f"{booked}/move", {"at": value("10:30")}).url == booked
    assert get_meeting().at == at("10:30")
    assert get_meeting().is_planned
    last = Invitation.objects.latest("pk")
    assert (last.method, last.at, last.sequence) == ("REQUEST", at("10:30"), 1)
    assert Operation.objects.get(kind="move_booked_meeting").by is None
    assert_changed_the_lead("move_booked_meeting")


def test_a_meeting_that_a_colleague_made_longer_is_moved_with_its_length(booked, visitor, book):
    book(Booking.objects.get().page, value("14:00"))
    with operation("test", by=None):
        Activity.objects.filter(at=at("10:00")).update(minutes=120)
    assert visitor.post(f"{booked}/move", {"at": value("12:30")}).status_code == 409
    assert visitor.post(f"{booked}/move", {"at": value("11:30")}).status_code == 302


@pytest.mark.parametrize(
    "moment", [value("08:00"), value("11:15"), "soon", "", "0001-01-01T00:00Z", "9999-12-31T23:00Z"]
)
def test_a_meeting_isnt_moved_to_a_time_that_isnt_free(booked, visitor, book, moment):
    book(Booking.objects.get().page, value("11:30"))
    answer = visitor.post(f"{booked}/move", {"at": moment})
    assert answer.status_code == 409
    assert Activity.objects.meetings().order_by("pk").first().at == at("10:00")


def test_what_was_canceled_or_has_begun_cant_be_changed(booked, visitor):
    with operation("test", by=None):
        Activity.objects.meetings().update(at=timezone.now() - timedelta(minutes=5))
    assert "This meeting has begun or is over." in visitor.get(booked).text
    visitor.post(f"{booked}/cancel")
    assert visitor.get(f"{booked}/move").url == booked
    visitor.post(f"{booked}/move", {"at": value("12:00")})
    assert get_meeting().deleted_at is None
    assert get_meeting().at < timezone.now()


def test_a_link_that_isnt_ours_or_is_of_another_page_isnt_found(booked, make_page, visitor):
    other = make_page("Demo", slug="demo", form=Booking.objects.get().page.form)
    token = booked.rpartition("/")[2]
    for path in (f"{other.path}/booking/{token}", f"{booked}x", f"{other.path}/booking/x"):
        assert visitor.get(path).status_code == 404
        assert visitor.post(f"{path}/cancel").status_code == 404
        assert visitor.post(f"{path}/move", {"at": value("12:00")}).status_code == 404
    assert get_meeting().deleted_at is None


def test_a_link_works_after_its_page_was_deleted(booked, visitor):
    page = Booking.objects.get().page
    with operation("test", by=None):
        type(page).objects.filter(pk=page.pk).retire()
    assert visitor.get(build_booking_path(Booking.objects.get())).status_code == 200
    assert visitor.post(f"{booked}/cancel").status_code == 302
    assert get_meeting().deleted_at

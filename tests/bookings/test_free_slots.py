"""The times that a booking page offers, as a table on the function itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.free_busy.free_times import UserTimes
from accounts.free_busy.time_spans import Span
from bookings.free_slots import BookedMeeting, iterate_slots
from bookings.models import BookingPage


def span(text: str) -> Span:
    first, last = (
        datetime.fromisoformat(f"2027-06-16T{clock}").replace(tzinfo=UTC) for clock in text.split("-")
    )
    return Span(first, last)


# The rules of the page; what keeps the person busy; what was booked, through page 1, each with its free time around; the times.
CASES = {
    "along the working hours": ({}, [], [], "09:00 09:30 10:00 10:30 11:00"),
    "a meeting in between": ({}, ["10:00-10:30"], [], "09:00 10:30 11:00"),
    "a short meeting begins at each quarter": ({"minutes": 15}, ["09:30-12:00"], [], "09:00 09:15"),
    "free time before": ({"minutes_before": 15}, ["09:00-10:00"], [], "10:30 11:00"),
    "free time after": ({"minutes_after": 15}, ["11:00-12:00"], [], "09:00 09:30"),
    "free time reaches beyond the working hours": ({"minutes_before": 60, "minutes_after": 60}, [], [], "09:00 09:30 10:00 10:30 11:00"),
    "the free time around a booking": ({}, ["10:00-10:30"], [("10:00-10:30", "09:45-10:45")], "11:00"),
    "both free times may overlap": ({"minutes_before": 30}, ["09:00-10:00"], [("09:00-10:00", "08:30-10:30")], "10:30 11:00"),
    "as many as a day may have": ({"most_a_day": 1}, ["09:00-10:00"], [("09:00-10:00", "09:00-10:00")], ""),
    "fewer than a day may have": ({"most_a_day": 2}, ["09:00-10:00"], [("09:00-10:00", "09:00-10:00")], "10:00 10:30 11:00"),
    "longer than the working hours": ({"minutes": 240}, [], [], ""),
}  # fmt: skip


@pytest.mark.parametrize(("rules", "busy", "booked", "expected"), CASES.values(), ids=CASES)
def test_a_page_offers_these_times(rules, busy, booked, expected):
    page = BookingPage(pk=1, **{"minutes": 60} | rules)
    times = UserTimes([span("09:00-12:00")], [span(each) for each in busy], [])
    meetings = [BookedMeeting(1, span(meeting), span(padded)) for meeting, padded in booked]
    found = iterate_slots(page, span("00:00-23:59"), times, meetings, ZoneInfo("UTC"))
    assert " ".join(f"{begins:%H:%M}" for begins in found) == expected


def test_bookings_of_another_page_dont_count_for_the_limit_of_a_day():
    page = BookingPage(pk=2, minutes=60, most_a_day=1)
    times = UserTimes([span("09:00-11:00")], [], [])
    booked = [BookedMeeting(1, span("14:00-15:00"), span("14:00-15:00"))]
    assert len(list(iterate_slots(page, span("00:00-23:59"), times, booked, ZoneInfo("UTC")))) == 3


def test_only_times_in_the_period_are_offered():
    page = BookingPage(pk=1, minutes=60)
    times = UserTimes([span("09:00-12:00")], [], [])
    found = iterate_slots(page, span("09:30-10:30"), times, [], ZoneInfo("UTC"))
    assert [f"{begins:%H:%M}" for begins in found] == ["09:30", "10:00"]


def test_a_full_day_leaves_the_next_one_free():
    page, day = BookingPage(pk=1, minutes=60, most_a_day=1), timedelta(days=1)
    today = span("09:00-11:00")
    working = [today, Span(today.begins + day, today.ends + day)]
    period = Span(today.begins - day, today.ends + day)
    booked = [BookedMeeting(1, span("09:00-10:00"), span("09:00-10:00"))]
    found = list(iterate_slots(page, period, UserTimes(working, [], []), booked, ZoneInfo("UTC")))
    assert {begins.date() for begins in found} == {working[1].begins.date()}
    assert len(found) == 3

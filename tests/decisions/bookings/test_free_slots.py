"""The times that a booking page offers: of one person, of several, and what was booked with whom."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.free_busy.free_times import UserTimes
from accounts.free_busy.time_spans import Span
from accounts.models import User
from bookings import free_slots
from bookings.free_slots import BookedMeeting, get_free_slots, iterate_free_moments, iterate_slots
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
    "as long as the working hours": ({"minutes": 180}, [], [], "09:00"),
    "two meetings with a gap that fits": ({}, ["09:00-10:00", "11:00-12:00"], [], "10:00"),
    "two meetings with a gap that is too short": ({}, ["09:00-10:00", "10:30-11:00"], [], "11:00"),
    "several meetings before the first time": ({}, ["07:00-08:00", "08:00-09:00", "09:00-09:30"], [], "09:30 10:00 10:30 11:00"),
    "busy until the end": ({}, ["09:00-12:00"], [], ""),
    "more than a day may have": ({"most_a_day": 1}, [], [("07:00-07:30", "07:00-07:30"), ("08:00-08:30", "08:00-08:30")], ""),
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


# The period, and the times in it: meetings may end after it.
PERIODS = {
    "with its first moment, and without its last one": ("09:30-10:30", "09:30 10:00"),
    "between two times": ("09:45-10:29", "10:00"),
    "none of the times": ("09:01-09:29", ""),
    "before the working hours": ("07:00-09:00", ""),
    "after the last time": ("11:01-13:00", ""),
}


@pytest.mark.parametrize(("period", "expected"), PERIODS.values(), ids=PERIODS)
def test_only_times_in_the_period_are_offered(period, expected):
    page = BookingPage(pk=1, minutes=60)
    times = UserTimes([span("09:00-12:00")], [], [])
    found = iterate_slots(page, span(period), times, [], ZoneInfo("UTC"))
    assert " ".join(f"{begins:%H:%M}" for begins in found) == expected


def test_a_full_day_leaves_the_next_one_free():
    page, day = BookingPage(pk=1, minutes=60, most_a_day=1), timedelta(days=1)
    today = span("09:00-11:00")
    working = [today, Span(today.begins + day, today.ends + day)]
    period = Span(today.begins - day, today.ends + day)
    booked = [BookedMeeting(1, span("09:00-10:00"), span("09:00-10:00"))]
    found = list(iterate_slots(page, period, UserTimes(working, [], []), booked, ZoneInfo("UTC")))
    assert {begins.date() for begins in found} == {working[1].begins.date()}
    assert len(found) == 3


def test_a_day_is_full_on_the_clock_of_the_person():
    page, times = BookingPage(pk=1, minutes=60, most_a_day=1), UserTimes([span("13:00-17:00")], [], [])
    # In Tokyo, it is the next day from 15:00 on.
    booked = [BookedMeeting(1, span("16:00-17:00"), span("16:00-16:00"))]
    found = iterate_slots(page, span("00:00-23:59"), times, booked, ZoneInfo("Asia/Tokyo"))
    assert [f"{begins:%H:%M}" for begins in found] == ["13:00", "13:30", "14:00", "14:30"]


# The free moments of each person, whether they are booked together, and the moments that the page offers.
OFFERED: dict[str, tuple[list[str], str, str]] = {
    "of one person": (["09:00 10:00"], "first", "09:00 10:00"),
    "of one of several": (["09:00 10:00", "09:30 10:00"], "turn", "09:00 09:30 10:00"),
    "at which all are free": (["09:00 10:00 11:00", "09:30 10:00 11:00", "10:00"], "all", "10:00"),
    "at which not all are free": (["09:00", "10:00"], "all", ""),
    "of no one": ([], "first", ""),
}


@pytest.mark.parametrize(("free", "choice", "expected"), OFFERED.values(), ids=OFFERED)
def test_which_moments_a_page_offers_with_several_people(free, choice, expected, monkeypatch):
    slots = {
        pk: iter([span(f"{clock}-23:59").begins for clock in each.split()]) for pk, each in enumerate(free)
    }
    monkeypatch.setattr(free_slots, "get_free_slots", lambda *asked, without_meeting: slots)
    found = iterate_free_moments(BookingPage(choice=choice), [], span("00:00-23:59"), NOW)
    assert " ".join(f"{begins:%H:%M}" for begins in found) == expected


NOW = datetime(2027, 6, 16, 8, 15, tzinfo=UTC)
DAY = timedelta(days=1)
# The rules of the page, the hours from now on that are asked for, and the first and last times that it offers, in hours from midnight.
LIMITS: dict[str, tuple[dict[str, int], tuple[int, int], tuple[float, float] | None]] = {
    "from now on": ({"notice_hours": 0}, (-8, 24), (8.5, 32)),
    "so many hours after now": ({"notice_hours": 4}, (-8, 24), (12.5, 32)),
    "the notice is over before the period": ({"notice_hours": 4}, (10, 24), (18.5, 32)),
    "within the days ahead": ({"notice_hours": 0, "days_ahead": 1}, (-8, 80), (8.5, 32)),
    "the days ahead are over": ({"notice_hours": 0, "days_ahead": 1}, (24, 80), None),
    "the notice is longer than the days ahead": ({"notice_hours": 48, "days_ahead": 1}, (-8, 80), None),
}


@pytest.mark.parametrize(("rules", "hours", "ends"), LIMITS.values(), ids=LIMITS)
def test_a_page_offers_times_between_its_notice_and_its_days_ahead(rules, hours, ends, monkeypatch):
    midnight = span("00:00-23:59").begins
    spans: list[Span] = []

    def get_times(hosts, around, *, without_meeting):
        spans.append(around)
        return {host.pk: UserTimes([Span(midnight - DAY, midnight + 9 * DAY)], [], []) for host in hosts}

    monkeypatch.setattr(free_slots, "get_user_times", get_times)
    monkeypatch.setattr(free_slots, "_get_booked_meetings", lambda *asked: {})
    period = Span(*(NOW + timedelta(hours=each) for each in hours))
    page, ann = BookingPage(pk=1, minutes=30, **rules), User(pk=7, time_zone="UTC")
    found = [(one - midnight) / timedelta(hours=1) for one in get_free_slots(page, [ann], period, NOW)[7]]
    assert (found and (found[0], found[-1])) == (ends or [])
    # A day more on both sides: meetings there may be in the way, or fill a day.
    assert all(
        around.begins <= max(period.begins, NOW) - DAY + timedelta(hours=rules["notice_hours"])
        and around.ends >= min(period.ends, NOW + page.days_ahead * DAY) + DAY
        for around in spans
    )
    assert bool(spans) is (ends is not None)


ANN, BOB, OUTSIDER = 1, 2, 3
AT = span("10:00-10:30")
# The author and the guests of a booked meeting, its minutes, and with whom of Ann and Bob it is.
BOOKED: dict[str, tuple[int, str, int | None, set[int]]] = {
    "of its author": (ANN, "", 30, {ANN}),
    "of an invited colleague": (OUTSIDER, "visitor@a.example, BOB@example.com", 30, {BOB}),
    "of its author and an invited one": (ANN, "bob@example.com", 30, {ANN, BOB}),
    "of its author, who is invited too": (ANN, "ann@example.com", 30, {ANN}),
    "of others": (OUTSIDER, "visitor@a.example", 30, set()),
    "without a length": (ANN, "", None, {ANN}),
}


@pytest.mark.parametrize(("author", "invited", "minutes", "people"), BOOKED.values(), ids=BOOKED)
def test_with_whom_a_meeting_is_booked_and_what_it_keeps_clear(author, invited, minutes, people, monkeypatch):
    asked: list[Any] = []

    class Rows:
        """Stands for the rows of the bookings, and notes what is asked of them."""

        def __getattr__(self, name):
            return lambda *given: asked.append((name, *given)) or self

        def values_list(self, *columns):
            # The second one is about to be moved, so it keeps no one busy.
            times = {70: AT.begins, 71: AT.begins + timedelta(hours=2)}
            return [(pk, author, invited, at, minutes, 8, 15, 20) for pk, at in times.items()]

    monkeypatch.setattr(free_slots, "Booking", SimpleNamespace(objects=Rows()))
    hosts = [User(pk=ANN, email="ann@example.com"), User(pk=BOB, email="Bob@example.com")]
    found = free_slots._get_booked_meetings(hosts, span("08:00-18:00"), 71)
    length = timedelta(minutes=minutes or 0)
    meeting = Span(AT.begins, AT.begins + length)
    padded = Span(AT.begins - timedelta(minutes=15), meeting.ends + timedelta(minutes=20))
    assert {pk: meetings for pk, meetings in found.items() if pk != OUTSIDER} == {
        pk: [BookedMeeting(8, meeting, padded)] for pk in people
    }
    assert asked == [
        ("standing",),
        ("of_hosts", [ANN, BOB]),
        ("begins_between", span("08:00-18:00").begins, span("08:00-18:00").ends),
    ]

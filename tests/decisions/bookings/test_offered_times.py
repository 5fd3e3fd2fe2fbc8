"""What a visitor of a booking page sees times in, which week it shows, and which times of an address can be offered at all."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.free_busy.time_spans import Span
from accounts.models import User
from bookings.models import BookingPage
from bookings.public import offered_times
from bookings.public.offered_times import (
    FORMAT,
    OfferedTime,
    OfferedWeek,
    get_offered_week,
    get_other_times,
    get_visitor_zone,
    parse_time,
)

FIRST, SECOND = User(time_zone="Europe/Bucharest"), User(time_zone="Europe/Lisbon")
# What was chosen, whose times are offered, and the zone.
ZONES = {
    "a zone was chosen": ("Asia/Tokyo", [FIRST, SECOND], "Asia/Tokyo"),
    "a zone was chosen, but no one's times are offered": ("Asia/Tokyo", [], "Asia/Tokyo"),
    "none was chosen": ("", [FIRST, SECOND], "Europe/Bucharest"),
    "a zone that there isn't": ("Mars/Olympus", [SECOND, FIRST], "Europe/Lisbon"),
    "none was chosen, and no one's times are offered": ("", [], "UTC"),
}


@pytest.mark.parametrize("name", ZONES)
def test_the_zone_that_a_visitor_sees_times_in(name):
    chosen, hosts, zone = ZONES[name]
    assert str(get_visitor_zone(chosen, hosts)) == zone


# Days from now, and whether it can be a time of a page.
DISTANCES = {"tomorrow": (1, True), "yesterday": (-1, True), "in almost two years": (729, True)}
DISTANCES |= {"in more than two years": (731, False), "more than two years ago": (-731, False)}


@pytest.mark.parametrize("name", DISTANCES)
def test_times_more_than_two_years_away_are_none(name):
    days, offered = DISTANCES[name]
    moment = timezone.now().replace(second=0, microsecond=0) + timedelta(days=days)
    assert parse_time(moment.strftime(FORMAT)) == (moment if offered else None)


def test_a_time_in_exactly_two_years_is_none(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    for days, offered in ((729, True), (730, False), (-730, False)):
        moment = NOW + timedelta(days=days)
        assert parse_time(moment.strftime(FORMAT)) == (moment if offered else None)


@pytest.mark.parametrize("text", ["", "soon", "2027-01-01", "2027-01-01T10:00", "2027-13-01T10:00Z"])
def test_a_text_that_is_no_time_is_none(text):
    assert parse_time(text) is None


def test_a_time_is_read_in_utc():
    day = timezone.now().astimezone(UTC).date() + timedelta(days=3)
    assert parse_time(f"{day}T10:30Z") == datetime(day.year, day.month, day.day, 10, 30, tzinfo=UTC)


# In Bucharest, it is half past midnight of 26 November.
NOW = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 26), timedelta(days=1)
BUCHAREST = ZoneInfo("Europe/Bucharest")


@pytest.fixture
def week_of(monkeypatch, rf):
    """week_of({"from": "2026-11-26"}, ["2026-11-27T10:00"], days_ahead=30): the week that a page shows whose people are free at
    these moments, and the periods that it looked for them in."""

    def get_week(query: dict[str, str], free=(), **rules: Any) -> tuple[OfferedWeek, list[Span]]:
        moments = [datetime.fromisoformat(f"{each}Z") for each in free]
        periods: list[Span] = []

        def iterate(page, hosts, period, now, *, without_meeting):
            periods.append(period)
            return iter([moment for moment in moments if period.begins <= moment < period.ends])

        monkeypatch.setattr(timezone, "now", lambda: NOW)
        monkeypatch.setattr(offered_times, "iterate_free_moments", iterate)
        page = BookingPage(**{"notice_hours": 0, "days_ahead": 30} | rules)
        return get_offered_week(rf.get("/book/x", query), page, [], BUCHAREST), periods

    return get_week


# The first day that is asked for, the first one that is shown, and those of the weeks before and after; all in days from today. The page
# offers 30 days.
WEEKS: dict[str, tuple[int, int, int | None, int | None]] = {
    "the first week": (0, 0, None, 7),
    "a day that is too soon": (-4, 0, None, 7),
    "the second day": (1, 1, 0, 8),
    "some days later": (3, 3, 0, 10),
    "the second week": (7, 7, 0, 14),
    "a later week": (16, 16, 9, 23),
    "the last week with one after it": (23, 23, 16, 30),
    "the last week": (24, 24, 17, None),
    "the last day": (30, 30, 23, None),
    "a day beyond the days ahead": (31, 30, 23, None),
    "a day long after them": (400, 30, 23, None),
}


@pytest.mark.parametrize(("asked", "first", "earlier", "later"), WEEKS.values(), ids=WEEKS)
def test_a_week_and_those_before_and_after_it_stay_within_the_limits(asked, first, earlier, later, week_of):
    week, _periods = week_of({"from": str(TODAY + asked * DAY)})
    shown = [one and (one - TODAY).days for one in (week.first, week.earlier, week.later)]
    assert shown == [first, earlier, later]
    assert week.last == week.first + timedelta(days=6)


# The rules of the page, and the first day that it shows, in days from today.
FIRST_DAYS = {
    "without a notice": ({"notice_hours": 0}, 0),
    "a notice within today": ({"notice_hours": 23}, 0),
    "a notice until tomorrow": ({"notice_hours": 24}, 1),
    "a notice that is longer than the days ahead": ({"notice_hours": 72, "days_ahead": 1}, 3),
}


@pytest.mark.parametrize("text", ["", "soon", "2026-11-31"], ids=["no day", "a word", "no such day"])
@pytest.mark.parametrize(("rules", "days"), FIRST_DAYS.values(), ids=FIRST_DAYS)
def test_without_a_day_the_first_possible_one_is_shown(rules, days, text, week_of):
    week, _periods = week_of({"from": text}, **rules)
    assert (week.first, week.earlier) == (TODAY + days * DAY, None)


def test_the_days_of_a_week_are_those_of_the_visitor(week_of):
    free = [
        "2026-11-26T21:59",
        "2026-11-26T22:00",
        "2026-11-27T10:00",
        "2026-12-02T21:59",
        "2026-12-02T22:00",
    ]
    week, periods = week_of({}, free)
    assert [(str(day), [f"{time.local:%H:%M}" for time in times]) for day, times in week.days] == [
        ("2026-11-26", ["23:59"]),
        ("2026-11-27", ["00:00", "12:00"]),
        ("2026-12-02", ["23:59"]),
    ]
    begins = datetime(2026, 11, 25, 22, tzinfo=UTC)
    assert periods == [Span(begins, begins + 7 * DAY)]
    assert week.next_day is None


# When someone is free next, and the day that a week without free times leads to.
NEXT = {
    "in the next week": (["2026-12-03T10:00", "2026-12-04T10:00"], date(2026, 12, 3)),
    "at the first moment of the next week": (["2026-12-02T22:00"], date(2026, 12, 3)),
    "late in the evening in UTC": (["2026-12-10T23:00"], date(2026, 12, 11)),
    "within the days ahead": (["2026-12-25T22:29"], date(2026, 12, 26)),
    "after the days ahead": (["2026-12-25T22:30"], None),
    "never": ([], None),
}


@pytest.mark.parametrize(("free", "day"), NEXT.values(), ids=NEXT)
def test_a_week_without_free_times_leads_to_the_next_day_with_some(free, day, week_of):
    week, _periods = week_of({}, free)
    assert (week.days, week.next_day) == ([], day)


def test_the_addresses_of_other_weeks_keep_the_zone_and_the_parameters_of_a_campaign(week_of):
    given = {"from": str(TODAY + 7 * DAY), "zone": "UTC", "at": "x", "utm_source": "news"}
    week, _periods = week_of(given, ["2026-12-24T10:00"])
    zone = "zone=Europe%2FBucharest"
    assert week.earlier_query == f"utm_source=news&from={TODAY}&{zone}"
    assert week.later_query == f"utm_source=news&from={TODAY + 14 * DAY}&{zone}"
    assert week.next_query == f"utm_source=news&from=2026-12-24&{zone}"
    assert week.build_query(None) == ""
    assert f'value="{BUCHAREST}" selected' in week.zone_options


def test_a_time_is_written_in_utc_and_shown_on_the_clock_of_the_visitor():
    time = OfferedTime(NOW, BUCHAREST)
    assert (time.value, time.local) == ("2026-11-25T22:30Z", datetime(2026, 11, 26, 0, 30))


def test_a_visitor_whose_time_was_taken_gets_the_twelve_nearest_ones_in_order(monkeypatch):
    begins, quarter = datetime(2026, 11, 30, 12, tzinfo=UTC), timedelta(minutes=15)
    periods = []

    def iterate(page, hosts, period, now):
        periods.append(period)
        return iter([begins + number * quarter for number in range(-40, 40) if number])

    monkeypatch.setattr(offered_times, "iterate_free_moments", iterate)
    monkeypatch.setattr(BookingPage, "hosts", [])
    found = get_other_times(BookingPage(), begins, BUCHAREST)
    assert [(time.begins - begins) / quarter for time in found] == [*range(-6, 0), *range(1, 7)]
    assert {time.zone for time in found} == {BUCHAREST}
    assert periods == [Span(begins - 7 * DAY, begins + 7 * DAY)]


def test_of_two_other_times_that_are_as_near_the_earlier_one_is_offered(monkeypatch):
    begins, hour = datetime(2026, 11, 30, 12, tzinfo=UTC), timedelta(hours=1)
    moments = [begins + number * hour for number in (-2, -1, 1, 2)]
    monkeypatch.setattr(offered_times, "iterate_free_moments", lambda *asked: iter(moments))
    monkeypatch.setattr(offered_times, "OTHERS", 3)
    monkeypatch.setattr(BookingPage, "hosts", [])
    found = get_other_times(BookingPage(), begins, BUCHAREST)
    assert [time.begins for time in found] == moments[:3]

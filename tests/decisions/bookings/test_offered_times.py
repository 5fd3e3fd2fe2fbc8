"""What a visitor of a booking page sees times in, and which times of an address can be offered at all."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.public.offered_times import FORMAT, get_visitor_zone, parse_time

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


@pytest.mark.parametrize("text", ["", "soon", "2027-01-01", "2027-01-01T10:00", "2027-13-01T10:00Z"])
def test_a_text_that_is_no_time_is_none(text):
    assert parse_time(text) is None


def test_a_time_is_read_in_utc():
    day = timezone.now().astimezone(UTC).date() + timedelta(days=3)
    assert parse_time(f"{day}T10:30Z") == datetime(day.year, day.month, day.day, 10, 30, tzinfo=UTC)

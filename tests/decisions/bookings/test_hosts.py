"""Who of a page is free at a time, and who of them is booked."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import meeting_booking
from bookings.meeting_booking import NotFree, find_free_hosts, find_hosts, lock_hosts
from bookings.models import Booking, BookingPage

Choice = BookingPage.Choice
# The choice of the page, who of 1, 2 and 3 is free, the last booking of each, and who is booked; nothing for no one.
HOSTS: dict[str, tuple[Any, list[int], dict[int, int], list[int]]] = {
    "in turn, the one who was never booked": (Choice.TURN, [1, 2, 3], {1: 10, 2: 5}, [3]),
    "in turn, the one who was never booked after the very first booking": (Choice.TURN, [1, 2], {1: 1}, [2]),
    "in turn, the one who was booked longest ago": (Choice.TURN, [1, 2, 3], {1: 10, 2: 5, 3: 7}, [2]),
    "in turn, among those who are free": (Choice.TURN, [1, 3], {1: 10, 2: 5, 3: 17}, [1]),
    "in turn, no one was booked": (Choice.TURN, [2, 3], {}, [2]),
    "the first one who is free, whoever was booked": (Choice.FIRST, [1, 2, 3], {1: 10}, [1]),
    "the first one of those who are free": (Choice.FIRST, [2, 3], {2: 10}, [2]),
    "all together": (Choice.ALL, [1, 2, 3], {1: 10}, [1, 2, 3]),
    "no one is free": (Choice.TURN, [], {}, []),
}


@pytest.mark.parametrize(("choice", "free", "last", "booked"), HOSTS.values(), ids=HOSTS)
def test_who_is_booked(choice, free, last, booked, monkeypatch):
    people = {pk: SimpleNamespace(pk=pk) for pk in (1, 2, 3)}
    page: Any = SimpleNamespace(
        hosts=list(people.values()), choice=choice, Choice=Choice, is_together=choice == Choice.ALL
    )
    monkeypatch.setattr(meeting_booking, "find_free_hosts", lambda *asked: [people[pk] for pk in free])
    monkeypatch.setattr(type(Booking.objects), "get_last_by_host", lambda self, asked: last)
    begins = datetime(2027, 6, 16, 9, tzinfo=UTC)
    if booked:
        assert [host.pk for host in find_hosts(page, begins)] == booked
    else:
        with pytest.raises(NotFree):
            find_hosts(page, begins)


BEGINS = datetime(2027, 6, 16, 9, tzinfo=UTC)
LATER = BEGINS + timedelta(minutes=30)
# Whether all are booked together, the moments at which each of them could begin, and who is free at the first moment.
FREE: dict[str, tuple[bool, dict[int, list[datetime]], list[int]]] = {
    "each alone": (False, {1: [BEGINS, LATER], 2: [BEGINS]}, [1, 2]),
    "one, in the order of the page": (False, {2: [LATER], 1: [BEGINS]}, [1]),
    "no one": (False, {1: [LATER], 2: []}, []),
    "together, all of them": (True, {2: [BEGINS], 1: [LATER, BEGINS]}, [2, 1]),
    "together, but only one is free": (True, {1: [BEGINS], 2: [LATER]}, []),
    "together, no one": (True, {1: [], 2: []}, []),
}


@pytest.mark.parametrize(("together", "slots", "free"), FREE.values(), ids=FREE)
def test_who_is_free_at_a_time(together, slots, free, monkeypatch):
    asked: list[Any] = []

    def get_slots(page, hosts, period, now, *, without_meeting):
        asked.append((period.begins, period.ends > BEGINS, period.ends <= LATER, without_meeting))
        return slots

    monkeypatch.setattr(meeting_booking, "get_free_slots", get_slots)
    page: Any = SimpleNamespace(is_together=together)
    hosts: list[Any] = [SimpleNamespace(pk=pk) for pk in slots]
    found = find_free_hosts(page, hosts, BEGINS, without_meeting=7)
    assert [host.pk for host in found] == free
    # The meeting that is moved doesn't make its people busy, and no later time is computed.
    assert asked == [(BEGINS, True, True, 7)]


def test_hosts_are_locked_in_the_order_of_their_numbers(db):
    """Otherwise two pages with the same people would wait for each other."""
    with CaptureQueriesContext(connection) as queries:
        lock_hosts([33, 11, 22])
    assert re.findall(r"\d{2}", queries[0]["sql"].partition("unnest")[2]) == ["11", "22", "33"]

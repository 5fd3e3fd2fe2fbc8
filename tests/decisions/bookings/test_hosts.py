"""Who is booked at a time at which several people of a page are free."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bookings import meeting_booking
from bookings.meeting_booking import NotFree, find_hosts
from bookings.models import Booking, BookingPage

Choice = BookingPage.Choice
# The choice of the page, who of 1, 2 and 3 is free, the last booking of each, and who is booked; nothing for no one.
HOSTS: dict[str, tuple[Any, list[int], dict[int, int], list[int]]] = {
    "in turn, the one who was never booked": (Choice.TURN, [1, 2, 3], {1: 10, 2: 5}, [3]),
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

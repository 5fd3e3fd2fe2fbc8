"""Many visitors who book the same time at once, on real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from bookings.models import Booking
from crm.models import Activity
from leads.models import Lead
from tests.bookings.conftest import state_in, value

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def post_at_once(page, visitors: int, begins: str, other: str) -> list[tuple[int, bool]]:
    """The status of each answer, and whether it has another time and what was typed."""
    states = [state_in(Client().get(f"{page.path}/time?at={begins}&zone=UTC")) for _number in range(visitors)]

    def post(number: int) -> tuple[int, bool]:
        sent = {"form_state": states[number], "at": begins, "zone": "UTC", "last_name": f"Pop{number}"}
        try:
            answer = Client().post(f"{page.path}/time", sent | {"email": f"dan{number}@example.com"})
            is_kept = f'value="Pop{number}"' in answer.text and other in answer.text
            return answer.status_code, is_kept
        finally:
            connection.close()

    with ThreadPoolExecutor(visitors) as pool:
        return sorted(pool.map(post, range(visitors)))


@pytest.mark.parametrize("visitors", [12, pytest.param(50, marks=pytest.mark.nightly)])
def test_many_posts_for_one_time_make_one_booking(visitors, make_form, make_page, hosts):
    """Of one person, and of everyone together. One after the other, because each takes half of the connections."""
    form, expected = make_form(most_an_hour=1000), [(302, False), *[(409, True)] * (visitors - 1)]
    alone = make_page(form=form)
    together = make_page("Round", slug="round", form=form, people=hosts[::-1], choice="all")
    assert post_at_once(alone, visitors, value("10:00"), value("11:00")) == expected
    assert Booking.objects.count() == Activity.objects.meetings().count() == Lead.objects.count() == 1
    assert post_at_once(together, visitors, value("12:00"), value("13:00")) == expected
    assert Booking.objects.count() == Activity.objects.meetings().count() == Lead.objects.count() == 2

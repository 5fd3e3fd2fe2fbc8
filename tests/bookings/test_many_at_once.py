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

VISITORS = 50


def test_fifty_posts_for_one_time_make_one_booking(make_form, make_page):
    page = make_page(form=make_form(most_an_hour=1000))
    begins = value("10:00")
    states = [state_in(Client().get(f"{page.path}/time?at={begins}&zone=UTC")) for _number in range(VISITORS)]

    def post(number: int) -> tuple[int, bool]:
        sent = {"form_state": states[number], "at": begins, "zone": "UTC", "last_name": f"Pop{number}"}
        try:
            answer = Client().post(f"{page.path}/time", sent | {"email": f"dan{number}@example.com"})
            is_kept = f'value="Pop{number}"' in answer.text and value("11:00") in answer.text
            return answer.status_code, is_kept
        finally:
            connection.close()

    with ThreadPoolExecutor(VISITORS) as pool:
        answers = sorted(pool.map(post, range(VISITORS)))
    assert answers == [(302, False), *[(409, True)] * (VISITORS - 1)]
    assert Booking.objects.count() == Activity.objects.meetings().count() == Lead.objects.count() == 1

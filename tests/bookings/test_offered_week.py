"""The week that a booking page shows: the next free time after one without any, the time zones, and the people."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.free_busy.time_spans import Span
from accounts.models import Absence, WorkingHours
from bookings.free_slots import get_free_slots
from bookings.public.zone_options import render_zone_options
from crm.platform.configuration.time_zones import build_time_zone_choices
from tests.bookings.conftest import DAY, times_in, value

MONDAY = DAY - timedelta(days=2)


def open_week(visitor, page):
    return visitor.get(f"{page.path}?from={MONDAY}&zone=UTC&utm_source=news")


def test_a_week_without_free_times_leads_to_the_next_day_with_some(make_page, visitor, hosts):
    page, back = make_page(), DAY + timedelta(days=14)
    Absence.objects.create(user=hosts[1], first=MONDAY, last=back - timedelta(days=1))
    shown = open_week(visitor, page)
    assert times_in(shown) == []
    assert "No free times in this week." in shown.text
    assert f"?utm_source=news&amp;from={back}&amp;zone=UTC" in shown.text
    assert f"Next free time: {back:%A}, {back.day} {back:%B}" in shown.text
    assert times_in(visitor.get(f"{page.path}?from={back}&zone=UTC"))[0] == value("09:00", back)


def test_a_week_with_free_times_names_no_other(make_page, visitor):
    shown = open_week(visitor, make_page())
    assert times_in(shown)
    assert "Next free time" not in shown.text


@pytest.mark.parametrize("days_ahead", [30, 40])
def test_the_next_free_time_is_within_the_days_ahead_of_the_page(make_page, visitor, hosts, days_ahead):
    Absence.objects.create(user=hosts[1], first=MONDAY, last=MONDAY + timedelta(days=days_ahead + 1))
    shown = open_week(visitor, make_page(days_ahead=days_ahead))
    assert "Next free time" not in shown.text
    assert "No free times in this week, nor in a later one." in shown.text


def test_the_search_for_the_next_free_time_takes_a_fixed_number_of_queries(make_page, visitor, hosts):
    page = make_page(days_ahead=365)
    open_week(visitor, page)
    counts = []
    for weeks in (2, 40):
        Absence.objects.all().delete()
        Absence.objects.create(user=hosts[1], first=MONDAY, last=MONDAY + timedelta(weeks=weeks))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert "Next free time" in open_week(visitor, page).text
        counts.append(len(queries))
    assert counts[0] == counts[1]
    Absence.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        assert times_in(open_week(visitor, page))
    assert counts[0] <= 2 * len(queries)


# The first and the last day from now.
WITHOUT_TIMES = {"a past week": (-3, -1), "a week beyond the days ahead": (400, 402), "no week": (5, 5)}


@pytest.mark.parametrize("name", WITHOUT_TIMES)
def test_a_week_without_times_asks_nothing(make_page, hosts, name, django_assert_num_queries):
    page, now = make_page(), timezone.now()
    week = Span(*(now + timedelta(days=days) for days in WITHOUT_TIMES[name]))
    with django_assert_num_queries(0):
        slots = get_free_slots(page, hosts, week, now)
    assert {host: list(times) for host, times in slots.items()} == {host.pk: [] for host in hosts}


def test_a_page_whose_people_never_work_says_so(make_page, visitor, hosts):
    department = hosts[1].memberships.first().department
    WorkingHours.objects.create(department=department, weekday=6, opens="09:00", closes="09:05")
    assert "nor in a later one." in open_week(visitor, make_page()).text


@pytest.mark.parametrize(
    "chosen", ["Europe/Bucharest", "Europe/Kiev", "UTC", "America/Argentina/Buenos_Aires"]
)
def test_the_select_offers_each_time_zone_once_and_selects_the_chosen_one(chosen):
    drawn = render_zone_options(chosen)
    offered = [value for _continent, places in build_time_zone_choices(chosen) for value, _label in places]
    assert [part.partition('"')[0] for part in drawn.split('<option value="')[1:]] == offered
    assert drawn.count(" selected") == 1
    assert f'<option value="{chosen}" selected>' in drawn


def test_the_people_of_a_page_are_read_once_in_a_request(make_page, book):
    page = make_page()
    book(page, value("10:00"))
    with CaptureQueriesContext(connection) as queries:
        assert book(page, value("10:30")).status_code == 409
    reads = [one for one in queries if '"accounts_user"."id" IN' in one["sql"]]
    # Once by the page with the questions, once by the answer.
    assert len(reads) == 2


# How many queries each page for visitors may take.
MOST = {"": 15, "/time?at={at}&zone=UTC": 7, "{link}": 8, "{link}/move": 16}


@pytest.mark.parametrize("page_of", MOST)
def test_the_pages_for_visitors_keep_their_number_of_queries(make_page, book, visitor, page_of):
    page = make_page()
    link = book(page, value("10:00")).url.removeprefix(page.path)
    address = f"{page.path}{page_of.format(at=value('12:00'), link=link)}"
    visitor.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert visitor.get(address).status_code == 200
    assert len(queries) <= MOST[page_of], [one["sql"] for one in queries]

"""What has happened in the demo company was in its working hours, also today, at whatever time of day the demo is made."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from operator import sub
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from crm.models import Activity, Operation
from leads.demo.demo_part import PART
from leads.demo.lead_draws import NEWEST
from leads.demo.working_hours import (
    build_nearest_working_time_sql,
    build_working_time_sql,
    find_nearest_working_time,
    get_clock_values,
    move_into_working_hours,
)
from leads.models import Lead, StatusMove

pytestmark = pytest.mark.django_db
ZONE = "Europe/Bucharest"
HOURS = range(8, 19)


def get_moment(text: str, zone: str = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.fixture(
    scope="module",
    params=[
        "2026-11-27T23:50",
        *(pytest.param(f"2026-11-{clock}", marks=pytest.mark.nightly) for clock in ("27T03:00", "27T12:00", "29T08:30")),
    ],
)  # fmt: skip
def hours(request, load_demo):
    with load_demo(1_000, get_moment(request.param), [PART]):
        yield


def is_working_time(at: datetime) -> bool:
    return time(8) <= at.astimezone(ZoneInfo(ZONE)).time() <= time(18)


def get_last_working_time(now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(ZONE))
    if local.time() < time(9):
        return local.replace(hour=18, minute=0) - timedelta(days=1)
    return min(local, local.replace(hour=18, minute=0))


def test_leads_came_and_were_worked_on_in_working_hours_and_in_the_past(hours):
    found = {
        "added": Lead.objects.values_list("created_at", flat=True),
        "moved": StatusMove.objects.values_list("entered", flat=True),
        "operations": Operation.objects.of_kinds(["add", "move"]).values_list("at", flat=True),
        "calls and meetings": Activity.objects.filter(type__in=["call", "meeting"]).values_list(
            "at", flat=True
        ),
    }
    for name, rows in found.items():
        moments = [*rows]
        assert len(moments) > 50, name
        assert [at for at in moments if not is_working_time(at)] == [], name
        assert max(moments) <= timezone.now(), name


def test_the_leads_without_a_first_contact_are_the_newest(hours):
    newest = Lead.objects.order_by("-created_at", "-pk")[:NEWEST]
    assert {lead.first_contacted_at for lead in newest} == {None}
    # The last one came in the last working hour.
    assert get_last_working_time(timezone.now()) - newest[0].created_at < timedelta(hours=1)


# When the demo is made: then what the last moments become, each drawn so many hours before.
MADE = {
    "at noon: the night comes in the morning": (
        "2026-11-27T12:00", [(0, "27 12:00"), (6, "27 10:00"), (12, "27 08:00"), (18, "26 15:30"), (36, "26 08:00")],
    ),
    "an hour after work began": ("2026-11-27T09:00", [(0, "27 09:00"), (9, "27 08:00"), (10, "26 17:35")]),
    "in the first hour of work: all belongs to the day before": (
        "2026-11-27T08:00", [(0, "26 18:00"), (16, "26 13:00"), (32, "26 08:00"), (33, "25 17:35")],
    ),
    "at three in the morning": ("2026-11-27T03:00", [(0, "26 18:00"), (27, "26 08:00"), (28, "25 17:35")]),
    "at midnight": ("2026-11-27T00:00", [(0, "26 18:00"), (12, "26 13:00"), (24, "26 08:00")]),
    "late in the evening: no one worked that long": ("2026-11-27T23:50", [(0, "27 18:00"), (24, "26 17:55")]),
    "what is to come has not happened": ("2026-11-27T12:00", [(-1, "27 13:00"), (-11, "27 23:00")]),
}  # fmt: skip


def select(sql: str, moments: list[datetime], now: datetime, zone: str = ZONE) -> list[datetime]:
    with connection.cursor() as cursor:
        query = f"SELECT {sql} FROM unnest(%(moments)s::timestamptz[]) WITH ORDINALITY AS d(m, place) ORDER BY place"
        cursor.execute(query, {**get_clock_values(now, zone), "moments": moments})
        return [at for (at,) in cursor.fetchall()]


@pytest.mark.parametrize(("made", "expected"), MADE.values(), ids=MADE)
def test_when_the_last_moments_were(made, expected):
    now = get_moment(made)
    found = select(
        build_working_time_sql("m"), [now - timedelta(hours=hours) for hours, _to in expected], now
    )
    assert [f"{at.astimezone(ZoneInfo(ZONE)):%d %H:%M}" for at in found] == [to for _hours, to in expected]
    clock = get_clock_values(now, ZONE)
    assert [move_into_working_hours(now - timedelta(hours=hours), clock) for hours, _to in expected] == found


@pytest.mark.parametrize("zone", [ZONE, "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "day", ["2026-11-27", "2026-10-25", "2026-03-29"], ids=["usual", "longer", "shorter"]
)
def test_the_order_stays_and_nothing_gets_into_the_future_at_every_time_of_day(day, zone):
    for minutes in range(0, 24 * 60, 29):
        now = get_moment(day, zone).astimezone(UTC) + timedelta(minutes=minutes)
        drawn = [now - timedelta(minutes=20 * place) for place in range(3 * 24 * 3, -1, -1)]
        found = select(build_working_time_sql("m"), drawn, now, zone)
        assert all(earlier <= later for earlier, later in pairwise(found)), now
        one_by_one = [move_into_working_hours(at, get_clock_values(now, zone)) for at in drawn[::9]]
        assert [*map(abs, map(sub, one_by_one, found[::9]))] <= [timedelta(seconds=1)] * len(one_by_one), now
        assert found[-1] <= now
        assert {at.astimezone(ZoneInfo(zone)).hour for at in found} <= set(HOURS), now


# What lies a while before or after a time in working hours, and when it was.
NEAREST = {
    "in working hours": ("27T12:34", "27T12:34"),
    "in the evening": ("27T19:00", "27T18:00"),
    "at night": ("27T02:19", "27T08:00"),
}


@pytest.mark.parametrize(("moment", "expected"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_working_time_of_the_day(moment, expected):
    now = get_moment("2026-11-28T12:00")
    [found] = select(build_nearest_working_time_sql("m"), [get_moment(f"2026-11-{moment}")], now)
    assert found == get_moment(f"2026-11-{expected}")
    assert find_nearest_working_time(get_moment(f"2026-11-{moment}"), ZONE) == found

"""Call-backs: which moments are offered, in the working time of the user, with their words."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone

from accounts.models import Holiday, WorkingHours
from crm.work.tasks.call_backs import build_call_back_moments, find_usual_openings, get_call_back_moment

pytestmark = pytest.mark.django_db
# 16:32 on a Wednesday in Bucharest.
WEDNESDAY = datetime(2026, 3, 11, 14, 32, 20, tzinfo=UTC)
CASES = {
    "on a working day": (
        WEDNESDAY,
        [
            ("In 1 hour", "17:35", date(2026, 3, 11), time(17, 35)),
            ("In 3 hours", "19:35", date(2026, 3, 11), time(19, 35)),
            ("Tomorrow", "09:00", date(2026, 3, 12), time(9)),
            ("Next week", "Mon 16 Mar, 09:00", date(2026, 3, 16), time(9)),
        ],
    ),
    "late in the evening, hours end tomorrow, and say so": (
        WEDNESDAY.replace(hour=20),
        [
            ("In 1 hour", "23:35", date(2026, 3, 11), time(23, 35)),
            ("In 3 hours", "Thu 01:35", date(2026, 3, 12), time(1, 35)),
            ("Tomorrow", "09:00", date(2026, 3, 12), time(9)),
            ("Next week", "Mon 16 Mar, 09:00", date(2026, 3, 16), time(9)),
        ],
    ),
    "on a Friday, the next day is that of next week, which is offered once": (
        WEDNESDAY.replace(day=13),
        [
            ("In 1 hour", "17:35", date(2026, 3, 13), time(17, 35)),
            ("In 3 hours", "19:35", date(2026, 3, 13), time(19, 35)),
            ("Monday", "09:00", date(2026, 3, 16), time(9)),
        ],
    ),
    "the clock goes forward in these hours, which still are one and three": (
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        [
            ("In 1 hour", "04:30", date(2026, 3, 29), time(4, 30)),
            ("In 3 hours", "06:30", date(2026, 3, 29), time(6, 30)),
            ("Tomorrow", "09:00", date(2026, 3, 30), time(9)),
        ],
    ),
    "the clock goes back in these hours, which still are one and three": (
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
        [
            ("In 1 hour", "03:30", date(2026, 10, 25), time(3, 30)),
            ("In 3 hours", "04:30", date(2026, 10, 25), time(4, 30)),
            ("Tomorrow", "09:00", date(2026, 10, 26), time(9)),
        ],
    ),
}


@pytest.fixture
def in_bucharest(bob):
    bob.time_zone = "Europe/Bucharest"
    return bob


def offered(user) -> list[tuple]:
    return [(one.label, one.clock, one.day, one.at) for one in build_call_back_moments(user)]


@pytest.mark.parametrize(("now", "moments"), CASES.values(), ids=CASES)
def test_the_moments_that_are_offered(now, moments, in_bucharest, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert offered(in_bucharest) == moments


def test_the_next_day_is_a_working_day_and_begins_when_the_department_opens(
    in_bucharest, departments, monkeypatch
):
    for weekday, opens in enumerate([time(8), time(8), time(8), time(8, 30), time(7, 45)]):
        WorkingHours.objects.create(
            department=departments.sales, weekday=weekday, opens=opens, closes=time(16)
        )
    Holiday.objects.create(day=date(2026, 3, 12), name="Outing")
    Holiday.objects.create(day=date(2026, 3, 16), name="Fair", department=departments.sales)
    monkeypatch.setattr(timezone, "now", lambda: WEDNESDAY)
    assert offered(in_bucharest)[2:] == [
        ("Friday", "07:45", date(2026, 3, 13), time(7, 45)),
        ("Next week", "Tue 17 Mar, 08:00", date(2026, 3, 17), time(8)),
    ]


def test_an_unknown_moment_is_none_and_a_known_one_is_the_offered_one(in_bucharest, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: WEDNESDAY)
    assert get_call_back_moment(in_bucharest, "never") is None
    assert get_call_back_moment(in_bucharest, "in_3_hours").at == time(19, 35)


@pytest.mark.parametrize(("day", "opens"), [(11, 11), (13, 13), (14, 16), (15, 16)])
def test_without_a_calendar_work_begins_at_nine_from_monday_to_friday(day, opens, in_bucharest):
    (opening,) = find_usual_openings(in_bucharest, [date(2026, 3, day)])
    assert (opening.day, opening.time()) == (opens, time(9))

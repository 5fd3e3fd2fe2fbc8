"""How many emails go out from an address today, and when the turn of the others is."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Department
from accounts.working_time.calendar import USUAL_WEEK, WorkingCalendar
from crm.models import CompanySettings
from crm.records.history.verb_execution import operation
from sequences.models import Enrollment, EnrollmentStep
from sequences.running import daily_limit
from sequences.running.daily_limit import count_room, get_next_morning, split_by_room
from tests.sequences.sequencing import build_step, make_sequence, start

BUCHAREST, AUCKLAND, LOS_ANGELES = "Europe/Bucharest", "Pacific/Auckland", "America/Los_Angeles"


def at(day: int, clock: str, zone: str = BUCHAREST) -> datetime:
    """In November 2026; the 23rd is a Monday."""
    return datetime.fromisoformat(f"2026-11-{day:02} {clock}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# The zone of the author, now, and when their turn is. The company is in Bucharest: its Tuesday begins on Tuesday at 11:00 in
# Auckland, and on Monday at 14:00 in Los Angeles. Everyone works from 9 to 17, from Monday to Friday; the 26th is a holiday.
MORNINGS = {
    "on a Monday, the next morning": (BUCHAREST, at(23, "15:00"), at(24, "09:00")),
    "in the last minute of a day, the next morning": (BUCHAREST, at(23, "23:59"), at(24, "09:00")),
    "in the first minute of a day, not the same morning": (BUCHAREST, at(24, "00:00"), at(25, "09:00")),
    "on a Friday, the next Monday": (BUCHAREST, at(20, "15:00"), at(23, "09:00")),
    "before a holiday, the day after it": (BUCHAREST, at(25, "15:00"), at(27, "09:00")),
    "in the east, not before the company's day is over": (
        AUCKLAND,
        at(23, "10:00", AUCKLAND),
        at(24, "09:00", AUCKLAND),
    ),
    "in the east, when the company's day ends on the next day of the author": (
        AUCKLAND,
        at(23, "15:00", AUCKLAND),
        at(24, "11:00", AUCKLAND),
    ),
    "in the west, not on the same day although the company's is over": (
        LOS_ANGELES,
        at(23, "10:00", LOS_ANGELES),
        at(24, "09:00", LOS_ANGELES),
    ),
    "in the west, when the company's day began on the day before": (
        LOS_ANGELES,
        at(23, "16:00", LOS_ANGELES),
        at(24, "14:00", LOS_ANGELES),
    ),
}


@pytest.mark.parametrize(("zone", "now", "morning"), MORNINGS.values(), ids=MORNINGS.keys())
def test_the_others_turn_is_when_the_author_works_on_a_day_with_another_limit(
    monkeypatch, zone, now, morning
):
    monkeypatch.setattr(daily_limit, "get_company_zone", lambda: ZoneInfo(BUCHAREST))
    calendar = WorkingCalendar(USUAL_WEEK, frozenset({date(2026, 11, 26)}), ZoneInfo(zone))
    calendars = SimpleNamespace(get_for_user=lambda user: calendar)
    assert get_next_morning(object(), calendars, now) == morning


def test_without_any_day_of_work_the_turn_is_the_next_day(monkeypatch):
    monkeypatch.setattr(daily_limit, "get_company_zone", lambda: ZoneInfo(BUCHAREST))
    calendar = WorkingCalendar({}, frozenset(), ZoneInfo(BUCHAREST))
    calendars = SimpleNamespace(get_for_user=lambda user: calendar)
    assert get_next_morning(object(), calendars, at(23, "15:00")) == at(24, "00:00")


NOW = at(23, "15:00")
MIDNIGHT = at(23, "00:00")
# How many go out a day, from whom and when each one went out, and how many more may go out from our address.
ROOMS = {
    "none has gone out": (3, [], 3),
    "one has": (3, [("us@example.com", NOW)], 2),
    "as many as may": (2, [("us@example.com", NOW)] * 2, 0),
    "more than may, because the limit was lowered": (1, [("us@example.com", NOW)] * 2, 0),
    "one at midnight is of today": (3, [("us@example.com", MIDNIGHT)], 2),
    "one before midnight is of yesterday": (3, [("us@example.com", MIDNIGHT - timedelta(seconds=1))], 3),
    "one from another address": (3, [("others@example.com", NOW)], 3),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "sent", "room"), ROOMS.values(), ids=ROOMS.keys())
def test_so_many_more_emails_may_go_out_from_an_address_today(ada, make_lead, limit, sent, room):
    start(make_sequence("One", build_step("call", title="Call")), ada, make_lead(email="a@b.cz", owner=ada))
    with operation("test", by=None):
        CompanySettings.objects.all().delete()
        CompanySettings.objects.create(pk=CompanySettings.ROW, emails_a_day=limit)
    for number, (sender, done_at) in enumerate(sent):
        enrollment = Enrollment.objects.get()
        row = EnrollmentStep.objects.create(
            enrollment=enrollment, key=f"{number}", sender=sender, outcome="email"
        )
        EnrollmentStep.objects.filter(pk=row.pk).update(done_at=done_at)
    assert count_room("us@example.com", NOW) == room


# How many more may go out from our address, and from that of the other department; and who writes today, in their order.
SPLITS = {
    "room for all": (3, 3, ["a", "b", "c"]),
    "room for one of the two of a department": (1, 1, ["a", "c"]),
    "no room for one department": (0, 1, ["c"]),
    "no room": (0, 0, []),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("ours", "theirs", "today"), SPLITS.values(), ids=SPLITS.keys())
def test_each_address_has_its_own_room(monkeypatch, ours, theirs, today, ada, departments, make_lead):
    places = {"a": departments.sales, "b": departments.sales, "c": departments.export}
    leads = {
        name: make_lead(email=f"{name}@example.cz", owner=ada, department=places[name]) for name in places
    }
    # Its department has another mailbox, and it isn't in the sequence.
    make_lead(department=Department.objects.create(name="Service"))
    start(make_sequence("One", build_step("call", title="Call")), ada, *leads.values())
    names = {lead.pk: name for name, lead in leads.items()}
    asked = []

    def find_route(table, pk, author, route):
        asked.append(names[pk])
        return SimpleNamespace(sender="Export@example.com") if names[pk] == "c" else None

    rooms = {"us@example.com": ours, "export@example.com": theirs}
    monkeypatch.setattr(daily_limit, "find_route", find_route)
    monkeypatch.setattr(daily_limit, "get_product_address", lambda: "us@example.com")
    monkeypatch.setattr(daily_limit, "count_room", lambda sender, now: rooms[sender])
    monkeypatch.setattr(daily_limit, "get_next_morning", lambda *told: at(24, "09:00"))
    enrollments = list(Enrollment.objects.order_by("pk"))
    senders, late = split_by_room(enrollments, ada, "route", SimpleNamespace(), NOW)
    by_number = {one.pk: names[one.record] for one in enrollments}
    assert [by_number[pk] for pk in senders] == today
    addresses = {"a": "us@example.com", "b": "us@example.com", "c": "export@example.com"}
    assert {by_number[pk]: sender for pk, sender in senders.items()} == {
        name: addresses[name] for name in today
    }
    assert {by_number[pk]: moment for pk, moment in late.items()} == {
        name: at(24, "09:00") for name in places if name not in today
    }
    # Asked once for each department.
    assert len(asked) == 2

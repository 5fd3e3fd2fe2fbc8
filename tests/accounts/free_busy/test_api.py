"""API v2 says when users are busy and free: of whom the caller sees, within limits, and never why."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Absence, Holiday, Membership, User
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from crm.models import Activity, Task
from crm.records.history.verb_execution import operation
from tests.api.conftest import umbra

__all__ = ["umbra"]

PATH = "/api/v2/busy-times"
# A Wednesday.
DAY = date(2031, 3, 5)
ONE_DAY = f"from={DAY}&to={DAY}&zone=UTC"


@pytest.fixture(autouse=True)
def clocks(cast):
    """Everyone is on the clock of UTC."""
    User.objects.update(time_zone="UTC")


@pytest.fixture
def hidden(make_lead, departments):
    """A lead that bob doesn't see."""
    return make_lead("Secret lead", department=departments.export)


def meet(record, by, clock: str, minutes: int = 60) -> None:
    at = datetime.combine(DAY, time.fromisoformat(clock), UTC)
    words = {"subject": "Secret subject", "place": "Secret place", "text": "Secret text"}
    with operation("add_activity", table="lead", by=by):
        Activity.objects.create(
            of="lead",
            record=record.pk,
            type="meeting",
            outcome="planned",
            at=at,
            minutes=minutes,
            created_by=by,
            **words,
        )


def get_clocks(spans) -> list[str]:
    return [f"{each['from'][11:16]}-{each['to'][11:16]}" for each in spans]


@pytest.fixture
def ask(umbra, bob):
    """ask(query) is the answer of a program of bob."""
    program = umbra(bob)

    def get(query: str = "", expect: int = 200):
        return program.get(f"{PATH}?{query}", expect=expect)

    get.program = program
    return get


def test_busy_times_are_merged_and_have_no_words(ask, ann, hidden):
    meet(hidden, ann, "10:00")
    meet(hidden, ann, "10:30")
    (found,) = ask(f"users={ann.pk}&{ONE_DAY}")["users"]
    assert found == {
        "id": ann.pk,
        "name": "Ann",
        "time_zone": "UTC",
        "busy": [{"from": f"{DAY}T10:00:00Z", "to": f"{DAY}T11:30:00Z"}],
    }
    assert b"Secret" not in ask.program.text


def test_a_personal_event_of_a_connected_calendar_is_busy(ask, ann):
    begins = datetime.combine(DAY, time(12), UTC)
    calendar = ConnectedCalendar.objects.create(owner=ann)
    event = CalendarEvent.objects.create(calendar=calendar, path="/a.ics")
    EventTime.objects.create(event=event, begins=begins, ends=begins + timedelta(hours=1))
    (found,) = ask(f"users={ann.pk}&{ONE_DAY}")["users"]
    assert get_clocks(found["busy"]) == ["12:00-13:00"]


def test_free_times_follow_working_hours_holidays_absences_and_tasks(ask, ann, bob, make_lead):
    lead = make_lead("Jan", owner=bob)
    meet(lead, bob, "10:00")
    with operation("test", by=None):
        Task.objects.create(of="lead", record=lead.pk, title="Call", user=bob, due_on=DAY, due_time=time(14))
    Absence.objects.create(user=ann, first=DAY, last=DAY)
    Holiday.objects.create(day=DAY + timedelta(days=1), name="Day off")
    found = ask(f"users=me,{ann.pk}&free=yes&from={DAY}&to={DAY + timedelta(days=1)}&zone=UTC")
    of_ann, of_bob = found["users"]
    assert get_clocks(of_bob["free"]) == ["09:00-10:00", "11:00-14:00", "14:30-17:00"]
    assert get_clocks(of_bob["busy"]) == ["10:00-11:00", "14:00-14:30"]
    assert (of_ann["free"], found["all_free"]) == ([], [])
    assert of_ann["busy"] == [{"from": f"{DAY}T00:00:00Z", "to": f"{DAY + timedelta(days=1)}T00:00:00Z"}]


def test_all_free_is_when_all_of_them_are(ask, ann, bob, hidden):
    meet(hidden, ann, "09:00", 120)
    meet(hidden, bob, "16:00")
    found = ask(f"users={ann.pk},{bob.pk}&free=yes&{ONE_DAY}")
    assert get_clocks(found["all_free"]) == ["11:00-16:00"]


def test_a_team_is_the_active_members_that_the_caller_sees(ask, ann, bob, cast, departments):
    members = User.objects.active().in_departments([departments.sales.pk]).by_name()
    found = ask(f"department={departments.sales.pk}&{ONE_DAY}")["users"]
    assert [each["id"] for each in found] == [user.pk for user in members]
    assert "free" not in found[0]
    User.objects.filter(pk=ann.pk).update(is_active=False)
    found = ask(f"department={departments.sales.pk}&{ONE_DAY}")["users"]
    assert ann.pk not in [each["id"] for each in found]


def test_a_user_whom_the_caller_does_not_see_is_not_found_as_if_there_were_none(ask, ann, bob, carla, hidden):
    meet(hidden, carla, "10:00")
    unseen, unknown = (ask(f"users={pk}&{ONE_DAY}", expect=404)["detail"] for pk in (carla.pk, 10**9))
    assert unseen.replace(str(carla.pk), "") == unknown.replace(str(10**9), "")
    ask(f"users={bob.pk},{carla.pk}&{ONE_DAY}", expect=404)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    ask(f"users={ann.pk}&{ONE_DAY}", expect=404)


def test_a_department_that_the_caller_does_not_see_is_not_found(ask, departments):
    for pk in (departments.export.pk, 10**9, "x"):
        ask(f"department={pk}&{ONE_DAY}", expect=404)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("users=me,x", "users"),
        ("users=0", "users"),
        ("users=" + ",".join(map(str, range(1, 52))), "users"),
        ("from=soon", "from"),
        ("from=1999-12-31", "from"),
        ("from=2100-01-01", "from"),
        ("to=9999-12-31", "to"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        (f"from={DAY}&to={DAY - timedelta(days=1)}", "to"),
        (f"from={DAY}&to={DAY + timedelta(days=31)}", "to"),
        (f"from={DAY}T10:00&to={DAY}T10:00", "to"),
        ("zone=Mars/Base", "zone"),
        ("free=maybe", "free"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_with_its_parameter(ask, query, parameter):
    assert [each["parameter"] for each in ask(query, expect=422)["errors"]] == [parameter]


def test_a_department_beyond_the_limit_is_refused(ask, departments):
    users = [User(email=f"user{number}@example.com", name=f"User {number}") for number in range(51)]
    for user in User.objects.bulk_create(users):
        Membership.objects.create(user=user, department=departments.sales)
    answer = ask(f"department={departments.sales.pk}", expect=422)
    assert [each["parameter"] for each in answer["errors"]] == ["department"]


def test_without_a_period_it_is_the_next_seven_days_of_the_user_of_the_token(ask, bob):
    found = ask()
    assert [each["id"] for each in found["users"]] == [bob.pk]
    today = datetime.now(UTC).date()
    assert (found["from"], found["to"]) == (f"{today}T00:00:00Z", f"{today + timedelta(days=7)}T00:00:00Z")


def test_days_and_times_are_on_the_clock_of_the_zone(ask):
    found = ask(f"from={DAY}&to={DAY}&zone=Europe/Bucharest")
    assert (found["from"], found["to"]) == (f"{DAY - timedelta(days=1)}T22:00:00Z", f"{DAY}T22:00:00Z")
    found = ask(f"from={DAY}T09:00&to={DAY}T12:00:00%2B01:00&zone=Europe/Bucharest")
    assert (found["from"], found["to"]) == (f"{DAY}T07:00:00Z", f"{DAY}T11:00:00Z")


def test_thirty_one_days_with_a_change_of_the_clock_are_thirty_one_days(ask):
    found = ask("from=2031-10-01&to=2031-10-31&zone=Europe/Bucharest")
    assert (found["from"], found["to"]) == ("2031-09-30T21:00:00Z", "2031-10-31T22:00:00Z")


def test_it_says_of_a_colleague_what_the_calendar_says(ask, sign_in, ann, bob, hidden):
    for clock in ("08:30", "13:00", "13:30"):
        meet(hidden, ann, clock)
    page = sign_in(bob).get(f"/admin/tasks/calendar?day={DAY}&view=day&user={ann.pk}")
    (day,) = page.context["calendar"].days
    on_page = [f"{each.clock:%H:%M}-{each.end_clock:%H:%M}" for each, _place in day.timed if each.is_busy]
    (found,) = ask(f"users={ann.pk}&{ONE_DAY}")["users"]
    assert get_clocks(found["busy"]) == on_page == ["08:30-09:30", "13:00-14:30"]


def test_a_token_needs_its_right(umbra, bob):
    umbra(bob, ["users.get", "tasks.get"]).get(PATH, expect=403)


def test_forty_users_take_as_many_queries_as_one(ask, bob, departments):
    def count(query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            ask(f"{query}&free=yes&{ONE_DAY}")
        return len(queries)

    count("users=me")
    of_one = count("users=me")
    users = [User(email=f"user{number}@example.com", name=f"User {number}") for number in range(40)]
    for user in User.objects.bulk_create(users):
        Membership.objects.create(user=user, department=departments.sales)
    assert count(f"users={','.join(str(user.pk) for user in users)}") == of_one

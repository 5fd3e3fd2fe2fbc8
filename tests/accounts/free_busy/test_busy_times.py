"""What makes users busy: meetings of their own, those that they are invited to, and tasks with a time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.free_busy import free_times
from accounts.free_busy.busy_times import BusyTime
from accounts.free_busy.free_times import get_user_times
from accounts.free_busy.time_spans import Span
from accounts.models import Absence, User
from crm.models import Activity, Invitation, InvitationAnswer, Task
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from leads.models import Lead

# A Wednesday that is to come, so that its meetings are planned.
DAY = date(2099, 6, 17)
PERIOD = Span(datetime.combine(DAY, time(0), UTC), datetime.combine(DAY + timedelta(days=1), time(0), UTC))


def at(clock: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(clock), UTC)


@pytest.fixture
def make_meeting(make_lead):
    def make(by, clock="10:00", minutes=60, **values) -> Activity:
        given = {"of": "lead", "record": make_lead("Ana").pk, "type": "meeting", "outcome": "planned"}
        with operation("test", by=None):
            return Activity.objects.create(
                created_by=by, **given | {"at": at(clock), "minutes": minutes} | values
            )

    return make


def get_busy_clocks(user, **options) -> list[str]:
    found = get_user_times([user], PERIOD, **options)[user.pk].busy
    return [f"{each.begins:%H:%M}-{each.ends:%H:%M}" for each in found]


def test_the_author_of_a_planned_meeting_is_busy(ann, bob, make_meeting):
    make_meeting(bob)
    assert get_busy_clocks(bob) == ["10:00-11:00"]
    assert get_busy_clocks(ann) == []


def test_those_who_are_invited_are_busy_whatever_the_letters_of_their_address(ann, bob, make_meeting):
    make_meeting(bob, invited=f"x@example.com, {ann.email.upper()}")
    assert get_busy_clocks(ann) == ["10:00-11:00"]


@pytest.mark.parametrize(
    ("answer", "answered", "sent", "busy"),
    [
        pytest.param("accepted", 0, 0, True, id="accepted"),
        pytest.param("declined", 0, 0, False, id="declined"),
        pytest.param("declined", 0, 1, True, id="declined, and then the meeting was changed"),
        pytest.param("declined", 1, 1, False, id="declined the change"),
    ],
)
def test_who_declined_the_meeting_as_it_is_stays_free(ann, bob, make_meeting, answer, answered, sent, busy):
    meeting = make_meeting(bob, invited=ann.email)
    told = {"subject": "", "at": meeting.at, "minutes": 60, "addresses": ann.email}
    for sequence in range(sent + 1):
        Invitation.objects.create(
            activity=meeting, method="REQUEST", state="sent", uid="u", sequence=sequence, **told
        )
    InvitationAnswer.objects.create(
        activity=meeting, address=ann.email.lower(), answer=answer, sequence=answered, stamp=at("00:00")
    )
    assert bool(get_busy_clocks(ann)) is busy
    assert get_busy_clocks(bob) == ["10:00-11:00"]


def test_meetings_and_tasks_of_records_in_trash_keep_nobody_busy(bob, ada, make_meeting):
    meeting = make_meeting(bob)
    with operation("test", by=None):
        Task.objects.create(
            of="lead", record=meeting.record, title="Call", user=bob, due_on=DAY, due_time=time(18)
        )
    assert len(get_busy_clocks(bob)) == 2
    carry_out(Delete(), Lead.objects.filter(pk=meeting.record), by=ada)
    assert get_busy_clocks(bob) == []


def test_a_meeting_without_a_length_takes_half_an_hour(bob, make_meeting):
    make_meeting(bob, minutes=None)
    assert get_busy_clocks(bob) == ["10:00-10:30"]


def test_a_meeting_that_began_the_day_before_counts(bob, make_meeting):
    make_meeting(bob, at=at("00:00") - timedelta(minutes=30))
    assert get_busy_clocks(bob) == ["00:00-00:30"]


def test_deleted_and_past_meetings_keep_nobody_busy(bob, make_meeting):
    make_meeting(bob, deleted_at=at("00:00"))
    make_meeting(bob, outcome="")
    assert get_busy_clocks(bob) == []


def test_a_meeting_that_is_about_to_be_moved_can_be_left_aside(bob, make_meeting):
    moved = make_meeting(bob)
    make_meeting(bob, "14:00")
    assert get_busy_clocks(bob, without_meeting=moved.pk) == ["14:00-15:00"]


def test_an_open_task_with_a_time_takes_half_an_hour_on_the_clock_of_its_user(bob, make_lead):
    User.objects.filter(pk=bob.pk).update(time_zone="America/New_York")
    user, lead = User.objects.get(pk=bob.pk), make_lead("Ana")
    times = {"timed": time(9), "all day": None, "done": time(12)}
    with operation("test", by=None):
        for title, clock in times.items():
            done = {"done_at": at("00:00")} if title == "done" else {}
            Task.objects.create(
                of="lead", record=lead.pk, title=title, user=user, due_on=DAY, due_time=clock, **done
            )
    assert get_busy_clocks(user) == ["13:00-13:30"]


def test_another_source_can_add_busy_times(bob, monkeypatch):
    external = Span(at("12:00"), at("13:00"))

    def source(users, period):
        return [BusyTime(user.pk, external) for user in users]

    assert get_busy_clocks(bob) == []
    monkeypatch.setattr(free_times, "SOURCES", [*free_times.SOURCES, source])
    assert get_busy_clocks(bob) == ["12:00-13:00"]


def test_forty_users_take_as_many_queries_as_one(bob, make_meeting):
    users = [
        User.objects.create(email=f"user{number}@example.com", name=f"User {number}") for number in range(40)
    ]
    for user in users[:3]:
        make_meeting(user)
        Absence.objects.create(user=user, first=DAY, last=DAY)
    with CaptureQueriesContext(connection) as of_one:
        get_user_times(users[:1], PERIOD)
    with CaptureQueriesContext(connection) as of_forty:
        found = get_user_times(users, PERIOD)
    assert len(of_forty) == len(of_one) == 8
    assert [bool(found[user.pk].free) for user in users] == [False] * 3 + [True] * 37

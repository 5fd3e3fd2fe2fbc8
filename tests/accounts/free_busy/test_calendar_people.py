"""The calendar of a colleague: their working hours and absences, and "Busy" for what the reader doesn't see."""

from datetime import UTC, date, datetime, time

import pytest

from accounts.models import Absence, Holiday, WorkingHours
from crm.models import Activity, InvitationAnswer, Task
from crm.records.history.verb_execution import operation

PAGE = "/admin/tasks/calendar"
DAY = date(2031, 3, 5)


@pytest.fixture
def meet():
    def met(record, subject: str, by, hour: int, **values) -> Activity:
        with operation("add_activity", table="lead", by=by):
            return Activity.objects.create(
                of="lead",
                record=record.pk,
                type="meeting",
                outcome="planned",
                subject=subject,
                at=datetime(2031, 3, 5, hour, tzinfo=UTC),
                minutes=60,
                created_by=by,
                **values,
            )

    return met


def read(browser, query: str) -> str:
    return browser.get(f"{PAGE}?day={DAY}&{query}").content.decode()


@pytest.fixture
def hidden(make_lead, departments):
    """A lead that bob doesn't see."""
    return make_lead("Secret lead", department=departments.export)


def test_a_colleagues_meeting_on_an_unseen_record_is_busy_and_nothing_else(sign_in, ann, bob, hidden, meet):
    meet(hidden, "Secret subject", ann, 10, place="Secret place")
    text = read(sign_in(bob), f"user={ann.pk}")
    assert text.count("data-busy") == 1
    assert "Secret" not in text


def test_a_meeting_that_the_reader_sees_is_not_busy_too(sign_in, ann, bob, make_lead, meet):
    meet(make_lead("Jan", owner=bob), "Demo", ann, 10)
    text = read(sign_in(bob), f"user={ann.pk}")
    assert "Demo" in text
    assert "data-busy" not in text


def test_what_overlaps_a_seen_meeting_is_busy_for_the_rest(sign_in, ann, bob, make_lead, hidden, meet):
    meet(make_lead("Jan", owner=bob), "Demo", ann, 10)
    meet(hidden, "Secret", ann, 11)
    text = read(sign_in(bob), f"user={ann.pk}")
    assert text.count("data-busy") == 1


@pytest.mark.parametrize("query", ["user=all", "user=departments", "user=none"])
def test_a_team_has_no_busy_times(sign_in, ann, bob, hidden, meet, query):
    meet(hidden, "Secret", ann, 10)
    assert "data-busy" not in read(sign_in(bob), query)


@pytest.mark.parametrize("query", ["type=call", "priority=high"])
def test_a_filter_by_type_or_priority_shows_no_busy_times(sign_in, ann, bob, hidden, meet, query):
    meet(hidden, "Secret", ann, 10)
    assert "data-busy" not in read(sign_in(bob), f"user={ann.pk}&{query}")


def test_a_person_whom_the_reader_does_not_see_has_no_calendar(sign_in, bob, carla, hidden, meet):
    meet(hidden, "Secret", carla, 10)
    answer = sign_in(bob).get(f"{PAGE}?day={DAY}&user={carla.pk}")
    assert answer.status_code == 400
    assert "data-busy" not in answer.content.decode()


def test_a_private_meeting_of_a_colleague_is_busy(sign_in, ann, bob, make_lead, meet):
    meet(make_lead("Jan", owner=bob), "Private talk", ann, 10, private_to=ann)
    text = read(sign_in(bob), f"user={ann.pk}")
    assert "Private talk" not in text
    assert text.count("data-busy") == 1


def test_a_timed_task_on_an_unseen_record_is_busy(sign_in, ann, bob, hidden):
    with operation("add_task", table="lead", by=ann):
        Task.objects.create(
            of="lead", record=hidden.pk, title="Secret", user=ann, due_on=DAY, due_time=time(10)
        )
    assert read(sign_in(bob), f"user={ann.pk}").count("data-busy") == 1


def test_a_meeting_that_a_user_is_invited_to_is_in_their_calendar(sign_in, ann, bob, make_lead, meet):
    meet(make_lead("Jan", owner=bob), "Together", ann, 10, invited=f"x{bob.email}, {bob.email.upper()}")
    meet(make_lead("Eva", owner=bob), "Others", ann, 12, invited=f"x{bob.email}")
    text = read(sign_in(bob), "")
    assert "Together" in text
    assert "Others" not in text


def test_a_meeting_that_a_user_declined_is_not_in_their_calendar(sign_in, ann, bob, make_lead, meet):
    meeting = meet(make_lead("Jan", owner=bob), "Together", ann, 10, invited=bob.email)
    InvitationAnswer.objects.create(
        activity=meeting, address=bob.email, answer="declined", sequence=0, stamp=meeting.at
    )
    assert "Together" not in read(sign_in(bob), "")


def test_working_hours_are_marked_except_on_holidays_and_absences(sign_in, bob, departments):
    Holiday.objects.create(day=date(2031, 3, 4), name="Founders’ day")
    Absence.objects.create(user=bob, first=date(2031, 3, 6), last=date(2031, 3, 6))
    text = read(sign_in(bob), "")
    days = {part[:10]: part for part in text.split('data-day="')[1:]}
    assert [day for day, part in days.items() if 'class="working"' in part] == [
        "2031-03-03",
        "2031-03-05",
        "2031-03-07",
    ]
    assert "Founders’ day" in days["2031-03-04"]
    assert "Away" in days["2031-03-06"]


def test_the_hours_of_a_department_are_those_of_its_people(sign_in, bob, departments):
    WorkingHours.objects.create(
        department_id=bob.department_ids[0], weekday=2, opens=time(6), closes=time(10)
    )
    text = read(sign_in(bob), "")
    assert text.count('class="working"') == 1
    assert 'class="working" data-hour="0" data-minute="0" data-hours="4"' in text
    assert "06:00" in text


def test_a_team_names_who_is_away(sign_in, ann, bob):
    Absence.objects.create(user=ann, first=DAY, last=DAY)
    assert "Away: Ann" in read(sign_in(bob), "user=all")


def test_the_absence_of_someone_unseen_is_not_told(sign_in, bob, carla):
    Absence.objects.create(user=carla, first=DAY, last=DAY)
    assert "Away" not in read(sign_in(bob), "user=all")


def test_a_holiday_of_another_department_is_not_told(sign_in, bob, departments):
    Holiday.objects.create(day=DAY, name="Export day", department=departments.export)
    assert "Export day" not in read(sign_in(bob), "user=all")

"""Moving what is in the calendar: by the existing verbs, with a sentence, an undo and no surprise."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.models import Activity, Invitation, Operation, Task

MOVE = "/admin/tasks/calendar/move"
BUCHAREST = ZoneInfo("Europe/Bucharest")
DAY = date(2031, 3, 5)


def move(browser, row, day: str, clock: str = "", **values):
    name = "task" if isinstance(row, Task) else "meeting"
    sent = {"entry": f"{name}-{row.pk}", "day": day, "time": clock, "version": row.version}
    return browser.post(MOVE, sent | {"query": "day=2031-03-05"} | values)


def text_after(browser, answer) -> str:
    return browser.get(answer["Location"]).content.decode()


def test_a_task_gets_another_day_and_time_with_an_undo(sign_in, bob, lead, plan):
    task, browser = plan(lead, "Call", DAY, due_time=time(10)), sign_in(bob)
    text = text_after(browser, move(browser, task, "2031-03-06", "10:15"))
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (date(2031, 3, 6), time(10, 15))
    done = Operation.objects.latest("pk")
    assert done.kind == "reschedule_task"
    assert "Moved “Call” to Thu 6 Mar, 10:15." in text
    assert f"/admin/operations/{done.pk}/undo" in text


def test_a_task_keeps_its_time_on_another_day(sign_in, bob, lead, plan):
    task = plan(lead, "Call", DAY, due_time=time(10))
    move(sign_in(bob), task, "2031-03-06")
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (date(2031, 3, 6), time(10))


def test_a_task_above_the_hours_is_due_all_day(sign_in, bob, lead, plan):
    task = plan(lead, "Call", DAY, due_time=time(10))
    move(sign_in(bob), task, "2031-03-06", "all_day")
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (date(2031, 3, 6), None)


def test_the_task_of_a_user_elsewhere_moves_to_the_time_that_the_reader_sees(sign_in, ann, ben, lead, plan):
    type(ben).objects.filter(pk=ben.pk).update(time_zone="America/New_York")
    task = plan(lead, "Call", DAY, due_time=time(10), user=ben)
    move(sign_in(ann), task, "2031-03-06", "02:00")
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (DAY, time(19))


def test_a_meeting_moves_and_those_invited_are_told(sign_in, bob, lead, meet):
    at = datetime.combine(timezone.localdate() + timedelta(days=3), time(10), BUCHAREST)
    meeting = meet(lead, "Demo", at, outcome="planned", minutes=30, invited="guest@example.com")
    browser = sign_in(bob)
    text = text_after(browser, move(browser, meeting, str(at.date() + timedelta(days=1)), "11:30"))
    meeting.refresh_from_db()
    assert timezone.localtime(meeting.at, BUCHAREST) == at + timedelta(days=1, hours=1, minutes=30)
    assert Operation.objects.latest("pk").kind == "edit_activity"
    assert Invitation.objects.waiting().count() == 1
    assert "Those invited will get an email" in text


def test_a_meeting_keeps_its_clock_across_the_night_that_changes_it(sign_in, bob, lead, meet):
    meeting = meet(lead, "Demo", datetime(2031, 3, 29, 10, tzinfo=BUCHAREST))
    move(sign_in(bob), meeting, "2031-03-30")
    meeting.refresh_from_db()
    assert meeting.at == datetime(2031, 3, 30, 7, tzinfo=UTC)


def test_a_move_from_a_page_that_is_out_of_date_moves_nothing(sign_in, bob, lead, plan):
    task, browser = plan(lead, "Call", DAY), sign_in(bob)
    move(browser, task, "2031-03-06")
    text = text_after(browser, move(browser, task, "2031-03-07"))
    task.refresh_from_db()
    assert task.due_on == date(2031, 3, 6)
    assert "has changed since this page was opened" in text


def test_who_may_not_change_an_entry_is_told_so(sign_in, bob, ann, make_lead, meet):
    meeting = meet(make_lead("Jan", owner=bob), "Demo", datetime(2031, 3, 5, 10, tzinfo=UTC), created_by=ann)
    browser = sign_in(bob)
    text = text_after(browser, move(browser, meeting, "2031-03-06"))
    assert "can’t be changed by you" in text
    assert Activity.objects.get(pk=meeting.pk).at == meeting.at


@pytest.mark.parametrize("entry", ["task-0", "meeting-x", "", "call-1", "task-999999999999999999999"])
def test_an_entry_that_is_not_there_is_not_found(sign_in, bob, entry):
    assert sign_in(bob).post(MOVE, {"entry": entry, "day": "2031-03-06", "version": 1}).status_code == 404


def test_entries_of_unseen_records_and_other_activities_are_not_found(
    sign_in, bob, lead, make_lead, departments, plan, meet
):
    foreign, browser = make_lead(department=departments.export), sign_in(bob)
    at = datetime(2031, 3, 5, 10, tzinfo=UTC)
    for row in (plan(foreign, "T", DAY), meet(foreign, "M", at), meet(lead, "N", at, type="note")):
        assert move(browser, row, "2031-03-06").status_code == 404
    done = plan(lead, "Done", DAY, done_at=at, done_by=bob)
    assert move(browser, done, "2031-03-06").status_code == 404


@pytest.mark.parametrize(
    ("day", "clock", "words"),
    [
        ("soon", "", "Enter a date"),
        ("1999-12-31", "", "between 2000 and 2099"),
        ("2031-03-06", "25:00", "Enter a"),
        ("2099-03-06", "", "in the next five years"),
    ],
)
def test_a_day_or_time_that_does_not_exist_moves_nothing_and_says_why(
    sign_in, bob, lead, meet, day, clock, words
):
    meeting, browser = meet(lead, "Demo", datetime(2031, 3, 5, 10, tzinfo=UTC)), sign_in(bob)
    text = text_after(browser, move(browser, meeting, day, clock))
    assert words in text
    assert Activity.objects.get(pk=meeting.pk).at == meeting.at


def test_the_calendar_follows_an_entry_that_leaves_the_week(sign_in, bob, lead, plan):
    task, browser = plan(lead, "Call", date(2031, 3, 9)), sign_in(bob)
    assert move(browser, task, "2031-03-10")["Location"].endswith(f"?day=2031-03-10#task-{task.pk}")

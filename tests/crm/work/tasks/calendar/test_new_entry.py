"""Adding a task or a meeting at a time of the calendar."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.models import Activity, Invitation, Task

NEW = "/admin/tasks/calendar/new"
SENT = {"title": "Demo", "day": "2031-03-05", "time": "10:30", "priority": "normal", "q": "novak"}


def test_the_link_of_an_hour_fills_the_form(sign_in, bob):
    text = sign_in(bob).get(f"{NEW}?day=2031-03-05&time=10:30&minutes=45&what=meeting").content.decode()
    for value in ("5 Mar 2031", "10:30", "45"):
        assert f'value="{value}"' in text
    assert "checked" in text.split('value="meeting"')[1].split(">")[0]


@pytest.mark.parametrize("query", ["day=soon&time=9&minutes=x&what=party", "minutes=-1", "day=", ""])
def test_a_link_that_says_nothing_valid_opens_the_empty_form(sign_in, bob, query):
    assert sign_in(bob).get(f"{NEW}?{query}").status_code == 200


def test_each_hour_of_a_day_links_to_the_form_without_scripts(sign_in, bob):
    text = sign_in(bob).get("/admin/tasks/calendar?view=day&day=2031-03-05").content.decode()
    assert f"{NEW}?view=day&amp;day=2031-03-05&amp;time=10:00" in text


def test_a_task_is_added_for_the_user_at_that_time(sign_in, bob, lead):
    answer = sign_in(bob).post(NEW, SENT | {"what": "task", "view": "day"})
    assert answer["Location"] == "/admin/tasks/calendar?view=day&day=2031-03-05"
    task = Task.objects.get()
    assert (task.record, task.user, task.due_on, task.due_time) == (
        lead.pk,
        bob,
        date(2031, 3, 5),
        time(10, 30),
    )


def test_a_meeting_is_planned_and_its_guests_are_invited(sign_in, bob, lead):
    day = timezone.localdate() + timedelta(days=2)
    sent = SENT | {"what": "meeting", "day": str(day), "minutes": "45", "invited": "guest@example.com"}
    sign_in(bob).post(NEW, sent | {"place": "Room 2", "text": "- price list"})
    meeting = Activity.objects.meetings().get()
    assert meeting.at == datetime.combine(day, time(10, 30), ZoneInfo("Europe/Bucharest"))
    assert (meeting.subject, meeting.minutes, meeting.place, meeting.text) == (
        "Demo",
        45,
        "Room 2",
        "- price list",
    )
    assert meeting.is_planned
    assert Invitation.objects.waiting().get().addresses == "guest@example.com"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"time": ""}, "Choose a time for the meeting."),
        ({"title": " "}, "required"),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"invited": "guest"}, "isn’t an email address"),
        ({"invited": "guest@example.com", "minutes": ""}, "Enter how many minutes"),
        ({"invited": "guest@example.com", "day": "2020-03-05"}, "Choose a time in the future."),
        ({"day": "2098-03-05"}, "in the next five years"),
        ({"q": "nothing"}, "No record that you can change"),
        ({"what": "party"}, "Select a valid choice"),
    ],
)
def test_a_meeting_that_cannot_be_gets_a_sentence_and_keeps_what_was_typed(
    sign_in, bob, lead, changed, words
):
    day = str(timezone.localdate() + timedelta(days=2))
    sent = SENT | {"what": "meeting", "day": day, "minutes": "45", "text": "typed before"} | changed
    answer = sign_in(bob).post(NEW, sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "typed before" in answer.content.decode()
    assert not Activity.objects.meetings().exists()


def test_nothing_is_added_to_a_record_that_the_user_only_sees(sign_in, ann, bob, make_lead):
    shared = make_lead("Eva Novák", owner=ann, shared=True)
    answer = sign_in(bob).post(NEW, SENT | {"what": "task", "record": f"lead:{shared.pk}"})
    assert answer.status_code == 422
    assert not Task.objects.exists()

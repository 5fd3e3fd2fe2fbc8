"""Adding a task on the page of tasks: its record is found by typing."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Operation, Task
from crm.work.tasks.call_backs import build_call_back_moments

NEW = "/admin/tasks/new"
NEW_TASK = {"title": "Call", "when": "today", "priority": "normal"}


def test_a_record_that_alone_is_found_gets_the_task_with_undo(sign_in, bob, make_lead):
    lead = make_lead("Jan Novák", owner=bob)
    make_lead("Petra Svobodová", owner=bob)
    sent = {**NEW_TASK, "title": "Call  back", "when": "day", "day": "2031-03-05", "q": "novak"}
    text = sign_in(bob).post(NEW, sent, follow=True).content.decode()
    task = Task.objects.get()
    assert (task.title, str(task.due_on), task.user, task.record) == ("Call back", "2031-03-05", bob, lead.pk)
    assert f"/admin/operations/{Operation.objects.latest('pk').pk}/undo" in text


def test_of_several_records_one_is_chosen(sign_in, bob, make_lead):
    first, second = make_lead("Jan Novák", owner=bob), make_lead("Eva Novák", owner=bob)
    browser, sent = sign_in(bob), {**NEW_TASK, "q": "novak"}
    answer = browser.post(NEW, sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Choose one of these records." in text
    assert f'value="lead:{first.pk}"' in text
    browser.post(NEW, sent | {"record": f"lead:{second.pk}"})
    assert Task.objects.get().record == second.pk


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"q": "novak", "title": " "}, "Fix 1 error"),
        ({}, "Enter the name of a record."),
        ({"q": "zzz"}, "No record that you can change matches “zzz”."),
        ({"q": "zzz", "record": "song:1"}, "No record that you can change matches “zzz”."),
        ({"q": "novak", "when": "day", "day": "soon"}, "Enter a date like 25 Nov 2026."),
        ({"q": "novak", "when": "day"}, "Choose a date."),
        ({"q": "novak", "when": "someday"}, "Fix 1 error"),
    ],
)
def test_a_task_that_lacks_something_gets_a_sentence(sign_in, bob, make_lead, sent, sentence):
    make_lead("Jan Novák", owner=bob)
    answer = sign_in(bob).post(NEW, NEW_TASK | sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Task.objects.exists()


def test_records_that_the_user_cannot_change_are_not_offered_and_get_no_task(
    sign_in, ann, bob, make_lead, departments
):
    shared = make_lead("Jan Novák", owner=ann, shared=True)
    foreign = make_lead("Eva Novák", department=departments.export)
    browser = sign_in(bob)
    assert 'type="radio"' not in browser.get(f"{NEW}?q=novak").content.decode().split("<main")[1]
    for lead in (shared, foreign):
        answer = browser.post(NEW, {**NEW_TASK, "q": "novak", "record": f"lead:{lead.pk}"})
        assert answer.status_code == 422
    assert not Task.objects.exists()


def test_a_new_task_is_due_at_the_chosen_moment_on_the_users_clock(sign_in, bob, make_lead, monkeypatch):
    lead, browser = make_lead("Jan Novák", owner=bob), sign_in(bob)
    now = timezone.localtime().replace(hour=10, minute=20, second=0, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: now)
    due = {"today": (now.date(), None), "no_date": (None, None)}
    due |= {moment.code: (moment.day, moment.at) for moment in build_call_back_moments(bob)}
    assert due["in_3_hours"] == (now.date(), time(13, 20))
    sent = NEW_TASK | {"priority": "high", "record": f"lead:{lead.pk}", "q": "novak"}
    for when, moment in due.items():
        browser.post(NEW, sent | {"when": when})
        task = Task.objects.latest("pk")
        assert (task.due_on, task.due_time, task.priority) == (*moment, Task.Priority.HIGH)


def test_the_list_and_the_calendar_get_back_what_they_asked_for(sign_in, bob, make_lead):
    lead = make_lead("Jan Novák", owner=bob)
    sent = NEW_TASK | {"q": "novak", "record": f"lead:{lead.pk}", "query": "type=call&after="}
    browser = sign_in(bob)
    assert browser.post(NEW, sent)["Location"] == "/admin/tasks?type=call#id_new_title"
    calendar = browser.post(NEW, sent | {"calendar": "1"})["Location"]
    assert calendar == "/admin/tasks/calendar?type=call#id_new_title"


def test_a_faulty_task_is_shown_in_the_list_it_was_typed_in(sign_in, bob, make_lead, make_task):
    make_task("Listed", make_lead("Jan Novák", owner=bob), user=bob)
    answer = sign_in(bob).post(NEW, NEW_TASK | {"title": "Typed", "query": "when=no_date"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert ">Listed<" in text
    assert 'value="Typed"' in text


def test_finding_a_record_needs_the_same_number_of_queries_for_many(sign_in, bob, make_lead):
    browser, counted = sign_in(bob), []
    for more in (1, 6):
        for number in range(more):
            make_lead(f"Jan Novák{number}", owner=bob)
        browser.get(f"{NEW}?q=novak")
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"{NEW}?q=novak")
        counted.append(len(queries))
    assert counted[0] == counted[1]

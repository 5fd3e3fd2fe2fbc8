"""Putting a task off with one click, adding the same task to many leads, and the numbers on the tabs of the list."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.models import Notification, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.work.tasks.verbs import AddTask
from leads.models import Lead

DAY = date(2030, 5, 6)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def snooze(browser, task: Task, until: str):
    return browser.post(f"/admin/leads/{task.record}/tasks/{task.pk}/snooze", {"until": until}, follow=True)


def test_a_task_is_put_off_with_one_click_and_the_undo_brings_it_back(sign_in, bob, lead, plan):
    browser, task = sign_in(bob), plan(lead, due_on=DAY, due_time=time(9))
    text = snooze(browser, task, "tomorrow").content.decode()
    assert "Rescheduled the task." in text
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (timezone.localdate() + timedelta(days=1), time(9))
    revert_operation(Operation.objects.latest("pk"), by=bob)
    task.refresh_from_db()
    assert task.due_on == DAY


def test_an_hour_from_now_is_on_the_clock_of_the_user_the_task_is_for(sign_in, bob, lead, plan):
    type(bob).objects.filter(pk=bob.pk).update(time_zone="Asia/Tokyo")
    task = plan(lead, due_on=DAY)
    snooze(sign_in(bob), task, "hour")
    task.refresh_from_db()
    later = timezone.now().astimezone(ZoneInfo("Asia/Tokyo")) + timedelta(hours=1)
    moment = datetime.combine(task.due_on, task.due_time, ZoneInfo("Asia/Tokyo"))
    assert timedelta() <= moment - later.replace(second=0, microsecond=0) < timedelta(minutes=6)
    assert task.due_time.minute % 5 == 0


def test_an_unknown_moment_is_a_bad_request(sign_in, bob, lead, plan):
    assert snooze(sign_in(bob), plan(lead), "never").status_code == 400


def test_a_task_is_added_to_many_leads_for_their_owners(sign_in, oscar, bob, ben, make_lead):
    mine, other, lone = make_lead(owner=bob), make_lead(owner=ben), make_lead()
    verb = AddTask(oscar, {"title": "Send the offer", "due_on": DAY}, to_owners=True)
    outcome = carry_out(verb, Lead.objects.filter(pk__in=[mine.pk, other.pk, lone.pk]), by=oscar)
    found = dict(Task.objects.values_list("record", "user"))
    assert found == {mine.pk: bob.pk, other.pk: ben.pk, lone.pk: None}
    assert set(Notification.objects.values_list("user", "kind")) == {
        (bob.pk, "task_assigned"),
        (ben.pk, "task_assigned"),
    }
    mine.refresh_from_db()
    assert (mine.next_action, mine.next_action_on) == ("Send the offer", DAY)
    revert_operation(outcome.operation, by=oscar)
    assert not Task.objects.present().exists()


def test_the_tabs_of_the_list_count_the_tasks_of_one_user(sign_in, bob, lead, plan):
    today = timezone.localdate()
    for day in (today - timedelta(days=2), today - timedelta(days=1), today, None):
        plan(lead, due_on=day)
    text = re.sub(r"\s+", " ", sign_in(bob).get("/admin/tasks").content.decode())
    assert 'Overdue <span class="count">2</span>' in text
    assert 'Today <span class="count">1</span>' in text
    assert 'All open <span class="count">4</span>' in text
    everyone = sign_in(bob).get("/admin/tasks?user=all").content.decode()
    assert 'class="count">4' not in everyone


@pytest.mark.parametrize(
    ("path", "sent"), [("activities", {"type": "note", "text": "Hello"}), ("tasks", {"title": "Call"})]
)
def test_adding_something_keeps_the_place_in_the_list(path, sent, sign_in, bob, lead):
    asked = "status=1&sort=name"
    answer = sign_in(bob).post(f"/admin/leads/{lead.pk}/{path}", {**sent, "list": asked}, follow=True)
    assert answer.redirect_chain == [(f"/admin/leads/{lead.pk}?list=status%3D1%26sort%3Dname", 302)]
    text = answer.content.decode()
    assert f'/admin/leads/{lead.pk}/next?list=status%3D1%26sort%3Dname"' in text
    assert '<input type="hidden" name="list" value="status=1&amp;sort=name">' in text

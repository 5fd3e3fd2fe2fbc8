"""Tasks that repeat: the next one, in whatever way the last one was completed, and the undo of both."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from crm.models import Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.work.tasks.verbs import CompleteTask, carry_out_on_tasks
from leads.models import Lead
from leads.verbs import SetNextAction


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def repeating(bob, lead, make_task):
    def planned(repeat: str, day: date | None, title: str = "Call", **values) -> Task:
        return make_task(title, lead, user=bob, repeat=repeat, due_on=day, **values)

    return planned


def complete(task: Task, by) -> Task | None:
    """The task that follows."""
    carry_out_on_tasks(CompleteTask(by), [task.pk], by=by)
    return Task.objects.exclude(pk=task.pk).open().order_by("-pk").first()


@pytest.mark.parametrize(
    ("repeat", "day", "expected"),
    [
        ("daily", date(2090, 1, 6), date(2090, 1, 7)),
        # A Friday.
        ("weekdays", date(2090, 1, 6), date(2090, 1, 9)),
        ("weekly", date(2090, 1, 6), date(2090, 1, 13)),
        ("two_weeks", date(2090, 1, 6), date(2090, 1, 20)),
        ("monthly", date(2090, 1, 31), date(2090, 2, 28)),
        ("quarterly", date(2090, 11, 30), date(2091, 2, 28)),
        ("yearly", date(2088, 2, 29), date(2089, 2, 28)),
    ],
)
def test_the_next_task_is_added_when_one_is_completed(repeat, day, expected, repeating, bob, lead):
    task = repeating(repeat, day, priority="high", description="As agreed")
    following = complete(task, bob)
    assert following.due_on == expected
    for name in ("title", "user_id", "type", "priority", "description", "repeat", "of", "record"):
        assert getattr(following, name) == getattr(task, name)
    assert following.created_by == bob
    lead.refresh_from_db()
    assert (lead.next_action, lead.next_action_on) == ("Call", expected)


def test_the_last_day_of_a_month_stays_the_last_day_after_february(repeating, bob):
    february = complete(repeating("monthly", date(2090, 1, 31)), bob)
    assert complete(february, bob).due_on == date(2090, 3, 31)


def test_a_task_completed_late_is_not_followed_by_overdue_ones(repeating, bob):
    today = timezone.now().date()
    following = complete(repeating("weekly", today - timedelta(days=30)), bob)
    assert today <= following.due_on < today + timedelta(days=7)
    assert (following.due_on - today).days == (today - timedelta(days=30) + timedelta(days=35) - today).days


def test_a_task_that_does_not_repeat_is_not_followed(repeating, bob):
    assert complete(repeating("", date(2090, 1, 6)), bob) is None


def test_clearing_the_next_action_completes_the_task_and_plans_the_next(repeating, bob, lead):
    task = repeating("weekly", date(2090, 1, 6))
    carry_out(SetNextAction("", None), Lead.objects.filter(pk=lead.pk), by=bob)
    lead.refresh_from_db()
    assert (lead.next_action, lead.next_action_on) == ("Call", date(2090, 1, 13))
    task.refresh_from_db()
    assert task.is_done
    assert Task.objects.open().count() == 1


def test_clearing_the_next_action_shows_the_earliest_of_the_others(repeating, bob, lead):
    repeating("weekly", date(2090, 1, 6))
    repeating("", date(2090, 5, 1), title="Renew")
    carry_out(SetNextAction("", None), Lead.objects.filter(pk=lead.pk), by=bob)
    lead.refresh_from_db()
    assert (lead.next_action, lead.next_action_on) == ("Call", date(2090, 1, 13))
    assert sorted(Task.objects.open().values_list("title", "due_on")) == [
        ("Call", date(2090, 1, 13)),
        ("Renew", date(2090, 5, 1)),
    ]


def test_an_undo_opens_the_task_and_takes_the_next_one_back(repeating, bob, lead):
    task = repeating("weekly", date(2090, 1, 6))
    done = carry_out_on_tasks(CompleteTask(bob), [task.pk], by=bob).operation
    undone = revert_operation(done, by=bob)
    assert list(Task.objects.present().values_list("pk", "done_at")) == [(task.pk, None)]
    lead.refresh_from_db()
    assert lead.next_action_on == date(2090, 1, 6)
    revert_operation(undone.operation, by=bob)
    assert list(Task.objects.present().open().values_list("due_on", flat=True)) == [date(2090, 1, 13)]
    lead.refresh_from_db()
    assert lead.next_action_on == date(2090, 1, 13)


def test_the_form_sets_how_a_task_repeats(sign_in, bob, lead):
    browser = sign_in(bob)
    sent = {"title": "Call", "user": bob.pk, "due_on": "2090-01-06", "repeat": "monthly"}
    browser.post(f"/admin/leads/{lead.pk}/tasks", sent)
    assert Task.objects.get().repeat == "monthly"
    assert "Every month" in browser.get(f"/admin/leads/{lead.pk}").content.decode()

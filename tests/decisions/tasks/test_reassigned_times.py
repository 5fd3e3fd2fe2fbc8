"""When a task is due after another user got it: at the same moment, on the clock of that user."""

from datetime import date, time
from typing import NamedTuple

import pytest

from accounts.models import User
from accounts.ownership.verbs import Assign
from accounts.ownership.verbs.reassign_tasks import reassign_tasks
from crm.models import Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.tasks.verbs import EditTask, ReassignTask, carry_out_on_tasks
from leads.models import Lead

pytestmark = pytest.mark.django_db

BUCHAREST, ATHENS, NEW_YORK, KOLKATA = (
    "Europe/Bucharest", "Europe/Athens", "America/New_York", "Asia/Kolkata",
)  # fmt: skip
# Bucharest, in the tests.
COMPANY = ""


class Case(NamedTuple):
    """A task due then on the clock of Bob, who is in the first zone, goes to Ben in the second one."""

    zones: tuple[str, str]
    day: str
    time: str
    then: tuple[str, str]


CASES = {
    "16:24 in Bucharest is 09:24 in New York": Case(
        (BUCHAREST, NEW_YORK), "2026-11-26", "16:24", ("2026-11-26", "09:24")
    ),
    "09:24 in New York is 16:24 in Bucharest": Case(
        (NEW_YORK, BUCHAREST), "2026-11-26", "09:24", ("2026-11-26", "16:24")
    ),
    "early in the morning it is the evening before": Case(
        (BUCHAREST, NEW_YORK), "2026-12-01", "02:00", ("2026-11-30", "19:00")
    ),
    "late in the evening it is the next morning": Case(
        (NEW_YORK, BUCHAREST), "2026-12-31", "20:00", ("2027-01-01", "03:00")
    ),
    "in the weeks in which only one clock has changed": Case(
        (BUCHAREST, NEW_YORK), "2027-03-20", "16:24", ("2027-03-20", "10:24")
    ),
    "half an hour's difference": Case((BUCHAREST, KOLKATA), "2026-11-26", "16:24", ("2026-11-26", "19:54")),
    "the same time zone": Case((BUCHAREST, BUCHAREST), "2026-11-26", "16:24", ("2026-11-26", "16:24")),
    "another time zone whose clocks say the same": Case(
        (BUCHAREST, ATHENS), "2026-11-26", "16:24", ("2026-11-26", "16:24")
    ),
    "the company's time zone": Case((COMPANY, NEW_YORK), "2026-11-26", "16:24", ("2026-11-26", "09:24")),
    "to the company's time zone": Case((NEW_YORK, COMPANY), "2026-11-26", "09:24", ("2026-11-26", "16:24")),
    "all day stays the same day": Case((BUCHAREST, NEW_YORK), "2026-11-26", "", ("2026-11-26", "")),
    "no day stays none": Case((BUCHAREST, NEW_YORK), "", "", ("", "")),
}  # fmt: skip
BY_HAND, EDITED, WITH_THE_LEAD, LEAVING = (
    "selected tasks",
    "its form",
    "a new owner of the lead",
    "a user leaves",
)
WAYS = (BY_HAND, EDITED, WITH_THE_LEAD, LEAVING)


@pytest.fixture
def task(bob, ben, make_lead):
    """task(case): Bob's task on his lead."""

    def make(case: Case) -> Task:
        for user, zone in zip((bob, ben), case.zones, strict=True):
            User.objects.filter(pk=user.pk).update(time_zone=zone)
            user.refresh_from_db()
        lead = make_lead("Jan Novák", owner=bob, shared=True)
        day = date.fromisoformat(case.day) if case.day else None
        clock = time.fromisoformat(case.time) if case.time else None
        with operation("test", by=None):
            return Task.objects.create(
                of="lead", record=lead.pk, title="Call", user=bob, due_on=day, due_time=clock
            )

    return make


def reassign(way: str, task: Task, bob: User, ben: User, by: User):
    """The operation."""
    if way == BY_HAND:
        return carry_out_on_tasks(ReassignTask(ben), [task.pk], by=by).operation
    if way == EDITED:
        return carry_out_on_tasks(EditTask({"user": ben}), [task.pk], by=by).operation
    if way == LEAVING:
        reassign_tasks(bob, ben, by=by)
        return None
    return carry_out(Assign(ben), Lead.objects.filter(pk=task.record), by=by).operation


def due(task: Task) -> tuple[str, str]:
    task.refresh_from_db()
    return (str(task.due_on or ""), f"{task.due_time:%H:%M}" if task.due_time else "")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_reassigned_task_is_due_at_the_same_moment(case, way, task, bob, ben, ada):
    row = task(case)
    reassign(way, row, bob, ben, ada)
    assert due(row) == case.then
    assert row.user == ben, "the task wasn’t reassigned"
    # The lead shows the day of its task.
    assert str(Lead.objects.get(pk=row.record).next_action_on or "") == case.then[0]


FAR = Case((BUCHAREST, NEW_YORK), "2026-12-01", "02:00", ("2026-11-30", "19:00"))


@pytest.mark.parametrize("way", [BY_HAND, EDITED, WITH_THE_LEAD])
def test_an_undo_puts_back_the_day_and_the_time(way, task, bob, ben, ada):
    row = task(FAR)
    done = reassign(way, row, bob, ben, ada)
    revert_operation(done, by=ada)
    assert due(row) == ("2026-12-01", "02:00")
    assert row.user == bob
    assert Lead.objects.get(pk=row.record).next_action_on == date(2026, 12, 1)


def test_who_changes_the_time_along_with_the_user_means_the_clock_of_the_new_user(task, bob, ben, ada):
    row = task(FAR)
    carry_out_on_tasks(EditTask({"user": ben, "due_time": time(10)}), [row.pk], by=ada)
    assert due(row) == ("2026-12-01", "10:00")


def test_without_a_user_the_time_stays_as_it_is_written(task, bob, ben, ada):
    row = task(FAR)
    for user in (None, ben):
        carry_out_on_tasks(ReassignTask(user), [row.pk], by=ada)
        assert due(row) == ("2026-12-01", "02:00")

"""For whom a task may be, to which records tasks are added, and who is notified of those that they get."""

from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Notification, Operation, Task, Verdict
from crm.records.history.verb_execution import carry_out, operation
from crm.work.tasks.verbs import (
    AddTask,
    AddTasks,
    CompleteTask,
    EditTask,
    ReassignTask,
    ReopenTask,
    RescheduleTask,
    carry_out_on_tasks,
    lock_records,
)
from leads.models import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(make_lead, bob) -> list[Lead]:
    return [make_lead(owner=bob) for _number in range(3)]


def rows_of(*leads: Lead) -> Any:
    return Lead.objects.filter(pk__in=[lead.pk for lead in leads])


# Whom a task is for, and why that is refused.
FOR = {
    "no one": (None, []),
    "who sees the record": ("sofia", []),
    "who doesn't see it": ("dan", ["user_sees_not"]),
    "who has left": ("left", ["user_inactive"]),
}


@pytest.mark.parametrize(("name", "refused"), FOR.values(), ids=FOR)
def test_for_whom_a_task_may_be(name, refused, leads, ann, sofia, dan, make_task, make_lead, departments):
    # He sees another lead.
    make_lead(department=departments.export, owner=dan)
    if name == "left":
        with operation("test", by=None):
            type(sofia).objects.filter(pk=sofia.pk).update(is_active=False)
        sofia.is_active = False
    user = {"sofia": sofia, "left": sofia, "dan": dan, None: None}[name]
    added = carry_out(AddTask(ann, {"title": "Call", "user": user}), rows_of(leads[0]), by=ann)
    task = make_task("Call", leads[1], user=ann)
    given = carry_out_on_tasks(ReassignTask(user), [task.pk], by=ann)
    edited = carry_out_on_tasks(EditTask({"user": user, "title": "Post"}), [task.pk], by=ann)
    assert [list(outcome.refused) for outcome in (added, given, edited)] == [refused] * 3
    assert Task.objects.filter(record=leads[0].pk).count() == (0 if refused else 1)
    assert Operation.objects.filter(kind="reassign_task").count() == (0 if refused else 1)


def test_a_user_without_the_permission_to_view_records_gets_no_task(leads, ann, sofia, monkeypatch):
    monkeypatch.setattr(type(sofia), "has_perm", lambda self, right, obj=None: self.pk != sofia.pk)
    added = carry_out(AddTask(ann, {"title": "Call", "user": sofia}), rows_of(leads[0]), by=ann)
    assert list(added.refused) == ["user_sees_not"]


def test_the_same_task_is_added_to_each_record_for_one_user_or_for_each_owner(leads, ann, bob, sofia):
    carry_out(AddTask(ann, {"title": "One", "user": sofia}), rows_of(*leads), by=ann)
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[2].pk).update(owner=None)
    carry_out(AddTask(ann, {"title": "Each"}, to_owners=True), rows_of(*leads), by=ann)
    pairs = list(Task.objects.order_by("title", "record").values_list("title", "record", "user"))
    owners = [bob.pk, bob.pk, None]
    assert pairs == [
        *(("Each", lead.pk, owner) for lead, owner in zip(leads, owners, strict=True)),
        *(("One", lead.pk, sofia.pk) for lead in leads),
    ]
    assert set(Task.objects.values_list("created_by", "of")) == {(ann.pk, "lead")}
    # Tasks are numbered in the order of their records.
    for title in ("One", "Each"):
        added = Task.objects.filter(title=title).order_by("pk").values_list("record", flat=True)
        assert list(added) == [lead.pk for lead in leads]
    assert set(Notification.objects.values_list("user", flat=True)) == {bob.pk, sofia.pk}


def test_tasks_of_a_file_are_added_to_the_records_of_the_set_alone(leads, ann, sofia):
    new = tuple((lead.pk, {"title": f"Call {place}", "user": sofia}) for place, lead in enumerate(leads))
    verb = AddTasks(ann, {"user": sofia}, of="lead", new=new)
    carry_out(verb, rows_of(leads[0], leads[2]), by=ann)
    found = Task.objects.order_by("pk").values_list("record", "title")
    assert list(found) == [(leads[0].pk, "Call 0"), (leads[2].pk, "Call 2")]
    told = Notification.objects.get()
    assert (told.user, told.parameters["count"]) == (sofia, 2)


def test_who_gets_tasks_is_notified_of_these_alone(leads, ann, sofia, make_task):
    tasks = [make_task("Call", lead, user=ann) for lead in leads]
    assert carry_out_on_tasks(ReassignTask(sofia), [], by=ann).operation is None
    outcome = carry_out_on_tasks(ReassignTask(sofia), [tasks[2].pk, tasks[0].pk], by=ann)
    assert outcome.changed == [tasks[0].pk, tasks[2].pk]
    told = Notification.objects.get()
    assert (told.user, told.parameters["count"]) == (sofia, 2)
    record = outcome.operation
    assert (record.table, record.changed, record.matched) == ("lead", 2, 2)
    assert Verdict.objects.get(operation=record).ids == [leads[0].pk, leads[2].pk]
    again = carry_out_on_tasks(ReassignTask(sofia), [tasks[0].pk], by=ann)
    assert (again.unchanged, again.operation) == ([tasks[0].pk], None)
    assert Notification.objects.count() == 1
    carry_out_on_tasks(ReassignTask(None), [tasks[0].pk], by=ann)
    assert Notification.objects.count() == 1


# The records of tasks that a user gets at once: how many tasks the notification tells, of which record and where it leads.
NOTIFIED = {
    "one task": (["lead"], 1, "lead"),
    "two tasks of one record": (["lead", "lead"], 2, None),
    "two of one record and one of another": (["lead", "lead", "other lead"], 3, None),
    "one of a lead and one of the company with its number": (["lead", "company"], 2, None),
    "two of the company": (["company", "company"], 2, None),
    "one of the company": (["company"], 1, "company"),
}


@pytest.fixture
def told(leads, ann, sofia, make_company, make_task):
    """told(): the number that Sofia's only notification tells, its record and where it leads."""
    records = {
        "lead": leads[0],
        "other lead": leads[1],
        "company": make_company("Iron Forge", pk=leads[0].pk),
    }

    def describe() -> tuple[int, str | None, str]:
        notification = Notification.objects.get(user=sofia)
        parameters = notification.parameters
        return parameters["count"], parameters["table"] if "record" in parameters else None, notification.path

    describe.records = records
    return describe


@pytest.mark.parametrize(("names", "count", "table"), NOTIFIED.values(), ids=NOTIFIED)
def test_as_many_tasks_are_told_as_a_user_gets(names, count, table, told, ann, sofia, make_task):
    tasks = [make_task("Call", told.records[name], user=ann) for name in names]
    carry_out_on_tasks(ReassignTask(sofia), [task.pk for task in tasks], by=ann)
    path = told.records[table].get_absolute_url() if table else "/admin/tasks"
    assert told() == (count, table, path)


@pytest.mark.parametrize(
    ("names", "count"), [(["lead"], 1), (["lead", "lead"], 2), (["lead", "lead", "other lead"], 3)]
)
def test_as_many_tasks_of_a_file_are_told_as_a_user_gets(names, count, told, ann, sofia):
    new = tuple((told.records[name].pk, {"title": "Call", "user": sofia}) for name in [*names, "company"])
    carry_out(AddTasks(ann, {"user": sofia}, of="lead", new=new[:-1]), rows_of(*Lead.objects.all()), by=ann)
    assert told()[0] == count


def test_tasks_of_two_types_of_records_are_one_operation_on_no_table(leads, ann, make_company, make_task):
    company = make_company("Iron Forge", owner=ann)
    tasks = [make_task("Call", leads[0]), make_task("Call", leads[0]), make_task("Call", company)]
    record = carry_out_on_tasks(CompleteTask(ann), [task.pk for task in tasks], by=ann).operation
    assert (record.table, record.changed, record.matched) == ("", 2, 2)


def test_exactly_the_records_of_the_tasks_are_locked_in_the_order_of_their_numbers(
    leads, make_company, make_task
):
    same_number = make_company("Iron Forge", pk=leads[0].pk)
    company = make_company("Omnia", pk=leads[2].pk + 1)
    tasks = [make_task("Call", record) for record in (leads[2], company, leads[0])]
    make_task("Call", leads[1])
    with CaptureQueriesContext(connection) as done:
        lock_records([task.pk for task in tasks])
    found = {}
    for query in done.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(query["sql"])
            found[query["sql"].split('"')[1]] = [pk for (pk,) in cursor.fetchall()]
        assert "FOR NO KEY UPDATE" in query["sql"]
    assert {table: ids for table, ids in found.items() if ids} == {
        Lead._meta.db_table: [leads[0].pk, leads[2].pk],
        type(same_number)._meta.db_table: [company.pk],
    }


DAY, CLOCK = date(2026, 12, 1), time(14, 30)
# What is done to a task of that day at noon, and its day and time afterwards.
RESCHEDULED = {
    "to a day": (RescheduleTask(DAY), (DAY, time(12))),
    "to a day and a time": (RescheduleTask(DAY, CLOCK), (DAY, CLOCK)),
    "to no day": (RescheduleTask(None), (None, None)),
    "to no day, but a time": (RescheduleTask(None, CLOCK), (None, None)),
}


@pytest.mark.parametrize(("verb", "due"), RESCHEDULED.values(), ids=RESCHEDULED)
def test_when_a_rescheduled_task_is_due(verb, due, leads, ann, make_task):
    task = make_task("Call", leads[0], user=ann, due_on=date(2026, 11, 20), due_time=time(12))
    assert carry_out_on_tasks(verb, [task.pk], by=ann).changed == [task.pk]
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == due
    assert carry_out_on_tasks(verb, [task.pk], by=ann).changed == []


def test_a_task_is_completed_and_reopened_once(leads, ann, make_task):
    task = make_task("Call", leads[0], user=ann)
    assert carry_out_on_tasks(ReopenTask(), [task.pk], by=ann).changed == []
    assert carry_out_on_tasks(CompleteTask(ann), [task.pk], by=ann).changed == [task.pk]
    assert carry_out_on_tasks(CompleteTask(ann), [task.pk], by=ann).changed == []
    task.refresh_from_db()
    assert (task.is_done, task.done_by) == (True, ann)
    assert carry_out_on_tasks(ReopenTask(), [task.pk], by=ann).changed == [task.pk]
    task.refresh_from_db()
    assert (task.is_done, task.done_by) == (False, None)

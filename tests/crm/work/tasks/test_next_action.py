"""The next action of a lead follows from its earliest open task, and writing it anywhere writes that task."""

from datetime import date, time

import pytest
from django.db import connection

from crm.models import Change, Operation, Task
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Add, Delete, Purge, add_records
from crm.work.tasks.verbs import (
    AddTask,
    CompleteTask,
    DeleteTask,
    EditTask,
    ReopenTask,
    RescheduleTask,
    carry_out_on_tasks,
)
from leads.models import Lead
from leads.triggers.history_check import iterate_wrong_next_actions
from leads.verbs import Assign, Edit, SetNextAction, Take

MAY, JUNE, JULY = date(2030, 5, 6), date(2030, 6, 7), date(2030, 7, 8)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def set_to(bob):
    def written(lead, text: str, day=None) -> Operation:
        rows = Lead.objects.filter(pk=lead.pk)
        return carry_out(SetNextAction(text, day), rows, by=bob).operation

    return written


@pytest.fixture
def plan(bob):
    def planned(lead, title: str, due_on=None, **values) -> Task:
        task = {"title": title, "due_on": due_on, "user": bob, **values}
        carry_out(AddTask(bob, task), Lead.objects.filter(pk=lead.pk), by=bob)
        return Task.objects.latest("pk")

    return planned


def shown(lead) -> tuple:
    lead.refresh_from_db()
    return lead.next_action, lead.next_action_on


def open_tasks(lead) -> list[tuple]:
    tasks = Task.objects.present().open().of_record("lead", lead.pk).in_order()
    return list(tasks.values_list("title", "due_on"))


def times_written(record: Operation, lead) -> int:
    """How often an operation wrote the row of the lead."""
    return Change.objects.filter(operation=record, table="lead", row=lead.pk).count()


def test_the_earliest_open_task_is_the_next_action(lead, plan, bob):
    later = plan(lead, "Later", JULY)
    assert shown(lead) == ("Later", JULY)
    plan(lead, "Some day")
    assert shown(lead) == ("Later", JULY)
    first = plan(lead, "First", MAY, due_time=time(9))
    assert shown(lead) == ("First", MAY)
    timeless = plan(lead, "Any time", MAY)
    assert shown(lead) == ("First", MAY)
    for verb, task, expected in [
        (CompleteTask(bob), first, ("Any time", MAY)),
        (RescheduleTask(JUNE), timeless, ("Any time", JUNE)),
        (DeleteTask(), timeless, ("Later", JULY)),
        (EditTask({"title": "Much later", "due_on": None}), later, ("Some day", None)),
        (ReopenTask(), first, ("First", MAY)),
    ]:
        if verb.kind == "edit_task":
            # Of two without a day, the older one comes first.
            expected = ("Much later", None)
        record = carry_out_on_tasks(verb, [task.pk], by=bob).operation
        assert shown(lead) == expected
        assert times_written(record, lead) == 1
        revert_operation(record, by=bob)
        again = revert_operation(Operation.objects.latest("pk"), by=bob)
        assert shown(lead) == expected
        assert times_written(again.operation, lead) == 1
    assert not list(find_history_differences())


def test_a_change_that_the_next_action_does_not_show_does_not_write_the_lead(lead, plan, bob, ann):
    task = plan(lead, "First", MAY)
    later = plan(lead, "Later", JULY)
    version = Lead.objects.get(pk=lead.pk).version
    carry_out_on_tasks(EditTask({"description": "With slides", "user": None}), [task.pk], by=bob)
    carry_out_on_tasks(CompleteTask(bob), [later.pk], by=bob)
    assert Lead.objects.get(pk=lead.pk).version == version


def test_a_written_next_action_adds_a_task_of_the_owner_and_then_edits_it(lead, set_to, bob):
    first = set_to(lead, "Call", MAY)
    task = Task.objects.get()
    assert (task.title, task.due_on, task.user, task.created_by) == ("Call", MAY, bob, bob)
    carry_out_on_tasks(EditTask({"due_time": time(9, 30), "priority": "high"}), [task.pk], by=bob)
    second = set_to(lead, "Write", JUNE)
    task.refresh_from_db()
    assert (task.title, task.due_on, task.due_time, task.priority) == ("Write", JUNE, time(9, 30), "high")
    third = set_to(lead, "Write", None)
    task.refresh_from_db()
    assert (task.due_on, task.due_time) == (None, None)
    for record in (first, second, third):
        assert times_written(record, lead) == 1
    for record, expected in [(third, ("Write", JUNE)), (second, ("Call", MAY))]:
        revert_operation(record, by=bob)
        assert (shown(lead), open_tasks(lead)) == (expected, [expected])


def test_the_undo_of_the_first_next_action_removes_its_task_unless_it_was_edited(
    lead, make_lead, set_to, bob
):
    record = set_to(lead, "Call", MAY)
    undone = revert_operation(record, by=bob)
    assert (shown(lead), open_tasks(lead)) == (("", None), [])
    assert times_written(undone.operation, lead) == 1
    other = make_lead("Eva", owner=bob)
    record = set_to(other, "Call", MAY)
    carry_out_on_tasks(EditTask({"due_time": time(9, 30)}), [Task.objects.present().get().pk], by=bob)
    revert_operation(record, by=bob)
    assert (shown(other), open_tasks(other)) == (("Call", MAY), [("Call", MAY)])


def test_clearing_the_next_action_completes_its_task_and_undo_reopens_it(lead, set_to, bob):
    set_to(lead, "Call", MAY)
    record = set_to(lead, "", None)
    task = Task.objects.get()
    assert (task.is_done, task.done_by, task.title, shown(lead)) == (True, bob, "Call", ("", None))
    undone = revert_operation(record, by=bob)
    task.refresh_from_db()
    assert (task.done_at, task.done_by, shown(lead)) == (None, None, ("Call", MAY))
    assert (undone.back_count, undone.kept_count) == (1, 0)


@pytest.mark.parametrize(
    ("text", "day", "then"),
    [
        ("", None, ("Second", JUNE)),
        ("First", JULY, ("Second", JUNE)),
        ("First", None, ("Second", JUNE)),
        ("Other", date(2030, 6, 6), ("Other", date(2030, 6, 6))),
    ],
)
def test_another_open_task_takes_the_place_of_a_completed_or_later_one_in_the_same_write(
    lead, plan, set_to, bob, text, day, then
):
    task, _second = plan(lead, "First", MAY), plan(lead, "Second", JUNE)
    record = set_to(lead, text, day)
    task.refresh_from_db()
    assert (task.title, task.due_on) == ((text, day) if text else ("First", MAY))
    assert task.is_done is not bool(text)
    assert shown(lead) == then
    assert times_written(record, lead) == 1
    (change,) = Change.objects.filter(operation=record, table="lead")
    assert change.diff["next_action"] == ["First", then[0]]
    undone = revert_operation(record, by=bob)
    assert (shown(lead), open_tasks(lead)) == (("First", MAY), [("First", MAY), ("Second", JUNE)])
    assert undone.kept_count == 0
    assert not list(find_history_differences())


def test_the_undo_of_a_next_action_names_the_task_that_was_changed_since(lead, set_to, bob):
    record = set_to(lead, "Call", MAY)
    set_to(lead, "Write", MAY)
    task = Task.objects.get()
    assert preview_undo(record, bob).kept["task"] == {"worked_on_since": [task.pk]}
    revert_operation(record, by=bob)
    assert (shown(lead), open_tasks(lead)) == (("Write", MAY), [("Write", MAY)])


def test_the_undo_of_a_next_action_keeps_an_earlier_task_added_since(lead, plan, set_to, bob):
    set_to(lead, "Call", JUNE)
    record = set_to(lead, "Write", JULY)
    plan(lead, "Sooner", MAY)
    undone = revert_operation(record, by=bob)
    assert (shown(lead), open_tasks(lead)) == (("Sooner", MAY), [("Sooner", MAY), ("Call", JUNE)])
    assert undone.kept_count == 0


def test_the_undo_of_a_change_from_before_tasks_writes_the_task(lead, set_to, bob):
    record = set_to(lead, "Call", MAY)
    # As after the migration: the operation knows nothing of the task.
    Change.objects.filter(table="task").delete()
    revert_operation(record, by=bob)
    assert (shown(lead), open_tasks(lead)) == (("", None), [])
    assert Task.objects.get().is_done


def test_a_new_owner_gets_the_open_tasks_of_the_previous_one(lead, plan, set_to, ann, bob, ben, make_lead):
    set_to(lead, "Call", MAY)
    mine, anns = Task.objects.get(), plan(lead, "Review", JUNE, user=ann)
    done = plan(lead, "Done", MAY)
    carry_out_on_tasks(CompleteTask(bob), [done.pk], by=bob)
    record = carry_out(Assign(ben), Lead.objects.filter(pk=lead.pk), by=ann).operation

    def people() -> list:
        return [Task.objects.get(pk=task.pk).user for task in (mine, anns, done)]

    assert people() == [ben, ann, bob]
    revert_operation(record, by=ann)
    assert people() == [bob, ann, bob]
    revert_operation(Operation.objects.latest("pk"), by=ann)
    assert people() == [ben, ann, bob]


def test_whoever_takes_an_unassigned_lead_gets_its_unassigned_tasks(make_lead, set_to, ann, bob):
    lead = make_lead()
    set_to(lead, "Call", MAY)
    assert Task.objects.get().user is None
    record = carry_out(Take(bob), Lead.objects.filter(pk=lead.pk), by=bob).operation
    assert Task.objects.get().user == bob
    revert_operation(record, by=bob)
    assert Task.objects.get().user is None


def test_an_added_lead_takes_its_tasks_to_trash_and_back(bob, statuses, sources, departments):
    values = {"last_name": "Novák", "status": statuses.new, "source": sources.event, "owner": bob}
    rows = [values | {"department": departments.sales, "next_action": "Call", "next_action_on": MAY}]
    (lead,) = add_records(Add(Lead, rows), by=bob)
    assert open_tasks(lead) == [("Call", MAY)]
    added = Operation.objects.latest("pk")
    for record, in_trash in [(added, True), (None, False)]:
        undone = revert_operation(record or Operation.objects.latest("pk"), by=bob)
        assert (shown(lead), lead.deleted_at is not None) == (("Call", MAY), in_trash)
        assert open_tasks(lead) == [("Call", MAY)]
        assert times_written(undone.operation, lead) == 1


def test_a_permanently_deleted_lead_comes_back_with_exactly_its_tasks(lead, plan, set_to, ada):
    set_to(lead, "Call", MAY)
    plan(lead, "Later", JUNE)
    before = list(Task.objects.order_by("pk").values_list("pk", "title", "user", "created_by"))
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    record = carry_out(Purge(), Lead.objects.filter(pk=lead.pk), by=ada).operation
    assert not Task.objects.exists()
    revert_operation(record, by=ada)
    assert list(Task.objects.order_by("pk").values_list("pk", "title", "user", "created_by")) == before
    assert shown(lead) == ("Call", MAY)
    assert not list(iterate_wrong_next_actions())


def test_a_lead_that_only_gets_a_day_has_a_task_without_text(lead, set_to, sign_in, bob):
    set_to(lead, "", MAY)
    assert open_tasks(lead) == [("", MAY)]
    assert ">Next action</a>" in sign_in(bob).get(f"/admin/leads/{lead.pk}").text


def test_sql_that_writes_the_next_action_writes_the_task_too(lead, plan):
    plan(lead, "First", MAY)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(next_action="From SQL")
    assert open_tasks(lead) == [("From SQL", MAY)]


def test_a_difference_between_a_lead_and_its_tasks_is_found(lead, set_to):
    set_to(lead, "Call", MAY)
    assert not list(find_history_differences())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        cursor.execute("UPDATE leads_lead SET next_action = 'Something else'")
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    (found,) = find_history_differences()
    assert (found.what, found.stored, found.rebuilt) == (
        "next action",
        ("Something else", MAY),
        ("Call", MAY),
    )


def test_an_edit_of_other_fields_leaves_the_tasks_alone(lead, set_to, bob):
    set_to(lead, "Call", MAY)
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=bob)
    assert Task.objects.get().version == 1

"""API v2, tasks: listed, read, added, changed, completed, reopened and deleted through the same verbs as on screen."""

from datetime import date

import pytest

from crm.api.v2.tasks import OneTask
from crm.models import Change, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.work.tasks.verbs import AddTask
from tests.api.v2.test_lists_and_changes import named

TASKS = "/api/v2/tasks"


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann)


@pytest.fixture
def plan(ann):
    """plan(lead, title="Call"): a task that ann added."""

    def planned(record, **values) -> Task:
        rows = type(record).objects.filter(pk=record.pk)
        done = carry_out(AddTask(ann, values), rows, by=ann).operation
        return Task.objects.get(pk=Change.objects.of_operations([done], "task").get().row)

    return planned


def titles(program, query="") -> list[str]:
    return [row["title"] for row in program.get(f"{TASKS}{query}")["tasks"]]


def test_a_task_is_added_and_becomes_the_next_action_of_its_lead(program, ann, lead):
    sent = {"of": "lead", "record": lead.pk, "title": "Send offer", "type": "email", "priority": "high"}
    sent |= {"due_on": "2030-05-31", "due_time": "14:30", "description": "Two licenses"}
    made = program.post(TASKS, sent, expect=201)
    found = program.get(program.last["Location"])
    assert program.last["ETag"] == f'"{made["version"]}"'
    assert {name: found[name] for name in sent} == sent
    assert (found["user"], found["done"], found["done_at"]) == (ann.pk, False, None)
    lead.refresh_from_db()
    assert (lead.next_action, lead.next_action_on) == ("Send offer", date(2030, 5, 31))
    record = Operation.objects.latest("pk")
    assert (record.kind, record.channel, record.by) == ("add_task", "api", ann)
    revert_operation(record, by=ann)
    program.get(f"{TASKS}/{made['id']}", expect=404)


def test_a_task_has_the_documented_fields_and_no_others(program, lead, plan):
    assert [*program.get(f"{TASKS}/{plan(lead, title='Call').pk}")] == [*OneTask.row().fields]


def test_a_task_can_be_for_no_one_or_for_a_colleague_who_sees_the_record(program, lead, bob, ben):
    sent = {"of": "lead", "record": lead.pk, "title": "Call"}
    pk = program.post(TASKS, sent | {"user": None}, expect=201)["id"]
    assert program.get(f"{TASKS}/{pk}")["user"] is None
    # bob doesn't see ann's lead.
    assert named(program.post(TASKS, sent | {"user": bob.pk}, expect=422)) == ["user"]


def test_a_task_is_completed_and_reopened(program, ann, lead, plan):
    path = f"{TASKS}/{plan(lead, title='Call').pk}"
    program.patch(path, {"done": True})
    assert Operation.objects.latest("pk").kind == "complete_task"
    found = program.get(path)
    assert (found["done"], found["done_by"]) == (True, ann.pk)
    assert found["done_at"]
    program.patch(path, {"done": False})
    assert Operation.objects.latest("pk").kind == "reopen_task"
    assert program.get(path)["done_at"] is None


def test_a_task_is_edited_and_completed_in_one_operation(program, lead, plan):
    task = plan(lead, title="Call")
    number = Operation.objects.count()
    program.patch(f"{TASKS}/{task.pk}", {"title": "Rang", "done": True})
    found = program.get(f"{TASKS}/{task.pk}")
    assert (found["title"], found["done"]) == ("Rang", True)
    assert Operation.objects.count() == number + 1
    program.patch(f"{TASKS}/{task.pk}", {"title": "Rang", "done": True})
    assert Operation.objects.count() == number + 1


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": ["Call"]}, "title"),
        ({"type": "song"}, "type"),
        ({"priority": 1}, "priority"),
        ({"due_on": "tomorrow"}, "due_on"),
        ({"due_time": "14:30"}, "due_on"),
        ({"due_on": "2030-05-31", "due_time": "late"}, "due_time"),
        ({"user": 999_999}, "user"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_invalid_field_is_rejected_by_name(program, lead, plan, sent, name):
    new = {"of": "lead", "record": lead.pk, "title": "Call"} | sent
    assert named(program.post(TASKS, new, expect=422)) == [name]
    task = plan(lead, title="Call")
    assert named(program.patch(f"{TASKS}/{task.pk}", sent, expect=422)) == [name]
    assert Task.objects.get().version == task.version


@pytest.mark.parametrize(
    ("sent", "name"), [({"done": "yes"}, "done"), ({"done_at": None}, "done_at"), ({"of": "lead"}, "of")]
)
def test_what_a_program_can_not_change_is_named(program, lead, plan, sent, name):
    assert named(program.patch(f"{TASKS}/{plan(lead, title='Call').pk}", sent, expect=422)) == [name]


def test_a_change_based_on_an_older_version_is_rejected(program, lead, plan):
    path, tag = f"{TASKS}/{plan(lead, title='Call').pk}", {"If-Match": '"1"'}
    program.patch(path, {"due_on": "2030-05-31"}, **tag)
    assert program.patch(path, {"done": True}, expect=412, **tag)["code"] == "changed_since"
    program.delete(path, expect=412, **tag)
    program.delete(path)
    assert Task.objects.get().deleted_at


def test_users_change_the_tasks_that_are_for_them_and_no_others_of_records_they_only_see(
    umbra, ann, bob, make_lead, plan
):
    shared = make_lead("Shared", owner=ann, shared=True)
    mine, hers = plan(shared, title="Mine", user=bob), plan(shared, title="Hers", user=ann)
    program = umbra(bob)
    program.patch(f"{TASKS}/{mine.pk}", {"done": True})
    program.patch(f"{TASKS}/{hers.pk}", {"done": True}, expect=403)
    program.delete(f"{TASKS}/{hers.pk}", expect=403)
    program.post(TASKS, {"of": "lead", "record": shared.pk, "title": "New"}, expect=403)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_the_tasks_of_unseen_records_are_not_found(program, make_lead, departments, plan, method):
    foreign = make_lead("Foreign", department=departments.export)
    task = plan(foreign, title="Theirs")
    program.call(method, f"{TASKS}/{task.pk}", {"title": "Mine"}, expect=404)
    assert titles(program) == []


def test_a_list_is_filtered_by_record_user_type_and_whether_they_are_done(
    program, ann, bob, lead, make_lead, plan
):
    other = make_lead("Jan", owner=bob)
    plan(lead, title="One", user=ann)
    plan(other, title="His", user=bob, type="call")
    done = plan(lead, title="Done")
    program.patch(f"{TASKS}/{done.pk}", {"done": True})
    assert titles(program) == ["Done", "His", "One"]
    assert titles(program, f"?of=lead&record={lead.pk}") == ["Done", "One"]
    assert titles(program, "?done=yes") == ["Done"]
    assert titles(program, "?done=no&of=lead") == ["His", "One"]
    assert titles(program, "?user=me") == ["One"]
    assert titles(program, "?user=none") == ["Done"]
    assert titles(program, "?type=call") == ["His"]
    assert titles(program, "?since=2020-01-01T00:00:00Z") == ["One", "His", "Done"]
    assert named(program.get(f"{TASKS}?done=maybe", expect=422)) == ["done"]
    first = program.get(f"{TASKS}?limit=2")
    assert titles(program, f"?limit=2&after={first['next']}") == ["One"]

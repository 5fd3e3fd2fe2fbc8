"""Tasks of a lead: on its page and its timeline, by whom they can be changed, and their undo."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from crm.models import Notification, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from crm.work.tasks.verbs import CompleteTask, ReassignTask, RescheduleTask, change_tasks
from leads.models import Lead

DAY = date(2030, 5, 6)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def add(browser, lead, **sent):
    return browser.post(f"/admin/leads/{lead.pk}/tasks", sent, follow=True)


def page(browser, lead, query: str = "") -> str:
    return browser.get(f"/admin/leads/{lead.pk}{query}").content.decode()


def test_a_task_is_on_the_page_of_its_lead(sign_in, bob, lead):
    browser = sign_in(bob)
    answer = add(
        browser,
        lead,
        title="Send the  offer",
        due_on="2030-05-06",
        due_time="14:30",
        user=bob.pk,
        type="email",
        priority="high",
        description="With both variants",
    )
    assert "Added the task." in answer.content.decode()
    task = Task.objects.get()
    assert (task.of, task.record, task.title, task.due_on, task.due_time) == (
        "lead",
        lead.pk,
        "Send the offer",
        DAY,
        time(14, 30),
    )
    assert (task.user, task.type, task.priority, task.description, task.created_by) == (
        bob,
        "email",
        "high",
        "With both variants",
        bob,
    )
    text = page(browser, lead)
    for part in ("Send the offer", "Mon 6 May 2030, 14:30", "High priority", "Email"):
        assert part in text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": "  "}, "This field is required."),
        ({"title": "x" * 201}, "200"),
        ({"title": "Kept text", "due_on": "soon"}, "Enter a date like 25 Nov 2026."),
        ({"title": "Kept text", "due_on": "2030-05-06", "due_time": "25:00"}, "Enter a time like 14:30."),
        ({"title": "Kept text", "due_time": "10:00"}, "Choose a day for this time."),
        ({"title": "Kept text", "type": "song"}, "Select a valid choice"),
        ({"title": "Kept text", "user": "0"}, "Select a valid choice"),
        ({"title": "Kept text", "description": "x" * 20_001}, "20000"),
        ({"title": "a\0b"}, "Null characters"),
    ],
)
def test_a_task_that_can_not_be_added_gets_a_sentence_and_keeps_what_was_typed(
    sign_in, bob, lead, sent, sentence
):
    answer = add(sign_in(bob), lead, **sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    if sent["title"] == "Kept text":
        assert 'value="Kept text"' in answer.content.decode()
    assert not Task.objects.exists()


def test_a_task_is_only_for_a_user_who_sees_the_lead(sign_in, ann, bob, ben, dan, make_lead):
    lead = make_lead(owner=bob)
    browser = sign_in(ann)
    # Ben sells in the same department, but sees only his own leads; Dan isn't seen by Ann.
    for user, sentence in ((ben, "This user doesn’t have access"), (dan, "Select a valid choice")):
        answer = add(browser, lead, title="Call", user=user.pk)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    add(browser, lead, title="Call", user=bob.pk)
    task = Task.objects.get()
    outcome = change_tasks(ReassignTask(ben), [task.pk], by=ann)
    assert outcome.refused == {"user_sees_not": [task.pk]}
    assert Task.objects.get().user == bob


def test_who_gets_a_task_from_a_colleague_is_notified(sign_in, ann, bob, lead):
    add(sign_in(ann), lead, title="Call", user=bob.pk)
    notice = Notification.objects.get()
    assert (notice.user, notice.kind, notice.path) == (bob, "task_assigned", f"/admin/leads/{lead.pk}")
    assert "Ann assigned you a task for Jan Novák." in sign_in(bob).get("/notifications").content.decode()
    add(sign_in(bob), lead, title="Mine", user=bob.pk)
    assert Notification.objects.count() == 1


def test_completing_a_task_takes_one_click_and_shows_on_the_timeline(sign_in, bob, lead, plan):
    task = plan(lead)
    browser = sign_in(bob)
    address = f"/admin/leads/{lead.pk}/tasks/{task.pk}/done"
    assert f'action="{address}"' in page(browser, lead)
    assert "Completed the task." in browser.post(address, follow=True).content.decode()
    task.refresh_from_db()
    assert (task.is_done, task.done_by) == (True, bob)
    for query in ("", "?show=tasks"):
        assert "completed a task" in page(browser, lead, query)
    assert "completed a task" not in page(browser, lead, "?show=call")
    # A second click changes nothing.
    assert "Nothing was changed." in browser.post(address, follow=True).content.decode()
    browser.post(address, {"open": "1"})
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (None, None)


def test_an_overdue_task_is_plain_and_one_to_come_is_marked(sign_in, bob, lead, plan):
    now = timezone.localtime()
    yesterday = now.date() - timedelta(days=1)
    plan(lead, "Late", due_on=yesterday)
    plan(lead, "Soon", due_on=now.date() + timedelta(days=1))
    lines = page(sign_in(bob), lead).split("<li data-when=")
    assert [line.split('"')[1] for line in lines[1:3]] == ["overdue", "later"]
    assert 'data-tone=""' in lines[1]
    assert 'data-tone="accent"' in lines[2].split("</li>")[0]


@pytest.mark.parametrize(
    ("due_on", "due_time", "overdue"),
    [(0, None, False), (0, -1, True), (0, 1, False), (-1, None, True), (1, None, False), (None, None, False)],
)
def test_a_task_is_overdue_once_its_day_or_its_time_has_passed(due_on, due_time, overdue, monkeypatch):
    noon = timezone.make_aware(timezone.datetime(2026, 6, 1, 12, 0))
    monkeypatch.setattr(timezone, "localtime", lambda *_arguments: noon)
    day = None if due_on is None else noon.date() + timedelta(days=due_on)
    at = None if due_time is None else time(12 + due_time, 0)
    assert Task(title="x", due_on=day, due_time=at).is_overdue is overdue


def test_a_task_is_edited_and_its_earlier_values_stay_readable(sign_in, bob, lead, plan):
    task = plan(lead, due_on=DAY)
    browser = sign_in(bob)
    path = f"/admin/leads/{lead.pk}/tasks/{task.pk}"
    sent = {"title": "Write", "due_on": "2030-05-07", "user": bob.pk, "version": task.version}
    browser.post(path, sent)
    task.refresh_from_db()
    assert (task.title, task.due_on, task.type) == ("Write", date(2030, 5, 7), "to_do")
    assert "Call back" in browser.get(path).content.decode()
    # Another window still has the earlier version.
    answer = browser.post(path, sent | {"title": "Third"})
    assert answer.status_code == 422
    assert "changed since you opened the page" in answer.content.decode()
    assert Task.objects.get().title == "Write"


def test_a_task_may_be_changed_by_whom_it_is_for_and_by_whom_may_change_its_lead(
    sign_in, ann, bob, ben, someone_with, make_lead, plan
):
    lead = make_lead("Shared", owner=ann, shared=True)
    eve = someone_with("view_lead", "see_departments")
    mine, hers = plan(lead, "Bob's"), plan(lead, "Eve's", user=eve)
    path = f"/admin/leads/{lead.pk}/tasks"
    # Ben sees the shared lead, but may not change it.
    browser = sign_in(ben)
    assert browser.get(f"{path}/{mine.pk}").status_code == 200
    for address in (f"{path}/{mine.pk}", f"{path}/{mine.pk}/done", f"{path}/{mine.pk}/delete"):
        assert browser.post(address, {"title": "x"}).status_code == 403
    # Eve may change no lead at all.
    browser = sign_in(eve)
    assert browser.post(path, {"title": "New"}).status_code == 403
    assert browser.post(f"{path}/{mine.pk}/done").status_code == 403
    assert browser.post(f"{path}/{hers.pk}/done").status_code == 302
    assert Task.objects.get(pk=hers.pk).done_by == eve
    assert sign_in(ann).post(f"{path}/{mine.pk}/delete").status_code == 302
    assert not Task.objects.present().filter(pk=mine.pk).exists()


def test_a_task_of_another_record_or_of_an_unseen_lead_is_not_found(sign_in, bob, ben, lead, make_lead, plan):
    task, other = plan(lead), make_lead("Eva", owner=bob)
    browser = sign_in(bob)
    for path in (f"/admin/leads/{other.pk}", f"/admin/companies/{lead.pk}"):
        assert browser.get(f"{path}/tasks/{task.pk}").status_code == 404
    assert sign_in(ben).get(f"/admin/leads/{lead.pk}/tasks/{task.pk}").status_code == 404
    assert sign_in(ben).post(f"/admin/leads/{lead.pk}/tasks/{task.pk}/done").status_code == 404


def state() -> tuple:
    return Task.objects.values_list("title", "due_on", "user", "done_at", "done_by", "deleted_at").get()


def test_each_change_of_a_task_can_be_undone(sign_in, ann, bob, lead, plan):
    task = plan(lead, due_on=DAY)
    path = f"/admin/leads/{lead.pk}/tasks/{task.pk}"
    browser = sign_in(bob)
    browser.post(path, {"title": "Write", "due_on": "2030-05-06", "user": bob.pk, "version": 1})
    steps = [
        lambda: change_tasks(RescheduleTask(date(2031, 1, 1)), [task.pk], by=bob),
        lambda: change_tasks(ReassignTask(ann), [task.pk], by=bob),
        lambda: browser.post(f"{path}/done"),
        lambda: browser.post(f"{path}/done", {"open": "1"}),
        lambda: browser.post(f"{path}/delete"),
    ]
    states = []
    for step in steps:
        states.append(state())
        step()
    kinds = ["reschedule_task", "reassign_task", "complete_task", "reopen_task", "delete_task"]
    done = list(Operation.objects.order_by("-pk")[: len(kinds)])
    assert [record.kind for record in done] == kinds[::-1]
    for record, before in zip(done, reversed(states), strict=True):
        revert_operation(record, by=bob)
        assert state() == before
    for record in Operation.objects.filter(kind__in=["edit_task", "add_task"]).order_by("-pk"):
        revert_operation(record, by=bob)
    assert not Task.objects.present().exists()


def test_many_tasks_are_changed_in_one_operation_and_those_out_of_reach_are_refused(
    ann, bob, lead, make_lead, departments, plan
):
    foreign = make_lead("Foreign", department=departments.export)
    near, far = plan(lead), plan(foreign, user=None)
    done = plan(lead)
    change_tasks(CompleteTask(bob), [done.pk], by=bob)
    outcome = change_tasks(CompleteTask(ann), [near.pk, far.pk, done.pk], by=ann)
    assert (outcome.changed, outcome.unchanged, outcome.hidden) == ([near.pk], [done.pk], 1)
    assert (outcome.operation.table, outcome.operation.changed) == ("lead", 1)
    revert_operation(outcome.operation, by=ann)
    near.refresh_from_db()
    assert near.done_at is None


def test_permanently_deleting_a_lead_deletes_its_tasks_and_the_undo_brings_both_back(ada, lead, plan):
    plan(lead, "Keep me")
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    purged = carry_out(Purge(), Lead.objects.filter(pk=lead.pk), by=ada)
    assert not Task.objects.exists()
    revert_operation(purged.operation, by=ada)
    assert Lead.objects.filter(pk=lead.pk).exists()
    assert Task.objects.get().title == "Keep me"


def test_an_operation_on_a_task_names_the_lead(sign_in, bob, lead):
    browser = sign_in(bob)
    add(browser, lead, title="Call")
    add(browser, lead, title="Write")
    page = browser.get("/admin/operations").content.decode()
    assert "Next action of Jan Novák: – → Call" in page
    assert "Add a task: Jan Novák" in page


def test_pages_of_the_timeline_lose_no_completed_task(sign_in, bob, lead, plan):
    tasks = [plan(lead, f"Task {number:02}") for number in range(35)]
    for task in tasks:
        change_tasks(CompleteTask(bob), [task.pk], by=bob)
    browser, query, seen = sign_in(bob), "?show=tasks", []
    while query:
        text = page(browser, lead, query)
        seen += [part[:2] for part in text.split(">Task ")[1:]]
        more = text.split('href="?show=tasks&amp;before=')
        query = f"?show=tasks&before={more[1].split(chr(34))[0]}" if len(more) > 1 else ""
    assert sorted(seen) == [f"{number:02}" for number in range(35)]


def test_companies_have_tasks_too(sign_in, bob, make_company):
    company = make_company("Omnia", owner=bob)
    browser = sign_in(bob)
    browser.post(f"/admin/companies/{company.pk}/tasks", {"title": "Visit", "user": bob.pk})
    task = Task.objects.get()
    assert (task.of, task.record) == ("company", company.pk)
    assert "Visit" in browser.get(f"/admin/companies/{company.pk}").content.decode()

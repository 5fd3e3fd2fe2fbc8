"""The list of tasks: whose, when, in which groups, page by page; changing many at once, with undo."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from crm.work.tasks.listing.filters import end_of_week
from leads.models import Lead

LIST = "/admin/tasks"


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def plan(bob):
    """plan(lead, "Call back", due_on=…) is a task for Bob."""

    def planned(lead, title: str = "Call back", **values) -> Task:
        with operation("add_task", table="lead", by=bob):
            return Task.objects.create(
                **{"of": "lead", "record": lead.pk, "title": title, "user": bob, **values}
            )

    return planned


def titles(browser, query: str = "") -> list[str]:
    text = browser.get(f"{LIST}{query}").content.decode()
    return [part.split("<")[0] for part in text.split(">T:")[1:]]


def test_my_open_tasks_are_listed_by_day_in_groups(sign_in, bob, lead, plan, today):
    for title, days in [("later", 30), ("today", 0), ("late", -3), ("none", None)]:
        plan(lead, f"T:{title}", due_on=None if days is None else today + timedelta(days=days))
    plan(lead, "T:done", due_on=today, done_at=timezone.now(), done_by=bob)
    browser = sign_in(bob)
    assert titles(browser) == ["late", "today", "later", "none"]
    text = browser.get(LIST).content.decode()
    heads = [part.split("<")[0] for part in text.split("<h2>")[1:]]
    assert heads == ["Overdue", "Today", "Later", "No date"]
    assert "Jan Novák" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("when=overdue", ["late"]),
        ("when=today", ["today"]),
        ("when=week", []),
        ("when=later", ["next"]),
        ("when=no_date", ["none"]),
        ("when=done", ["done"]),
        ("type=call", ["today"]),
        ("priority=high", ["late"]),
        ("user=all", ["anns", "late", "today", "next", "none"]),
        ("user=departments", ["anns", "late", "today", "next"]),
        ("user=none", ["none"]),
        ("user={ann}", ["anns"]),
    ],
)
def test_the_list_narrows_down(sign_in, ann, bob, lead, plan, today, query, found):
    after = end_of_week(today) + timedelta(days=1)
    plan(lead, "T:late", due_on=today - timedelta(days=1), priority="high")
    plan(lead, "T:today", due_on=today, type="call")
    plan(lead, "T:next", due_on=after)
    plan(lead, "T:none", user=bob if "no_date" in query else None)
    plan(lead, "T:done", done_at=timezone.now(), done_by=bob)
    plan(lead, "T:anns", user=ann, due_on=today - timedelta(days=9))
    assert titles(sign_in(bob), f"?{query.format(ann=ann.pk)}") == found


@pytest.mark.parametrize("query", ["user=999999", "type=song", "priority=x", "when=never"])
def test_a_filter_that_does_not_exist_gets_a_sentence_and_no_tasks(sign_in, bob, lead, plan, query):
    plan(lead, "T:one")
    answer = sign_in(bob).get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert "Select a valid choice" in answer.content.decode()
    assert "T:one" not in answer.content.decode()


def test_tasks_of_unseen_leads_and_of_leads_in_trash_are_not_listed(
    sign_in, ada, bob, lead, make_lead, departments, plan
):
    foreign, binned = make_lead(department=departments.export), make_lead(owner=bob)
    for record in (lead, foreign, binned):
        plan(record, f"T:{record.pk}")
    carry_out(Delete(), Lead.objects.filter(pk=binned.pk), by=ada)
    assert titles(sign_in(bob), "?user=all") == [str(lead.pk)]


def test_the_pages_of_the_list_lose_nothing(sign_in, bob, lead, plan, today):
    wanted = []
    for number in range(130):
        days, hour = number % 5 - 2, number % 3
        at = timezone.datetime(2026, 1, 1, 9 + hour).time() if hour else None
        due = today + timedelta(days=days) if number % 7 else None
        wanted.append(plan(lead, f"T:{number}", due_on=due, due_time=at if due else None))
    browser, query, seen = sign_in(bob), "", []
    while query is not None:
        text = browser.get(f"{LIST}{query}").content.decode()
        seen += [part.split("<")[0] for part in text.split(">T:")[1:]]
        more = text.split("?after=")
        query = f"?after={more[-1].split(chr(34))[0]}" if 'rel="next"' in text else None
    ordered = Task.objects.in_order().values_list("title", flat=True)
    assert seen == [title.removeprefix("T:") for title in ordered]
    assert len(seen) == len(wanted)


def change(browser, *tasks, **sent):
    return browser.post(f"{LIST}/change", {"task": [task.pk for task in tasks], **sent}, follow=True)


def test_selected_tasks_are_completed_rescheduled_and_reassigned_at_once_with_undo(
    sign_in, ann, bob, lead, plan, today
):
    tasks = [plan(lead, f"T:{number}", due_on=today) for number in range(3)]
    rest = plan(lead, "T:rest", due_on=today)
    browser = sign_in(bob)
    days = {"tomorrow": 1, "next_week": 7 - today.weekday()}
    steps = [
        ({"action": "reschedule", "day": "2031-02-03"}, "Rescheduled 3 tasks.", "due_on"),
        ({"action": "tomorrow"}, "Rescheduled 3 tasks.", "due_on"),
        ({"action": "next_week"}, "Rescheduled 3 tasks.", "due_on"),
        ({"action": "reassign", "heir": ann.pk}, "Reassigned 3 tasks.", "user"),
        ({"action": "complete"}, "Completed 3 tasks.", "done_by"),
        ({"action": "reopen"}, "Reopened 3 tasks.", "done_by"),
    ]
    for sent, words, field in steps:
        before = set(Task.objects.filter(title__regex="[0-9]").values_list(field, flat=True))
        text = change(browser, *tasks, **sent).content.decode()
        assert words in text
        record = Operation.objects.latest("pk")
        assert f"/admin/operations/{record.pk}/undo" in text
        after = set(Task.objects.filter(title__regex="[0-9]").values_list(field, flat=True))
        assert after != before
        if sent["action"] in days:
            assert after == {today + timedelta(days=days[sent["action"]])}
        if sent["action"] != "complete":
            revert_operation(record, by=bob)
            assert set(Task.objects.filter(title__regex="[0-9]").values_list(field, flat=True)) == before
    rest.refresh_from_db()
    assert (rest.version, rest.due_on) == (1, today)


def test_one_task_is_completed_with_its_own_button_whatever_is_selected(sign_in, bob, lead, plan):
    one, other = plan(lead, "T:one"), plan(lead, "T:other")
    browser = sign_in(bob)
    change(browser, other, one=one.pk, query="type=to_do")
    assert titles(browser) == ["other"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"action": "complete"}, "Select at least one task."),
        ({"action": "fly"}, "Choose what to do with the tasks."),
        ({"action": "reschedule", "tick": True}, "Choose a date."),
        ({"action": "reschedule", "day": "soon", "tick": True}, "Enter a date like 25 Nov 2026."),
        ({"action": "reassign", "heir": "0", "tick": True}, "Select a valid choice"),
        ({"action": "reassign", "tick": True}, "Choose a user."),
    ],
)
def test_a_change_that_lacks_something_gets_a_sentence_and_keeps_the_selection(
    sign_in, bob, lead, plan, sent, sentence
):
    task = plan(lead, "T:one")
    ticked = [task] if sent.pop("tick", False) else []
    answer = change(sign_in(bob), *ticked, query="type=to_do", **sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text
    assert "T:one" in text
    if ticked:
        assert " checked" in text.split(f'name="task" value="{task.pk}"')[1].split(">")[0]
    assert Task.objects.get().version == 1


def test_tasks_out_of_reach_are_not_changed_and_the_reader_is_told(
    sign_in, bob, ann, lead, make_lead, departments, plan
):
    near, far = plan(lead, "T:near"), plan(make_lead(department=departments.export), "T:far", user=None)
    shared = plan(make_lead(owner=ann, shared=True), "T:shared", user=ann)
    text = change(sign_in(bob), near, far, shared, action="complete").content.decode()
    assert "Completed 1 task." in text
    assert "You no longer have access to this record." in text
    assert "You can view this record, but you can’t change it." in text
    assert list(Task.objects.done()) == [near]


def test_the_list_returns_to_what_was_asked(sign_in, bob, lead, plan):
    task = plan(lead, "T:one", type="call")
    query = "type=call&user=all"
    answer = sign_in(bob).post(f"{LIST}/change", {"task": task.pk, "action": "complete", "query": query})
    assert answer["Location"] == f"{LIST}?{query}"


def test_the_list_needs_the_same_number_of_queries_for_many_tasks(sign_in, bob, lead, make_lead, plan):
    plan(lead, "T:one")
    browser, counted = sign_in(bob), []
    for more in (0, 8):
        for number in range(more):
            plan(make_lead(f"Lead {number}", owner=bob), f"T:{number}")
        browser.get(f"{LIST}?user=all")
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"{LIST}?user=all")
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 12


def test_tasks_are_in_the_navigation(sign_in, bob, someone_with):
    assert f'href="{LIST}"' in sign_in(bob).get("/profile").content.decode()
    eve = someone_with("see_own")
    assert f'href="{LIST}"' not in sign_in(eve).get("/profile").content.decode()
    assert sign_in(eve).get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ["late", "today", "noon", "later", "none"]),
        ("-due", ["later", "noon", "today", "late", "none"]),
        ("priority", ["today", "late", "later", "none", "noon"]),
        ("-priority", ["noon", "late", "later", "none", "today"]),
        ("record", ["today", "none", "late", "noon", "later"]),
        ("-record", ["late", "noon", "later", "today", "none"]),
    ],
)
def test_open_tasks_are_sorted_by_due_date_priority_and_record_both_ways_over_pages(
    sign_in, bob, make_lead, plan, today, monkeypatch, order, expected
):
    eva, jan = make_lead("Eva Černá", owner=bob), make_lead("Jan Novák", owner=bob)
    plan(eva, "T:today", due_on=today, due_time=time(0, 0, 1), priority="high")
    plan(jan, "T:late", due_on=today - timedelta(days=3))
    plan(jan, "T:noon", due_on=today, due_time=time(23, 59), priority="low")
    plan(jan, "T:later", due_on=today + timedelta(days=30))
    plan(eva, "T:none")
    browser = sign_in(bob)
    assert titles(browser, f"?sort={order}") == expected
    monkeypatch.setattr("crm.work.tasks.listing.task_list.PAGE", 2)
    read, after = [], ""
    while after is not None:
        answer = browser.get(f"{LIST}?sort={order}&after={after}")
        read += [part.split("<")[0] for part in answer.text.split(">T:")[1:]]
        after = answer.context["page"].next
    assert read == expected


def test_a_list_that_is_sorted_has_its_own_groups_and_keeps_its_order_in_every_link(sign_in, bob, lead, plan):
    plan(lead, "T:high", priority="high")
    plan(lead, "T:low", priority="low")
    text = sign_in(bob).get(f"{LIST}?sort=priority").text
    assert [part.split("<")[0] for part in text.split("<h2>")[1:]] == ["High priority", "Low priority"]
    assert 'href="/admin/tasks?sort=priority&amp;when=overdue"' in text
    assert sign_in(bob).get(f"{LIST}?sort=color").status_code == 400

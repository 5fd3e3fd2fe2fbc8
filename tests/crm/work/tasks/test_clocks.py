"""Tasks of users in other time zones: on pages, in groups, in a file, and what is said when they are reassigned."""

import io
from datetime import UTC, date, datetime, time

import openpyxl
import pytest
from django.utils import timezone

from accounts.models import User
from crm.models import Task

LIST = "/admin/tasks"


@pytest.fixture
def ann_in_bucharest(ann, bob, make_lead, make_task, monkeypatch):
    """In Bucharest it is 16:00, and in New York 09:00, where Bob is. Ann has a task at 16:24 and one at 15:30."""
    for user, zone in ((ann, "Europe/Bucharest"), (bob, "America/New_York")):
        type(user).objects.filter(pk=user.pk).update(time_zone=zone)
        user.refresh_from_db()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 26, 14, tzinfo=UTC))
    lead = make_lead("Jan Novák", owner=bob)
    day = date(2026, 11, 26)
    make_task("Call back", lead, user=ann, due_on=day, due_time=time(16, 24))
    make_task("Write", lead, user=ann, due_on=day, due_time=time(15, 30))
    make_task("Own", lead, user=bob, due_on=day, due_time=time(10))
    return lead


def test_the_time_of_a_colleague_elsewhere_is_shown_on_the_readers_clock(ann_in_bucharest, bob, ann, sign_in):
    lead, browser = ann_in_bucharest, sign_in(bob)
    for address in ("/admin/tasks?user=all", lead.get_absolute_url()):
        page = browser.get(address).text
        assert 'data-tone="accent">Today, 09:24 (16:24 for Ann)</span>' in page
        assert 'data-tone="negative">Today, 08:30 (15:30 for Ann)</span>' in page
        assert "Today, 10:00</span>" in page
    task = Task.objects.get(title="Call back")
    assert "Today, 09:24 (16:24 for Ann)" in browser.get(f"{lead.get_absolute_url()}/tasks/{task.pk}").text
    own = sign_in(ann).get("/admin/tasks").text
    assert "Today, 16:24</span>" in own
    assert "for Ann)" not in own


def test_tasks_are_grouped_by_the_readers_clock(ann_in_bucharest, bob, sign_in):
    page = sign_in(bob).get("/admin/tasks?user=all").text
    # By their own users' clocks, Bob's would be the first one.
    places = [page.rindex(text) for text in ("Overdue</h2>", ">Write<", "Today</h2>", ">Call back<", ">Own<")]
    assert places == sorted(places)


SAME_MOMENT = "1 task with a time stays due at the same moment, on Bob’s clock (America/New_York)."


def test_reassigning_selected_tasks_says_that_the_moment_stays(ann_in_bucharest, ann, bob, sign_in):
    task = Task.objects.get(title="Call back")
    page = sign_in(ann).post(
        f"{LIST}/change", {"action": "reassign", "heir": bob.pk, "task": [task.pk], "query": ""}, follow=True
    )
    assert f"Reassigned 1 task. {SAME_MOMENT}" in page.text
    task.refresh_from_db()
    assert (task.user, task.due_on, task.due_time) == (bob, date(2026, 11, 26), time(9, 24))


def test_choosing_another_user_in_the_form_says_that_the_moment_stays(ann_in_bucharest, ann, bob, sign_in):
    task, browser = Task.objects.get(title="Call back"), sign_in(ann)
    address = f"{ann_in_bucharest.get_absolute_url()}/tasks/{task.pk}"
    assert "Another user gets the task at the same moment, on their own clock." in browser.get(address).text
    typed = {
        "title": task.title,
        "due_on": "2026-11-26",
        "due_time": "16:24",
        "user": bob.pk,
        "version": task.version,
    }
    page = browser.post(address, typed, follow=True)
    assert f"Saved. {SAME_MOMENT}" in page.text
    task.refresh_from_db()
    assert (task.user, task.due_time) == (bob, time(9, 24))


def test_only_users_with_colleagues_in_another_time_zone_read_about_clocks(
    sign_in, ann, bob, make_lead, make_task
):
    lead = make_lead("Jan Novák", owner=ann)
    task = make_task("Call back", lead, user=ann, due_on=date(2026, 11, 26), due_time=time(16, 24))
    browser = sign_in(ann)
    pages = [lead.get_absolute_url(), f"{lead.get_absolute_url()}/tasks/{task.pk}"]
    said = "In the time zone of the user the task is for."
    assert [said in browser.get(page).text for page in pages] == [False, False]
    assert "on their own clock" not in browser.get(pages[1]).text
    User.objects.filter(pk=bob.pk).update(time_zone="America/New_York")
    assert [said in browser.get(page).text for page in pages] == [True, True]
    assert "on their own clock" in browser.get(pages[1]).text


def test_a_time_that_is_typed_along_with_the_user_is_on_the_new_clock(ann_in_bucharest, ann, bob, sign_in):
    task, browser = Task.objects.get(title="Call back"), sign_in(ann)
    address = f"{ann_in_bucharest.get_absolute_url()}/tasks/{task.pk}"
    typed = {
        "title": task.title,
        "due_on": "2026-11-26",
        "due_time": "11:00",
        "user": bob.pk,
        "version": task.version,
    }
    page = browser.post(address, typed, follow=True)
    assert "Saved." in page.text
    assert "at the same moment" not in page.text
    task.refresh_from_db()
    assert (task.user, task.due_time) == (bob, time(11))


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_time_has_the_time_zone_of_the_user_it_is_for(sign_in, ann, bob, make_lead, make_task):
    for user, zone in ((ann, "Europe/Bucharest"), (bob, "America/New_York")):
        type(user).objects.filter(pk=user.pk).update(time_zone=zone)
    day, lead = date(2026, 6, 1), make_lead()
    make_task("Call", lead, user=ann, due_on=day, due_time=time(16, 24))
    make_task("Visit", lead, user=bob, due_on=day, due_time=time(9, 24))
    make_task("Write", lead, user=bob, due_on=day)
    answer = sign_in(ann).post("/admin/tasks/export?user=all", {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    heads, *rows = (list(row) for row in book.worksheets[0].values)
    columns = [heads.index(head) for head in ("Task", "Time", "Time zone")]
    found = {tuple(row[column] or "" for column in columns) for row in rows}
    assert found == {
        ("Call", "16:24", "Europe/Bucharest"),
        ("Visit", "09:24", "America/New_York"),
        ("Write", "", ""),
    }

"""The start page: what it opens for whom, its parts, the user's tasks, and new leads."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Activity, StartPage, Task
from crm.platform.web.rendering.html_building import escape_value
from crm.platform.web.start_page.start_page_parts import (
    SOURCES,
    DeferredPart,
    PartSource,
    StartPagePart,
    get_parts,
)
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from crm.records.listing.record_list import RecordList
from crm.work.tasks.start_page import COUNTED
from leads.kind import LEAD
from leads.models import Lead
from tests.reading import close_up

PAGE = "/admin/today"
DEFERRED, COMPLETE = f"{PAGE}/deferred", f"{PAGE}?complete=1"


def part(user, name: str):
    return next(part for part in get_parts(user) if part.name == name)


@pytest.mark.parametrize("address", ["/", "/admin", "/admin/"])
def test_the_home_page_is_today_or_the_list_as_the_user_chose(sign_in, bob, address):
    browser = sign_in(bob)
    assert browser.get(address)["Location"] == PAGE
    bob.start_page = "list"
    bob.save()
    assert browser.get(address)["Location"] == "/admin/leads"


def test_the_start_page_is_chosen_in_the_profile_and_can_be_changed_back(sign_in, bob):
    browser = sign_in(bob)
    text = browser.get("/profile").text
    field = re.search(r'<select name="start_page".*?</select>', text, re.DOTALL)[0]
    assert re.findall(r">\s*(\w+)\s*</option>", field) == ["Today", "Leads"]
    sent = {"name": "Bob", "rows_per_page": "50", "reminder_time": "08:00", "remind_before": "15"}
    for chosen, leads_to in [("list", "/admin/leads"), ("", PAGE)]:
        browser.post("/profile", {**sent, "start_page": chosen})
        assert browser.get("/")["Location"] == leads_to
    assert browser.post("/profile", {**sent, "start_page": "moon"}).status_code == 422


def test_a_user_who_sees_no_records_gets_the_profile_without_this_choice(sign_in, someone_with):
    browser = sign_in(someone_with())
    assert browser.get("/")["Location"] == "/profile"
    assert browser.get(PAGE)["Location"] == "/profile"
    assert "start_page" not in browser.get("/profile").text


def test_a_user_who_sees_no_leads_gets_no_parts_about_leads(someone_with):
    assert [part.name for part in get_parts(someone_with("view_company", "see_departments"))] == ["tasks"]


def test_the_parts_are_in_the_order_of_their_places(bob, monkeypatch):
    assert [part.name for part in get_parts(bob)] == ["queue", "tasks", "new", "changed"]
    monkeypatch.setattr(
        "crm.platform.web.start_page.start_page_parts.SOURCES",
        [one._replace(place=90 - one.place) for one in SOURCES],
    )
    assert [part.name for part in get_parts(bob)] == ["changed", "new", "tasks", "queue"]


def test_an_empty_page_says_what_appears_where_and_links_to_the_list(sign_in, ann):
    text = close_up(sign_in(ann).get(COMPLETE).text)
    assert "No tasks are overdue or due today." in text
    assert "Leads assigned to you in the last 7 days appear here until they’re contacted." in text
    assert "When a colleague or a program changes one of your leads, it appears here." in text
    assert {*re.findall(r'id="part-(\w+)" data-empty', text)} >= {"queue", "tasks", "new", "changed"}
    assert "View all new leads" not in text
    assert 'data-size="large"' not in text


def test_the_heading_is_the_day_in_the_language_of_the_user(sign_in, bob, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert "Sunday, 22 November" in sign_in(bob).get(PAGE).text
    bob.language = "ro"
    bob.save()
    assert "Duminică, 22 noiembrie" in sign_in(bob).get(PAGE).text


def test_the_palette_finds_today(sign_in, bob):
    assert f'href="{PAGE}"' in sign_in(bob).get("/admin/jump?q=today").text


# What is loaded after the page


SOONER, LATER = "sooner", "later"


@pytest.fixture
def two_parts(monkeypatch):
    """A page of one part that comes with it and one that is loaded afterwards; the list is what was built."""
    built: list[str] = []

    def build(name: str):
        built.append(name)
        return StartPagePart(
            name, f"Title of {name}", lambda lines, _token: escape_value(lines[0]), [f"line of {name}"], ""
        )

    sources = [
        PartSource(
            10, LATER, lambda _user: DeferredPart(LATER, f"Title of {LATER}", partial(build, LATER)), True
        ),
        PartSource(20, SOONER, lambda _user: build(SOONER)),
    ]
    monkeypatch.setattr("crm.platform.web.start_page.start_page_parts.SOURCES", sources)
    return built


def test_a_deferred_part_has_its_title_and_its_place_at_first(sign_in, bob, two_parts):
    text = close_up(sign_in(bob).get(PAGE).text)
    assert two_parts == [SOONER]
    assert re.findall(r">(Title of \w+)</h2>", text) == ["Title of later", "Title of sooner"]
    assert re.findall(r"line of \w+", text) == ["line of sooner"]
    assert f'hx-get="{PAGE}/deferred" hx-trigger="load"' in text


def test_without_javascript_a_link_in_its_place_shows_the_page_with_all_parts(sign_in, bob, two_parts):
    browser = sign_in(bob)
    (path,) = re.findall(r'data-waits href="([^"#]+)#part-later"', browser.get(PAGE).text)
    text = close_up(browser.get(path).text)
    assert re.findall(r"line of \w+", text) == ["line of later", "line of sooner"]
    assert "/deferred" not in text


def test_deferred_parts_are_loaded_into_their_places_and_no_others_are_built(sign_in, bob, two_parts):
    text = close_up(sign_in(bob).get(DEFERRED).text)
    assert two_parts == [LATER]
    assert re.findall(
        r'<section class="card" aria-labelledby="later-title" id="(.*?)" hx-swap-oob="true">', text
    ) == ["part-later"]
    assert "line of later" in text


def test_a_hidden_deferred_part_is_not_loaded(sign_in, bob, two_parts):
    StartPage.objects.create(user=bob, hidden=[LATER])
    browser = sign_in(bob)
    assert (
        "later" not in close_up(browser.get(PAGE).text).partition('class="start"')[2].partition("</main>")[0]
    )
    assert browser.get(DEFERRED).text.strip() == ""
    assert two_parts == [SOONER]


def test_the_page_asks_for_nothing_more_if_no_part_is_deferred(sign_in, bob, two_parts):
    StartPage.objects.create(user=bob, hidden=[LATER])
    assert "/deferred" not in sign_in(bob).get(PAGE).text


# Tasks


def test_overdue_tasks_come_first_then_those_of_today_and_no_more_than_five(bob, old_lead, make_task):
    lead, today = old_lead(), timezone.localdate()
    for days in (0, -1, -2, 1, -3, -4, -5):
        make_task(f"T{days}", lead, user=bob, due_on=today + timedelta(days=days))
    make_task("without a day", lead, user=bob)
    tasks = part(bob, "tasks")
    assert [line.task.title for line in tasks.lines] == ["T-5", "T-4", "T-3", "T-2", "T-1"]
    assert [(str(way.label), way.count) for way in tasks.counts] == [("Overdue", "5"), ("Today", "1")]


def test_the_numbers_of_tasks_lead_to_exactly_these_tasks(sign_in, bob, old_lead, make_task):
    lead, today = old_lead(), timezone.localdate()
    make_task("T:late", lead, user=bob, due_on=today - timedelta(days=1))
    make_task("T:now", lead, user=bob, due_on=today)
    make_task("T:later", lead, user=bob, due_on=today + timedelta(days=1))
    browser = sign_in(bob)
    for way, title in zip(part(bob, "tasks").counts, ["late", "now"], strict=True):
        assert re.findall(r">T:(\w+)<", browser.get(way.path).text) == [title]


def test_too_many_tasks_are_not_counted(bob, old_lead):
    """As many as are needed: the statement keeps its limit, so a lower one would stay for other tests."""
    of = {"of": Lead.table, "record": old_lead().pk, "user": bob, "due_on": timezone.localdate()}
    with operation("test", by=None):
        Task.objects.bulk_create(Task(title="Call", **of) for _number in range(COUNTED + 1))
    assert [(str(way.label), way.count) for way in part(bob, "tasks").counts] == [
        ("Overdue", ""),
        ("Today", ""),
    ]


def test_tasks_of_others_and_of_leads_in_trash_do_not_appear(ann, bob, ben, old_lead, make_task):
    today, kept, binned = timezone.localdate(), old_lead(), old_lead("Ion Pop")
    make_task("Ben’s", kept, user=ben, due_on=today)
    make_task("of a deleted lead", binned, user=bob, due_on=today)
    carry_out(Delete(), Lead.objects.filter(pk=binned.pk), by=ann)
    assert list(part(bob, "tasks").lines) == []


def test_a_task_is_completed_in_place_with_undo(sign_in, bob, old_lead, make_task):
    task = make_task("Call", old_lead(), user=bob, due_on=timezone.localdate())
    browser = sign_in(bob)
    text = browser.get(PAGE).text
    address = re.search(r'action="([^"]+/done)"', text)[1]
    assert 'name="today"' in text
    answer = browser.post(address, {"today": ""}, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Completed the task." in answer.text
    assert "/undo" in answer.text
    assert Task.objects.get(pk=task.pk).is_done


# New for me


def test_new_are_my_open_leads_of_the_last_days_that_no_one_has_contacted(ann, bob, ben, make_lead, reasons):
    now = timezone.now()
    for name, days in [("New A", 1), ("New B", 3), ("Old C", 8)]:
        make_lead(name, owner=bob, assigned_at=now - timedelta(days=days))
    make_lead("Ben’s D", owner=ben)
    make_lead("No one’s E", owner=None)
    make_lead("Contacted F", owner=bob, status="contacted")
    make_lead("Lost G", owner=bob, status="lost", lost_reason=reasons.budget)
    binned = make_lead("Binned H", owner=bob)
    carry_out(Delete(), Lead.objects.filter(pk=binned.pk), by=ann)
    new = part(bob, "new")
    assert [str(lead) for lead in new.lines] == ["New A", "New B"]
    query = QueryDict(new.all.path.partition("?")[2])
    assert RecordList(LEAD, query, bob).get_page(50).ids == [lead.pk for lead in new.lines]


def test_five_new_leads_are_shown_and_the_rest_in_the_list(sign_in, bob, make_lead):
    for number in range(7):
        make_lead(f"New {number}", owner=bob, phone="0722 123 456")
    text = sign_in(bob).get(DEFERRED).text
    assert len(part(bob, "new").lines) == 5
    assert "owner=me" in re.search(r'href="([^"]+)">View all new leads', text)[1]
    assert 'href="tel:' in text


@pytest.mark.parametrize(("path", "most"), [(PAGE, 18), (DEFERRED, 26)])
def test_the_page_takes_the_same_queries_however_many_lines_there_are(
    path, most, sign_in, ann, bob, old_lead, make_lead, make_task, acted_on
):
    browser = sign_in(bob)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code == 200
        return len(captured)

    def fill(number: int) -> None:
        for _number in range(number):
            lead = old_lead()
            acted_on(lead)
            make_lead("New One", owner=bob)
            make_task("Call", lead, user=bob, due_on=timezone.localdate())
            with operation("add_activity", by=ann):
                Activity.objects.create(
                    of="lead", record=lead.pk, type="note", text="Wants two", created_by=ann
                )

    # More than a part shows, as otherwise its end is looked for too.
    fill(6)
    # The names that every page knows are read the first time.
    queries()
    few = queries()
    fill(6)
    assert queries() == few
    assert few <= most


def test_my_queue_has_its_first_leads_with_the_reason_and_only_for_those_who_work_on_leads(
    sign_in, bob, ben, make_lead, make_task, someone_with
):
    own = make_lead("Own Lead", owner=bob, status="contacted")
    make_task("Call", own, user=bob, due_on=timezone.localdate() - timedelta(days=2))
    other = make_lead("Other Lead", owner=ben, status="contacted")
    make_task("Call", other, user=ben, due_on=timezone.localdate())
    found = part(bob, "queue")
    assert [lead for _place, lead in found.lines] == [own]
    text = close_up(sign_in(bob).get(PAGE).text)
    assert "Task 2 days overdue" in text
    assert f'href="/admin/leads/queue?lead={own.pk}"' in text
    viewer = someone_with("view_lead", "see_departments")
    assert "queue" not in [one.name for one in get_parts(viewer)]

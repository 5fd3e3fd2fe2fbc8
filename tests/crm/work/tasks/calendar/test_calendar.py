"""The calendar of tasks and meetings: a week or a month, of oneself, a colleague or everyone, within what the user sees."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Operation
from crm.work.tasks.calendar.calendar_days import (
    IN_DAY_OF_MONTH,
    IN_DAY_OF_WEEK,
    LANES_OF_DAY,
    LANES_OF_WEEK,
)
from crm.work.tasks.calendar.calendar_period import MONTH, WEEK, CalendarPeriod

PAGE = "/admin/tasks/calendar"


def days(browser, query: str) -> dict[str, list[str]]:
    """The titles of each day that has some."""
    found = {}
    for part in browser.get(f"{PAGE}?{query}").content.decode().split('data-day="')[1:]:
        titles = [link.split("<")[0] for link in part.split(">T:")[1:]]
        if titles:
            found[part[:10]] = titles
    return found


@pytest.mark.parametrize(
    ("view", "day", "first", "last", "before", "after"),
    [
        (WEEK, "2026-11-27", "2026-11-23", "2026-11-29", "2026-11-22", "2026-11-30"),
        (WEEK, "2026-11-23", "2026-11-23", "2026-11-29", "2026-11-22", "2026-11-30"),
        (MONTH, "2026-11-27", "2026-10-26", "2026-12-06", "2026-10-31", "2026-12-01"),
        (MONTH, "2026-12-31", "2026-11-30", "2027-01-03", "2026-11-30", "2027-01-01"),
        (MONTH, "2028-02-29", "2028-01-31", "2028-03-05", "2028-01-31", "2028-03-01"),
    ],
)
def test_a_period_is_whole_weeks_and_leads_to_those_beside_it(view, day, first, last, before, after):
    period = CalendarPeriod(view, date.fromisoformat(day))
    found = [period.first, period.last, period.before, period.after]
    assert [str(each) for each in found] == [first, last, before, after]


def test_a_week_shows_its_open_tasks_and_meetings_by_day(sign_in, bob, lead, plan, meet):
    plan(lead, "T:monday", date(2031, 3, 3))
    plan(lead, "T:sunday", date(2031, 3, 9))
    plan(lead, "T:before", date(2031, 3, 2))
    plan(lead, "T:after", date(2031, 3, 10))
    plan(lead, "T:done", date(2031, 3, 5), done_at=timezone.now(), done_by=bob)
    meet(lead, "T:meeting", datetime(2031, 3, 5, 10, tzinfo=UTC))
    found = days(sign_in(bob), "day=2031-03-06")
    assert found == {"2031-03-03": ["monday"], "2031-03-05": ["meeting"], "2031-03-09": ["sunday"]}


def test_a_day_of_a_month_says_how_many_more_it_has(sign_in, bob, lead, plan):
    for number in range(IN_DAY_OF_MONTH + 2):
        plan(lead, f"T:{number}", date(2031, 3, 5))
    browser = sign_in(bob)
    assert days(browser, "day=2031-03-01&view=month") == {"2031-03-05": ["0", "1", "2", "3"]}
    assert "2 more" in browser.get(f"{PAGE}?day=2031-03-01&view=month").content.decode()
    assert len(days(browser, "day=2031-03-05&view=week")["2031-03-05"]) == IN_DAY_OF_MONTH + 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["mine", "my meeting"]),
        ("user={ann}", ["anns", "her meeting"]),
        ("user=all", ["mine", "anns", "my meeting", "her meeting"]),
        ("user=departments", ["mine", "anns", "my meeting", "her meeting"]),
        ("user=none", []),
        ("type=meeting", ["my meeting"]),
        ("type=call", []),
        ("priority=high", []),
    ],
)
def test_the_calendar_narrows_down_as_the_list_does(sign_in, ann, bob, lead, plan, meet, query, found):
    plan(lead, "T:mine", date(2031, 3, 5))
    plan(lead, "T:anns", date(2031, 3, 5), user=ann)
    meet(lead, "T:my meeting", datetime(2031, 3, 5, 10, tzinfo=UTC))
    meet(lead, "T:her meeting", datetime(2031, 3, 5, 11, tzinfo=UTC), created_by=ann)
    shown = days(sign_in(bob), f"day=2031-03-05&{query.format(ann=ann.pk)}")
    assert shown.get("2031-03-05", []) == found


def test_what_belongs_to_unseen_records_is_not_in_the_calendar(
    sign_in, bob, make_lead, departments, plan, meet
):
    foreign = make_lead(department=departments.export)
    plan(foreign, "T:task", date(2031, 3, 5))
    meet(foreign, "T:meeting", datetime(2031, 3, 5, 10, tzinfo=UTC))
    assert days(sign_in(bob), "day=2031-03-05&user=all") == {}


@pytest.mark.parametrize("query", ["day=soon", "day=0001-01-01", "view=year", "user=999999", "priority=x"])
def test_a_calendar_that_does_not_exist_gets_a_sentence_and_no_tasks(sign_in, bob, lead, plan, query):
    plan(lead, "T:one", timezone.localdate())
    answer = sign_in(bob).get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert "T:one" not in answer.content.decode()


def test_a_task_that_gets_another_day_leads_back_to_the_calendar_with_undo(sign_in, bob, lead, plan):
    task = plan(lead, "T:one", date(2031, 3, 5))
    sent = {"entry": f"task-{task.pk}", "day": "2031-03-07", "version": task.version}
    browser = sign_in(bob)
    answer = browser.post(f"{PAGE}/move", sent | {"query": "day=2031-03-05"})
    assert answer["Location"] == f"{PAGE}?day=2031-03-05#task-{task.pk}"
    text = browser.get(f"{PAGE}?day=2031-03-05").content.decode()
    assert f"/admin/operations/{Operation.objects.latest('pk').pk}/undo" in text
    assert days(browser, "day=2031-03-05") == {"2031-03-07": ["one"]}


def test_the_calendar_needs_the_same_number_of_queries_for_many_entries(
    sign_in, bob, ann, make_lead, lead, plan, meet
):
    browser, counted = sign_in(bob), []
    for more in (1, 12):
        for number in range(more):
            record, day = make_lead(f"Lead {number}", owner=bob), date(2031, 3, 3) + timedelta(number % 7)
            plan(record, f"T:{number}", day, user=ann if number % 2 else bob)
            meet(record, f"T:{number}", datetime(2031, 3, 5, 10, tzinfo=UTC), created_by=ann)
        plan(lead, "T:anns", date(2031, 3, 4), user=ann)
        for view in (WEEK, MONTH):
            browser.get(f"{PAGE}?day=2031-03-05&user=all&view={view}")
            with CaptureQueriesContext(connection) as queries:
                browser.get(f"{PAGE}?day=2031-03-05&user=all&view={view}")
            counted.append(len(queries))
    assert len(set(counted)) == 1
    assert counted[0] <= 20


def test_one_department_of_several_can_be_chosen_by_whom_sees_it(sign_in, ada, bob, lead, plan, departments):
    plan(lead, "T:bobs", date(2031, 3, 5))
    own = bob.department_ids[0]
    browser = sign_in(ada)
    assert days(browser, f"day=2031-03-05&user=department-{own}") == {"2031-03-05": ["bobs"]}
    assert days(browser, f"day=2031-03-05&user=department-{departments.export.pk}") == {}
    assert sign_in(bob).get(f"{PAGE}?user=department-{departments.export.pk}").status_code == 400


def test_a_day_has_only_its_own_entries_and_leads_to_the_days_beside_it(sign_in, bob, lead, plan, meet):
    plan(lead, "T:one", date(2031, 3, 5))
    plan(lead, "T:other", date(2031, 3, 6))
    meet(lead, "T:meeting", datetime(2031, 3, 5, 10, tzinfo=UTC))
    browser = sign_in(bob)
    assert days(browser, "day=2031-03-05&view=day") == {"2031-03-05": ["one", "meeting"]}
    text = browser.get(f"{PAGE}?day=2031-03-05&view=day").content.decode()
    assert "day=2031-03-04" in text
    assert "day=2031-03-06" in text


def test_what_finds_no_lane_is_counted_in_a_week_and_listed_on_its_day(sign_in, bob, lead, meet):
    for number in range(LANES_OF_DAY + 2):
        meet(lead, f"T:{number}", datetime(2031, 3, 5, 10, tzinfo=UTC))
    browser = sign_in(bob)
    assert (
        f"{LANES_OF_DAY + 2 - LANES_OF_WEEK} more" in browser.get(f"{PAGE}?day=2031-03-05").content.decode()
    )
    assert len(days(browser, "day=2031-03-05&view=day")["2031-03-05"]) == LANES_OF_DAY + 2


def test_more_tasks_of_all_day_than_a_week_shows_are_on_their_day(sign_in, bob, lead, plan):
    for number in range(IN_DAY_OF_WEEK + 3):
        plan(lead, f"T:{number}", date(2031, 3, 5))
    browser = sign_in(bob)
    assert len(days(browser, "day=2031-03-05")["2031-03-05"]) == IN_DAY_OF_WEEK
    assert "3 more" in browser.get(f"{PAGE}?day=2031-03-05").content.decode()
    assert len(days(browser, "day=2031-03-05&view=day")["2031-03-05"]) == IN_DAY_OF_WEEK + 3


def test_the_hours_of_the_night_are_shown_on_request(sign_in, bob):
    browser = sign_in(bob)
    # The form for a task offers "In 3 hours", which may be at three.
    hour = "<span>03:00</span>"
    assert hour not in browser.get(PAGE).content.decode()
    assert hour in browser.get(f"{PAGE}?hours=all").content.decode()

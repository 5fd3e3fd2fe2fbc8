"""In which groups and order the list of tasks shows the tasks of users in two time zones, and the color of their due dates."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from crm.models import Task
from crm.records.history.verb_execution import operation
from crm.work.tasks.due_times import get_due_tone
from crm.work.tasks.listing.filters import TaskFilterForm
from crm.work.tasks.listing.task_list import TaskPage

BUCHAREST, NEW_YORK = "Europe/Bucharest", "America/New_York"
# A Thursday: 09:00 in New York, 16:00 in Bucharest.
NOW = datetime(2026, 11, 26, 14, tzinfo=UTC)
# By their titles, in the order in which they were added: the user, the day, the time, and the priority. Ada reads the list in
# Bucharest; Ann is in New York.
TASKS = {
    "18:00": ("ada", "2026-11-26", "18:00", "low"),
    "none": ("ada", "", "", "high"),
    "Monday": ("ada", "2026-11-30", "09:00", "normal"),
    "today": ("ada", "2026-11-26", "", "normal"),
    "15:59": ("ada", "2026-11-26", "15:59", "normal"),
    "tomorrow": ("ada", "2026-11-27", "", "normal"),
    "03:00 tomorrow": ("ann", "2026-11-26", "20:00", "normal"),
    "yesterday": ("ada", "2026-11-25", "", "high"),
    "17:00": ("ann", "2026-11-26", "10:00", "normal"),
    "none too": ("ada", "", "", "low"),
}
ALL = ["none", "Monday", "today"]
# Ada's own, by the parts of the list.
OWN = {
    "overdue": ["yesterday", "15:59"],
    "today": ["18:00", "today"],
    "week": ["tomorrow"],
    "later": ["Monday"],
    "no_date": ["none", "none too"],
}
# The query, and the groups with the titles.
ORDERS: dict[str, tuple[str, list[tuple[str, list[str]]]]] = {
    "the earliest first": (
        "",
        [
            ("Overdue", ["yesterday", "15:59"]),
            ("Today", ["17:00", "18:00", "today"]),
            ("Later this week", ["03:00 tomorrow", "tomorrow"]),
            ("Later", ["Monday"]),
            ("No date", ["none", "none too"]),
        ],
    ),
    "the latest first": (
        "sort=-due",
        [
            ("Later", ["Monday"]),
            ("Later this week", ["tomorrow", "03:00 tomorrow"]),
            ("Today", ["18:00", "17:00", "today"]),
            ("Overdue", ["15:59", "yesterday"]),
            ("No date", ["none too", "none"]),
        ],
    ),
    "by priority": (
        "sort=priority",
        [
            ("High priority", ["yesterday", "none"]),
            ("Normal priority", ["17:00", "15:59", "03:00 tomorrow", "today", "tomorrow", "Monday"]),
            ("Low priority", ["18:00", "none too"]),
        ],
    ),
    "by record, of one part": ("sort=record&when=today", [("Today", ["17:00", "18:00", "today"])]),
    "one part": ("when=no_date", [("No date", ["none", "none too"])]),
}


@pytest.fixture
def listed(ada, ann, make_lead, monkeypatch):
    """listed(query): the groups of the first page, with the titles."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    users = {"ada": ada, "ann": ann}
    for name, zone in (("ada", BUCHAREST), ("ann", NEW_YORK)):
        User.objects.filter(pk=users[name].pk).update(time_zone=zone)
    lead = make_lead()
    with operation("test", by=None):
        for title, (name, day, clock, priority) in TASKS.items():
            values: dict[str, Any] = {"due_on": date.fromisoformat(day) if day else None}
            values["due_time"] = time.fromisoformat(clock) if clock else None
            values |= {"title": title, "user": users[name], "priority": priority}
            Task.objects.create(of="lead", record=lead.pk, **values)
    reader = User.objects.with_rights().get(pk=ada.pk)

    def read(query: str) -> list[tuple[str, list[str]]]:
        with timezone.override(ZoneInfo(BUCHAREST)):
            page = TaskPage(TaskFilterForm(QueryDict(query), viewer=reader), "")
            return [(str(name), [line.task.title for line in lines]) for name, lines in page.iterate_groups()]

    return read


@pytest.mark.parametrize(("query", "groups"), ORDERS.values(), ids=ORDERS)
def test_in_which_groups_and_order_tasks_are_listed(query, groups, listed):
    assert listed(f"user=all&{query}") == groups


@pytest.mark.parametrize("part", OWN)
def test_the_tasks_of_one_clock_are_in_one_part_each(part, listed):
    assert [titles for _name, titles in listed(f"when={part}")] == [OWN[part]]


def test_completed_tasks_are_one_group_with_the_last_one_first(listed):
    with operation("test", by=None):
        for minute, title in enumerate(ALL):
            done_at = NOW.replace(minute=minute)
            Task.objects.filter(title=title).update(done_at=done_at)
    assert listed("user=all&when=done&sort=-due") == [("Completed", ALL[::-1])]
    assert dict(listed("user=all"))["No date"] == ["none too"]


def test_the_tabs_count_the_tasks_of_one_user_on_the_readers_clock(listed, ada, ann):
    assert listed("")
    counts: dict[str, Any] = {}
    with timezone.override(ZoneInfo(BUCHAREST)):
        for user in ("", str(ann.pk), "all", "none", "departments", "x"):
            form = TaskFilterForm(QueryDict(f"user={user}"), viewer=ada)
            counts[user] = form.count_by_tab()
    own = {"": 8, "overdue": 2, "today": 2, "week": 1, "later": 1, "no_date": 2}
    of_ann = {"": 2, "today": 1, "week": 1}
    none: dict[str, Any] = {"all": {}, "none": {}, "departments": {}, "x": {}}
    assert counts == {"": own, str(ann.pk): of_ann, **none}


# The time zone of the user whose task it is, its day and time, and the color for a reader in Bucharest.
TONES = {
    "a time that has passed today": (BUCHAREST, "2026-11-26", "15:59", "negative"),
    "a time of this very minute": (BUCHAREST, "2026-11-26", "16:00", "accent"),
    "a time that is still to come": (BUCHAREST, "2026-11-26", "16:01", "accent"),
    "a time of yesterday": (BUCHAREST, "2026-11-25", "17:00", ""),
    "a time of yesterday there that was today here": (NEW_YORK, "2026-11-25", "20:00", "negative"),
    "a time of yesterday here and there": (NEW_YORK, "2026-11-25", "16:59", ""),
    "all of today": (BUCHAREST, "2026-11-26", "", "accent"),
    "all of yesterday": (BUCHAREST, "2026-11-25", "", ""),
    "a later day": (BUCHAREST, "2026-11-27", "09:00", "accent"),
    "no day": (BUCHAREST, "", "", "accent"),
}


@pytest.mark.parametrize(("zone", "day", "clock", "tone"), TONES.values(), ids=TONES)
def test_which_due_dates_are_red(zone, day, clock, tone, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    task = Task(
        user=User(pk=1, name="Ann", time_zone=zone),
        due_on=date.fromisoformat(day) if day else None,
        due_time=time.fromisoformat(clock) if clock else None,
    )
    with timezone.override(ZoneInfo(BUCHAREST)):
        assert get_due_tone(task) == tone
        task.done_at = NOW
        assert get_due_tone(task) == "accent"

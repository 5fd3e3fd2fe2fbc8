"""Which part of the list of tasks has a task of another user: overdue, today, later this week or later on the reader's clock."""

from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from crm.models import Task
from crm.records.history.verb_execution import operation
from crm.work.tasks.listing.filters import TaskFilterForm
from crm.work.tasks.listing.task_list import TaskPage

pytestmark = pytest.mark.django_db

BUCHAREST, NEW_YORK = "Europe/Bucharest", "America/New_York"
# A Thursday: 09:00 in New York, 16:00 in Bucharest.
NOW = datetime(2026, 11, 26, 14, tzinfo=UTC)
PARTS = ("overdue", "today", "week", "later", "no_date")


class Case(NamedTuple):
    """A task of a user in this time zone, for a reader in the other one."""

    of: str
    day: str
    time: str
    part: str


CASES = {
    "passed there is passed here": Case(BUCHAREST, "2026-11-26", "15:59", "overdue"),
    "this very minute": Case(BUCHAREST, "2026-11-26", "16:00", "today"),
    "still to come there, and this clock is past it": Case(NEW_YORK, "2026-11-26", "10:00", "today"),
    "passed there, and this clock isn't there yet": Case(BUCHAREST, "2026-11-26", "09:30", "overdue"),
    "early tomorrow there is tonight here": Case(BUCHAREST, "2026-11-27", "02:00", "today"),
    "midnight here": Case(BUCHAREST, "2026-11-27", "07:00", "week"),
    "the minute before midnight here": Case(BUCHAREST, "2026-11-27", "06:59", "today"),
    "late today there is tomorrow here": Case(NEW_YORK, "2026-11-26", "20:00", "week"),
    "late on Sunday there is Monday here": Case(NEW_YORK, "2026-11-29", "17:00", "later"),
    "earlier on Sunday there is Sunday here": Case(NEW_YORK, "2026-11-29", "16:59", "week"),
    "Monday there is Sunday here": Case(BUCHAREST, "2026-11-30", "06:00", "week"),
    "months later": Case(BUCHAREST, "2027-03-20", "16:24", "later"),
    "all day yesterday": Case(BUCHAREST, "2026-11-25", "", "overdue"),
    "all day today": Case(NEW_YORK, "2026-11-26", "", "today"),
    "all day tomorrow": Case(BUCHAREST, "2026-11-27", "", "week"),
    "all day on Monday": Case(BUCHAREST, "2026-11-30", "", "later"),
    "no day": Case(BUCHAREST, "", "", "no_date"),
}  # fmt: skip


@pytest.fixture
def planned(ann, ada, make_lead, monkeypatch):
    """planned(case): the reader, and Ann's task."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)

    def plan(case: Case) -> tuple[User, Task]:
        reader = NEW_YORK if case.of == BUCHAREST else BUCHAREST
        for user, zone in ((ann, case.of), (ada, reader)):
            User.objects.filter(pk=user.pk).update(time_zone=zone)
        day = date.fromisoformat(case.day) if case.day else None
        clock = time.fromisoformat(case.time) if case.time else None
        lead = make_lead()
        with operation("test", by=None):
            task = Task.objects.create(
                of="lead", record=lead.pk, title="Call", user=ann, due_on=day, due_time=clock
            )
        return User.objects.with_rights().get(pk=ada.pk), task

    return plan


@pytest.mark.parametrize("whose", ["all", "ann"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_task_is_in_one_part_by_the_readers_clock(case, whose, planned, ann):
    reader, task = planned(case)
    user = "all" if whose == "all" else str(ann.pk)
    with timezone.override(ZoneInfo(str(reader.zone))):
        found = {}
        for part in PARTS:
            form = TaskFilterForm(QueryDict(f"user={user}&when={part}"), viewer=reader)
            assert form.is_valid()
            found[part] = [row.pk for row in form.get_first_tasks(10)]
            assert list(form.tasks_queryset().values_list("pk", flat=True)) == found[part]
        assert found == {part: [task.pk] if part == case.part else [] for part in PARTS}
        # The list of all open tasks has it in the same group, and the tab counts it.
        form = TaskFilterForm(QueryDict(f"user={user}"), viewer=reader)
        assert [line.group for line in TaskPage(form, "").lines] == [case.part]
        assert form.count_by_tab() == ({} if user == "all" else {"": 1, case.part: 1})

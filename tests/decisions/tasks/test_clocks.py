"""When a task of another user is due on the reader's own clock, and what is said beside it."""

from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from crm.models import Task
from crm.work.tasks.due_times import ShownDue, format_due, get_due

BUCHAREST, ATHENS, NEW_YORK, KOLKATA = (
    "Europe/Bucharest", "Europe/Athens", "America/New_York", "Asia/Kolkata",
)  # fmt: skip
# In New York 09:00, in Bucharest 16:00.
NOW = datetime(2026, 11, 26, 14, tzinfo=UTC)


class Case(NamedTuple):
    """`of` is the time zone of the user the task is for, None for no one."""

    reader: str
    of: str | None
    day: str
    time: str
    words: str
    overdue: bool = False


CASES = {
    "16:24 in Bucharest is 09:24 for a colleague in New York": Case(
        NEW_YORK, BUCHAREST, "2026-11-26", "16:24", "Today, 09:24 (16:24 for Ann)"
    ),
    "and 09:24 in New York is 16:24 in Bucharest": Case(
        BUCHAREST, NEW_YORK, "2026-11-26", "09:24", "Today, 16:24 (09:24 for Ann)"
    ),
    "a time that has passed there has passed here, although this clock isn't there yet": Case(
        NEW_YORK, BUCHAREST, "2026-11-26", "15:59", "Today, 08:59 (15:59 for Ann)", overdue=True
    ),
    "a time that is still to come there isn't overdue here, although this clock is past it": Case(
        BUCHAREST, NEW_YORK, "2026-11-26", "10:00", "Today, 17:00 (10:00 for Ann)"
    ),
    "early tomorrow there is tonight here": Case(
        NEW_YORK, BUCHAREST, "2026-11-27", "02:00", "Today, 19:00 (Fri 27 Nov, 02:00 for Ann)"
    ),
    "late today there is tomorrow here": Case(
        BUCHAREST, NEW_YORK, "2026-11-26", "20:00", "Fri 27 Nov, 03:00 (Thu 26 Nov, 20:00 for Ann)"
    ),
    "half an hour's difference": Case(
        BUCHAREST, KOLKATA, "2026-11-26", "21:00", "Today, 17:30 (21:00 for Ann)"
    ),
    "the same time zone": Case(BUCHAREST, BUCHAREST, "2026-11-26", "16:24", "Today, 16:24"),
    "another time zone whose clocks say the same": Case(
        BUCHAREST, ATHENS, "2026-11-26", "16:24", "Today, 16:24"
    ),
    "in the weeks between two changes of the clocks, as they are on that day": Case(
        NEW_YORK, BUCHAREST, "2027-03-20", "16:24", "Sat 20 Mar 2027, 10:24 (16:24 for Ann)"
    ),
    "all day is the same day everywhere": Case(NEW_YORK, BUCHAREST, "2026-11-26", "", "Today"),
    "all day yesterday": Case(NEW_YORK, BUCHAREST, "2026-11-25", "", "1 day overdue", overdue=True),
    "a task for no one is on the reader's clock": Case(NEW_YORK, None, "2026-11-26", "16:24", "Today, 16:24"),
    "a task without a day": Case(NEW_YORK, BUCHAREST, "", "", ""),
}  # fmt: skip


# When a task is due on the clock of its user, and what is said of that to a reader on whose clock it is 26 November, 16:24.
THERE = {
    "both clocks say the same": (None, ""),
    "another time of the same day": (datetime(2026, 11, 26, 9, 24), "09:24"),
    "another day": (datetime(2026, 11, 27, 0, 24), "Fri 27 Nov, 00:24"),
}


@pytest.mark.parametrize(("there", "said"), THERE.values(), ids=THERE)
def test_what_the_clock_of_the_user_says(there, said):
    assert ShownDue(date(2026, 11, 26), time(16, 24), there).there_clock == said


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_when_a_task_is_due_for_its_reader(case, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    user = User(pk=1, name="Ann", time_zone=case.of) if case.of else None
    task = Task(
        title="Call back",
        user=user,
        due_on=date.fromisoformat(case.day) if case.day else None,
        due_time=time.fromisoformat(case.time) if case.time else None,
    )
    with timezone.override(ZoneInfo(case.reader)):
        assert (format_due(task), task.is_overdue) == (case.words, case.overdue)
        due = get_due(task)
    if due and due.time and due.there:
        # Both say the same moment.
        here = datetime.combine(due.day, due.time, ZoneInfo(case.reader))
        assert here == due.there.replace(tzinfo=ZoneInfo(case.of))

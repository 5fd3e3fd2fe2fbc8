"""What an outcome in the queue does with the tasks of today, and when the lead is back: at 16:32, on the clock of the user."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.models import Task
from leads.models import QueueRules, QueueStep
from leads.queue.outcome_recording import OutcomeDetails, _get_return_time, record_outcome, record_skip
from leads.queue.outcomes import get_outcomes

pytestmark = pytest.mark.django_db
BUCHAREST = ZoneInfo("Europe/Bucharest")
# A task is its day, counted from today, and its time.
YESTERDAY, TODAY, TOMORROW = (-1, None), (0, None), (1, None)
LONG_AGO, BEFORE, NOW, NEXT, EVENING, TOMORROW_EVENING = (
    (-1, time(19, 30)),
    (0, time(9)),
    (0, time(16, 32)),
    (0, time(16, 33)),
    (0, time(19, 30)),
    (1, time(19, 30)),
)
DONE = "done"


class Case(NamedTuple):
    """The tasks before and after: where each is then, and those that were added. `back` is when the lead is back today; without
    one, it is back tomorrow. `day` is a day that the user chose, counted from today, and `at` its time."""

    outcome: str
    tasks: list
    after: list
    back: time | None = None
    status: str = "contacted"
    day: int | None = None
    at: time | None = None


LATER, WEEK = (1, None), (3, None)
CASES = {
    "reached: an overdue task is done": Case("reached", [YESTERDAY], [DONE]),
    "reached: a task of today is done": Case("reached", [TODAY], [DONE]),
    "reached: a task of this morning is done": Case("reached", [BEFORE], [DONE]),
    "reached: a task of this minute is done": Case("reached", [NOW], [DONE]),
    "reached: one of the next minute stays": Case("reached", [NEXT], [NEXT], time(16, 33)),
    "reached: the call-back of this evening stays": Case("reached", [EVENING], [EVENING], time(19, 30)),
    "reached: yesterday's evening is over": Case("reached", [LONG_AGO], [DONE]),
    "reached: what was due is done, the call-back stays": Case(
        "reached", [BEFORE, TODAY, EVENING], [DONE, DONE, EVENING], time(19, 30)
    ),
    "reached: of two call-backs, the lead is back at the first": Case(
        "reached", [EVENING, NEXT], [EVENING, NEXT], time(16, 33)
    ),
    "reached: a task of tomorrow stays": Case("reached", [TOMORROW_EVENING], [TOMORROW_EVENING]),
    "reached, with a day for the next call, beside the call-back": Case(
        "reached", [EVENING], [EVENING, WEEK], time(19, 30), day=3
    ),
    "reached, to be called back this evening": Case(
        "reached", [BEFORE], [DONE, EVENING], time(19, 30), day=0, at=time(19, 30)
    ),
    "reached, to be called back tomorrow at a time": Case(
        "reached", [TODAY], [DONE, TOMORROW_EVENING], day=1, at=time(19, 30)
    ),
    "reached, to be called back before another call-back": Case(
        "reached", [EVENING], [EVENING, NEXT], time(16, 33), day=0, at=time(16, 33)
    ),
    "no answer, to be tried again this evening: what was due is put off": Case(
        "no_answer", [BEFORE], [EVENING], time(19, 30), day=0, at=time(19, 30)
    ),
    "no answer, to be tried again this evening without a task": Case(
        "no_answer", [], [EVENING], time(19, 30), day=0, at=time(19, 30)
    ),
    "tomorrow, but this evening was chosen": Case("tomorrow", [TODAY], [EVENING], time(19, 30), day=0, at=time(19, 30)),
    "a move, to be called back this evening": Case(
        "qualified", [BEFORE], [DONE, EVENING], time(19, 30), day=0, at=time(19, 30)
    ),
    "no answer: what was due is put off, the call-back stays": Case(
        "no_answer", [BEFORE, EVENING], ["retry", EVENING], time(19, 30)
    ),
    "no answer: the call-back is the next call": Case("no_answer", [EVENING], [EVENING], time(19, 30)),
    "no answer: without a task, the next call is planned": Case("no_answer", [], ["retry"]),
    "no answer, with a day for the next call": Case("no_answer", [EVENING], [EVENING, WEEK], time(19, 30), day=3),
    "wrong number: the call-back stays": Case("wrong_number", [EVENING], [EVENING], time(19, 30)),
    "tomorrow: what was due is put off, the call-back stays": Case(
        "tomorrow", [TODAY, EVENING], [LATER, EVENING], time(19, 30)
    ),
    "tomorrow: if only the call-back is there, it is put off": Case("tomorrow", [EVENING], [TOMORROW_EVENING]),
    "done: if only the call-back is there, it is done": Case("done", [EVENING], [DONE], status="won"),
    "done: what was due is done, the call-back stays": Case(
        "done", [TODAY, EVENING], [DONE, EVENING], time(19, 30), status="won"
    ),
    "a move: what was due is done, the call-back stays": Case(
        "qualified", [BEFORE, EVENING], [DONE, EVENING], time(19, 30)
    ),
}  # fmt: skip


@pytest.fixture
def at_1632(monkeypatch, bob):
    bob.time_zone = "Europe/Bucharest"
    moment = timezone.now().astimezone(BUCHAREST).replace(hour=16, minute=32, second=20, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))
    return moment


def on(moment, task) -> dict:
    days, clock = task
    return {"due_on": moment.date() + timedelta(days=days), "due_time": clock}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_tasks_of_today(case, at_1632, bob, ben, make_lead, make_task, monkeypatch):
    retry = at_1632.date() + timedelta(days=2)
    monkeypatch.setattr("leads.queue.outcomes.get_retry_day", lambda user, days: retry)
    lead = make_lead(owner=bob, status=case.status)
    tasks = [
        make_task(f"Task {number}", lead, user=bob, **on(at_1632, task))
        for number, task in enumerate(case.tasks)
    ]
    # A colleague's task and one of another lead say nothing.
    others = [
        make_task("A colleague's", lead, user=ben, **on(at_1632, TODAY)),
        make_task("Of another lead", make_lead(owner=bob), user=bob, **on(at_1632, TODAY)),
    ]
    outcome = next(one for one in get_outcomes(lead, QueueRules(retry_days=2)) if one.code == case.outcome)
    chosen = None if case.day is None else at_1632.date() + timedelta(days=case.day)
    record_outcome(bob, lead, outcome, OutcomeDetails(day=chosen, at=case.at))

    def found(task):
        if task.done_at:
            return DONE
        return "retry" if task.due_on == retry else ((task.due_on - at_1632.date()).days, task.due_time)

    after = [found(task) for task in Task.objects.exclude(pk__in=[task.pk for task in others]).order_by("pk")]
    assert after == case.after
    assert len(after) >= len(tasks)
    assert [
        found(task) for task in Task.objects.filter(pk__in=[task.pk for task in others]).order_by("pk")
    ] == [TODAY, TODAY]
    until = QueueStep.objects.get().until.astimezone(BUCHAREST)
    if case.back:
        assert until == at_1632.replace(hour=case.back.hour, minute=case.back.minute, second=0)
    else:
        assert (until.date(), until.time()) == (at_1632.date() + timedelta(days=1), time())


SKIPS = {
    "without a task": ([], None),
    "with a call-back": ([EVENING], time(19, 30)),
    "with an overdue task": ([BEFORE], None),
}


@pytest.mark.parametrize(("tasks", "back"), SKIPS.values(), ids=SKIPS)
def test_when_a_skipped_lead_is_back(tasks, back, at_1632, bob, make_lead, make_task):
    lead = make_lead(owner=bob)
    for task in tasks:
        make_task("Call", lead, user=bob, **on(at_1632, task))
    record_skip(bob, lead, "later")
    until = QueueStep.objects.get().until.astimezone(BUCHAREST)
    assert until.time() == (back or time())
    assert Task.objects.open().count() == len(tasks)


CLOCKS = {
    # The clock goes forward at 3:00 on 28 March 2027, and back at 4:00 on 31 October 2027.
    "winter": (datetime(2027, 1, 15, 10, tzinfo=UTC), time(19, 30), datetime(2027, 1, 15, 17, 30, tzinfo=UTC)),
    "summer": (datetime(2027, 7, 15, 10, tzinfo=UTC), time(19, 30), datetime(2027, 7, 15, 16, 30, tzinfo=UTC)),
    "after the clock went forward": (datetime(2027, 3, 27, 23, tzinfo=UTC), time(9), datetime(2027, 3, 28, 6, tzinfo=UTC)),
    "after the clock went back": (datetime(2027, 10, 30, 22, tzinfo=UTC), time(9), datetime(2027, 10, 31, 7, tzinfo=UTC)),
}  # fmt: skip


@pytest.mark.parametrize(("now", "due", "back"), CLOCKS.values(), ids=CLOCKS)
def test_the_moment_of_a_call_back(now, due, back, bob, make_lead, make_task, monkeypatch):
    bob.time_zone = "Europe/Bucharest"
    lead = make_lead(owner=bob)
    make_task("Call", lead, user=bob, due_on=now.astimezone(BUCHAREST).date(), due_time=due)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert _get_return_time(bob, lead.pk) == back

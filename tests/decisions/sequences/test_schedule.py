"""When the steps of a sequence are due, and which one comes next."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from accounts.working_time.calendar import USUAL_WEEK, WorkingCalendar
from crm.records.history.verb_execution import operation
from sequences.models import ComingStep, SequenceStep
from sequences.running.schedule import find_next_step, get_due_moment, get_due_moments, plan_first_step
from tests.sequences.sequencing import make_sequence, start

BUCHAREST = ZoneInfo("Europe/Bucharest")
# From Monday to Friday, 9 to 17, in Bucharest; the first of June 2026 is a Monday, and a holiday here.
CALENDAR = WorkingCalendar(USUAL_WEEK, frozenset({date(2026, 6, 1)}), BUCHAREST)


def at(day: int, clock: str, month: int = 5) -> datetime:
    """On the clock of Bucharest."""
    return datetime.combine(date(2026, month, day), time.fromisoformat(clock), BUCHAREST)


# What the step says, when the one before it was done, and when it's due. The 18th of May is a Monday.
CASES = {
    "at once": ({}, at(18, "10:30"), at(18, "10:30")),
    "at once, before the working time": ({}, at(18, "07:00"), at(18, "09:00")),
    "at once, after it": ({}, at(18, "19:00"), at(19, "09:00")),
    "at once, on a Saturday": ({}, at(23, "12:00"), at(25, "09:00")),
    "the next working day, at the same time of day": ({"after": 1}, at(18, "10:30"), at(19, "10:30")),
    "three working days later, over a weekend": ({"after": 3}, at(21, "10:30"), at(26, "10:30")),
    "over a weekend and a holiday": ({"after": 1}, at(29, "10:30"), at(2, "10:30", 6)),
    "after an email in the evening, shortly before the end of the working time": (
        {"after": 1},
        at(18, "19:00"),
        at(19, "16:30"),
    ),
    "after one in the night, at its beginning": ({"after": 1}, at(18, "05:00"), at(19, "09:00")),
    "after one on a Sunday": ({"after": 1}, at(24, "12:00"), at(25, "12:00")),
    "at a time of day": ({"after": 2, "at": "14:00"}, at(18, "10:30"), at(20, "14:00")),
    "today at a time of day": ({"at": "14:00"}, at(18, "10:30"), at(18, "14:00")),
    "today at a time of day that has passed": ({"at": "09:30"}, at(18, "10:30"), at(18, "10:30")),
    "at a time of day when no one works": ({"after": 1, "at": "20:00"}, at(18, "10:30"), at(19, "16:30")),
    "at an early time of day when no one works": (
        {"after": 1, "at": "06:00"},
        at(18, "10:30"),
        at(19, "09:00"),
    ),
}


@pytest.mark.parametrize(("says", "previous", "due"), CASES.values(), ids=CASES.keys())
def test_a_step_is_due_so_many_working_days_after_the_step_before(says, previous, due):
    step = SequenceStep("a", "email", **says)
    assert get_due_moment(step, previous.astimezone(UTC), CALENDAR) == due


@pytest.mark.parametrize("says", [{}, {"after": 2}, {"at": "14:00"}], ids=str)
def test_with_a_calendar_without_working_days_a_step_is_due_at_once(says):
    calendar = WorkingCalendar({}, frozenset(), BUCHAREST)
    assert get_due_moment(SequenceStep("a", "email", **says), at(18, "10:30"), calendar) == at(18, "10:30")


def test_steps_add_up():
    steps = [
        SequenceStep("a", "email"),
        SequenceStep("b", "call", after=2),
        SequenceStep("c", "email", after=3),
    ]
    assert get_due_moments(steps, at(18, "10:30"), CALENDAR) == [
        at(18, "10:30"),
        at(20, "10:30"),
        at(25, "10:30"),
    ]


# The keys of the sequence's steps, those that were done, and the one that comes next.
NEXT = {
    "nothing is done": ("abc", "", "a"),
    "the first one is": ("abc", "a", "b"),
    "all are": ("abc", "abc", ""),
    "one was put before those that are done": ("xabc", "ab", "c"),
    "one was put after them": ("abxc", "ab", "x"),
    "the last one that was done was removed": ("ac", "ab", "c"),
    "the next one was removed": ("ac", "a", "c"),
    "one was added at the end": ("abcd", "abc", "d"),
    "the order was turned around": ("cba", "ab", ""),
    "the next one was moved to the front": ("cab", "a", "b"),
    "all are new": ("xyz", "ab", "x"),
    "there are none": ("", "a", ""),
}


@pytest.mark.parametrize(("steps", "done", "expected"), NEXT.values(), ids=NEXT.keys())
def test_the_next_step_is_the_one_after_the_last_one_that_is_done(steps, done, expected):
    found = find_next_step([SequenceStep(key, "email") for key in steps], list(done))
    assert (found.key if found else "") == expected


@pytest.mark.django_db
def test_of_two_authors_each_begins_at_once_on_their_own_clock_and_in_their_own_working_time(
    ann, bob, make_lead
):
    """It is 10:00 on a Monday in Bucharest, and 20:00 in Auckland."""
    with operation("test", by=None):
        User.objects.filter(pk=bob.pk).update(time_zone="Pacific/Auckland")
    sequence = make_sequence("One", SequenceStep("a", "call", title="Call"), sender="owner")
    leads = [make_lead(email=f"{one.pk}@example.cz", owner=one) for one in (bob, ann)]
    operation_of_start = start(sequence, ann, *leads).operation
    plan_first_step(operation_of_start.pk, sequence, at(18, "10:00"))
    coming = dict(ComingStep.objects.values_list("enrollment__record", "due_at"))
    tuesday = datetime(2026, 5, 19, 9, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert coming == {leads[0].pk: tuesday, leads[1].pk: at(18, "10:00")}


@pytest.mark.django_db
def test_the_first_step_is_planned_for_those_alone_whom_this_operation_started(ann, make_lead):
    sequence = make_sequence("One", SequenceStep("a", "call", title="Call"))
    before = start(sequence, ann, make_lead(email="a@example.cz", owner=ann)).operation
    ComingStep.objects.update(due_at=at(11, "09:00"))
    operation_of_start = start(sequence, ann, make_lead(email="b@example.cz", owner=ann)).operation
    plan_first_step(operation_of_start.pk, sequence, at(18, "10:00"))
    coming = dict(ComingStep.objects.values_list("enrollment__started", "due_at"))
    assert coming == {before.pk: at(11, "09:00"), operation_of_start.pk: at(18, "10:00")}

"""What a turn does after a fault, and while another worker has the turn."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import Department, WorkingHours
from crm.models import Task
from crm.records.history.verb_execution import operation
from sequences.models import ComingStep, Enrollment
from sequences.running import turns
from sequences.running.enrollment_ends import _lock_running, finish_enrollments
from sequences.running.stop_sweep import end_stopped_enrollments
from sequences.running.turns import find_ready_authors, is_anything_due, run_next
from tests.sequences.sequencing import build_step, make_sequence, send_away, start, state_of
from tests.turns import PASSING_FAULTS, held_turn

pytestmark = [
    pytest.mark.django_db(databases=["default", "progress"]),
    pytest.mark.usefixtures("always"),
]


def always_tomorrow(today: date) -> None:
    """Every department works on the next day of the week alone."""
    with operation("test", by=None):
        WorkingHours.objects.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(department=one, weekday=(today.weekday() + 1) % 7, opens=time(0), closes=time(23))
            for one in Department.objects.all()
        )


@pytest.fixture
def leads(ada, make_lead):
    """Three whose call is due."""
    found = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "abc"]
    start(make_sequence("One", build_step("call", title="Call")), ada, *found)
    return found


# For how many records at once the step fails with the fault: for all together, or only for one by itself.
FAILING = {"for all at once": 3, "for one by itself": 1}


@pytest.mark.parametrize("number", FAILING.values(), ids=FAILING.keys())
@pytest.mark.parametrize("fault", PASSING_FAULTS.values(), ids=PASSING_FAULTS.keys())
def test_a_fault_that_passes_ends_no_sequence_and_the_step_is_done_in_a_later_turn(
    leads, monkeypatch, caplog, fault, number
):
    carry_on = turns.run_step

    def fail(due, calendars):
        if len(due.enrollments) == number:
            raise fault
        # Whatever else fails makes the turn take them one by one.
        raise ZeroDivisionError

    monkeypatch.setattr(turns, "run_step", fail)
    with pytest.raises(type(fault)):
        run_next()
    assert [state_of(lead) for lead in leads] == [("running", "")] * 3
    assert caplog.text == ""
    monkeypatch.setattr(turns, "run_step", carry_on)
    assert run_next()
    assert (Task.objects.count(), state_of(leads[0])) == (3, ("finished", ""))


def test_any_other_fault_ends_the_sequence_for_each_record_that_has_it_by_itself(leads, monkeypatch):
    def fail(due, calendars):
        raise ZeroDivisionError

    monkeypatch.setattr(turns, "run_step", fail)
    assert run_next()
    assert [state_of(lead) for lead in leads] == [("stopped", "failed")] * 3


def test_while_another_worker_has_the_turn_nothing_is_done_and_there_is_nothing_to_wait_for(leads):
    with held_turn("leadwell.sequences"):
        assert run_next() is False
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"running"}
    assert run_next() is True
    assert run_next() is False


def test_while_another_worker_has_the_turn_no_sequence_is_ended(leads, ada):
    type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    with held_turn("leadwell.sequences"):
        assert end_stopped_enrollments() == 0
    assert [state_of(lead) for lead in leads] == [("running", "")] * 3
    assert end_stopped_enrollments() == 3
    assert end_stopped_enrollments() == 0


def test_a_turn_does_the_step_for_so_many_records_that_have_waited_longest(leads, monkeypatch):
    monkeypatch.setattr(turns, "MOST_AT_ONCE", 2)
    now = timezone.now()
    for number, lead in enumerate(reversed(leads)):
        coming = ComingStep.objects.filter(enrollment__record=lead.pk)
        coming.update(due_at=now - timedelta(minutes=9 - number))
    assert run_next()
    assert sorted(Task.objects.values_list("record", flat=True)) == [leads[1].pk, leads[2].pk]


def test_a_turn_plans_so_many_of_those_that_wait_for_it_and_leaves_the_others_as_they_are(
    ada, leads, make_lead, monkeypatch
):
    monkeypatch.setattr(turns, "MOST_PLANNED", 2)
    other = make_lead(email="other@example.cz", owner=ada)
    later = build_step("task", after=2, title="Post")
    start(make_sequence("Two", later), ada, other)
    due_at = timezone.now() + timedelta(days=99)
    ComingStep.objects.filter(enrollment__record=other.pk).update(due_at=due_at)
    now = timezone.now()
    for minutes, lead in enumerate(leads):
        unplanned = ComingStep.objects.filter(enrollment__record=lead.pk)
        unplanned.update(key="", due_at=now - timedelta(minutes=9 - minutes))
    assert run_next()
    coming = dict(ComingStep.objects.values_list("enrollment__record", "key"))
    assert coming == {leads[0].pk: "call", leads[1].pk: "call", leads[2].pk: "", other.pk: "task"}
    assert ComingStep.objects.get(enrollment__record=other.pk).due_at == due_at


def test_enrollments_are_locked_in_the_order_of_their_numbers_while_they_run(leads):
    ids = list(Enrollment.objects.order_by("pk").values_list("pk", flat=True))
    finish_enrollments(ids[1:2])
    assert [pk for pk, *_rest in _lock_running(ids[::-1])] == [ids[0], ids[2]]
    assert [pk for pk, *_rest in _lock_running(ids[2:])] == ids[2:]


def test_only_the_authors_of_what_is_due_are_ready(leads, ada, bob, make_lead):
    start(make_sequence("Two", build_step("call", title="Call")), bob, make_lead(email="d@a.cz", owner=bob))
    later = timezone.now() + timedelta(hours=1)
    ComingStep.objects.filter(author=bob).update(due_at=later)
    assert find_ready_authors(timezone.now()) == [ada.pk]
    assert find_ready_authors(later) == sorted([ada.pk, bob.pk])
    type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    assert find_ready_authors(timezone.now()) == []


# Whether the author of a due step works at this moment, and is away.
WORKING = {
    "at work": (True, False, True),
    "at work and away": (True, True, False),
    "not at work": (False, False, False),
    "not at work and away": (False, True, False),
}


@pytest.mark.parametrize(("is_open", "is_away", "is_ready"), WORKING.values(), ids=WORKING)
def test_a_step_is_done_while_its_author_works(is_open, is_away, is_ready, leads, ada):
    now = timezone.now()
    today = timezone.localdate(now, timezone=ada.zone)
    if is_away:
        send_away(ada, today, today)
    if not is_open:
        always_tomorrow(today)
    assert find_ready_authors(now) == ([ada.pk] if is_ready else [])


# Whether steps wait to be planned, and to be done; then there is something to do.
THERE = {"to be planned": (True, False), "to be done": (False, True), "both": (True, True), "neither": (False, False)}  # fmt: skip


@pytest.mark.parametrize(("planned", "due"), THERE.values(), ids=THERE)
def test_whether_there_is_something_to_do(planned, due, leads):
    now = timezone.now()
    first = ComingStep.objects.filter(enrollment__record=leads[0].pk)
    ComingStep.objects.update(due_at=now if due else now + timedelta(hours=1))
    if planned:
        first.update(key="")
    assert is_anything_due(now) is (planned or due)

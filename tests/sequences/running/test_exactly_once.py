"""Exactly once: over a worker that ends at each point of a turn, two workers at once, and people who change things meanwhile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

from crm.models import Activity, OutgoingEmail, Task
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from sequences.jobs import run_sequences
from sequences.models import ComingStep, Enrollment, EnrollmentStep
from sequences.running import step_execution, turns
from sequences.running.turns import run_next
from sequences.verbs import StopSequence, step_verbs
from tests.crm.work.emails.emailing import work as send_all
from tests.hard.at_once.test_bulk_changes import in_threads
from tests.killed import killed_at
from tests.sequences.sequencing import (
    MOST_TURNS,
    build_step,
    make_sequence,
    operations_of,
    start,
    state_of,
    work,
)
from tests.waiting import until, until_ended, until_set

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
    pytest.mark.usefixtures("always"),
]


# Where the worker is when it ends: a name of a module, and whether the end comes before or after the call.
POINTS = {
    "before the step": (turns, "run_step", "before"),
    "before the emails are written": (step_verbs, "write_letters", "before"),
    "after the emails are written": (step_verbs, "write_letters", "after"),
    "after they are in the queue": (step_verbs, "queue_emails", "after"),
    "after the log is written": (step_execution, "_write_log", "after"),
    "after the operation is written": (step_execution, "write_operation_result", "after"),
    "after what comes next is planned": (step_execution, "plan_next_steps", "after"),
    "after the step": (turns, "run_step", "after"),
}


@pytest.mark.parametrize(("module", "name", "when"), POINTS.values(), ids=POINTS.keys())
def test_a_worker_that_ends_at_any_point_leaves_nothing_and_the_next_one_sends_each_email_once(
    ada, template, make_lead, module, name, when
):
    steps = [build_step("email", "a", template=template.pk), build_step("call", "b", after=1, title="Call")]
    sequence = make_sequence("One", *steps)
    leads = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "ab"]
    start(sequence, ada, *leads)
    with killed_at(module, name, when):
        run_next()
    send_all()
    assert (mail.outbox, Activity.objects.count(), OutgoingEmail.objects.count()) == ([], 0, 0)
    assert (EnrollmentStep.objects.count(), operations_of("run_sequence")) == (0, [])
    assert set(ComingStep.objects.values_list("key", flat=True)) == {"a"}
    work()
    send_all()
    work()
    send_all()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["a@example.cz", "b@example.cz"]
    assert (EnrollmentStep.objects.count(), Activity.objects.count()) == (2, 2)
    assert set(ComingStep.objects.values_list("key", flat=True)) == {"b"}


def test_two_workers_at_once_do_each_step_once(ada, make_lead, monkeypatch):
    monkeypatch.setattr(turns, "MOST_AT_ONCE", 2)
    steps = [build_step("call", f"{number}", title=f"{number}") for number in range(3)]
    sequence = make_sequence("One", *steps)
    start(sequence, ada, *(make_lead(email=f"{one}@example.cz", owner=ada) for one in "abcde"))

    def run() -> None:
        # Most turns find the other worker at work.
        for _turn in range(100 * MOST_TURNS):
            if not ComingStep.objects.exists():
                return
            run_next()
        raise AssertionError("The steps never end.")

    assert in_threads(run, run) == [None, None]
    done = list(Task.objects.values_list("title", "record"))
    assert (len(done), len(set(done))) == (15, 15)
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"finished"}


def in_thread(do: Callable[[], Any]) -> threading.Thread:
    """A thread with a connection of its own, which it closes whatever happens."""

    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def held(work_within: Callable[[], Any]) -> Iterator[None]:
    """Do something in a transaction that stays open for as long as this context."""
    locked, done = threading.Event(), threading.Event()

    def run() -> None:
        with transaction.atomic():
            try:
                work_within()
            finally:
                locked.set()
            until_set(done)

    thread = in_thread(run)
    try:
        until_set(locked)
        yield
    finally:
        done.set()
        until_ended(thread)


def test_a_stop_that_commits_while_the_worker_waits_for_the_record_is_the_last_word(
    ada, template, make_lead, monkeypatch
):
    sequence = make_sequence("One", build_step("email", "a", template=template.pk))
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    rows = Lead.objects.present().changeable_by(ada)
    judge, asked = step_execution.judge_enrollments, threading.Event()

    def judge_and_tell(ids):
        found = judge(ids)
        asked.set()
        return found

    monkeypatch.setattr(step_execution, "judge_enrollments", judge_and_tell)
    with held(lambda: carry_out(StopSequence(), rows, by=ada, wanted=[lead.pk])):
        worker = in_thread(run_sequences)
        until(lambda: asked.is_set() or not worker.is_alive())
    until_ended(worker)
    send_all()
    assert (mail.outbox, Activity.objects.count()) == ([], 0)
    assert state_of(lead) == ("stopped", "by_hand")


def test_a_record_that_someone_holds_makes_the_step_wait_and_fail_nothing(ada, make_lead, monkeypatch):
    sequence = make_sequence("One", build_step("call", title="Call"))
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    monkeypatch.setattr(turns, "LOCK_WAIT", 50)
    with held(lambda: Lead.objects.select_for_update().get(pk=lead.pk)):
        run_sequences()
        assert (Task.objects.count(), state_of(lead)) == (0, ("running", ""))
    run_sequences()
    assert (Task.objects.count(), state_of(lead)) == (1, ("finished", ""))


WAITING = (
    "SELECT wait_event FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def get_waits() -> list[str]:
    """What others wait for: "advisory" for the turn of starts, "transactionid" for a row with the same address."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return [wait for (wait,) in cursor.fetchall()]


def test_two_who_start_sequences_for_one_person_at_once_start_one_and_the_other_is_told_why(
    ada, ann, template, make_lead
):
    sequences = [make_sequence(name, build_step("email", template=template.pk)) for name in ("One", "Two")]
    leads = [make_lead(email="jan@example.cz", owner=ann) for _number in range(2)]
    found: list[dict] = []
    with held(lambda: start(sequences[0], ada, leads[0])):
        second = in_thread(lambda: found.append(start(sequences[1], ann, leads[1]).refused))
        until(lambda: get_waits() or not second.is_alive())
        assert get_waits() == ["advisory"]
    until_ended(second)
    assert found == [{"in_sequence": [leads[1].pk]}]
    assert Enrollment.objects.running().get().record == leads[0].pk

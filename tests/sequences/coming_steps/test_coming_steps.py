"""What a coming step is compared with, and whose steps are due at which cost."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.records.history.history_check import find_history_differences
from crm.records.history.verb_execution import operation
from sequences.coming_steps.coming_step_check import find_wrong_coming_steps
from sequences.coming_steps.due_steps import find_first_due_steps
from sequences.models import ComingStep, Enrollment
from sequences.running.turns import is_anything_due, take_due_step
from sequences.switching import turn_off
from tests.sequences.sequencing import (
    build_step,
    make_due,
    make_sequence,
    send_away,
    start,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]
CALL, LATER = build_step("call", "a", title="Call"), build_step("task", "b", after=2, title="Ask")


@pytest.fixture
def sequence(db):
    return make_sequence("One", CALL, LATER, build_step("task", "c", after=2, title="Post"))


class Case(NamedTuple):
    """What is written beside the worker and the triggers, and the differences that are found: what, the stored value and the right one."""

    change: Any
    found: list[tuple[str, str, str]]


def set_coming(**values: Any) -> Any:
    return lambda: ComingStep.objects.update(**values)


def end_and_keep() -> None:
    kept = ComingStep.objects.get()
    with operation("test", by=None):
        Enrollment.objects.update(state="stopped", stop_reason="by_hand")
    ComingStep.objects.bulk_create([kept])


CASES = {
    "right": Case(lambda: None, []),
    "a step that was done": Case(set_coming(key="a"), [("coming step", "a", "b")]),
    "a step that is too far ahead": Case(set_coming(key="c"), [("coming step", "c", "b")]),
    "not worked out yet": Case(set_coming(key=""), []),
    "another moment": Case(set_coming(due_at=datetime(2099, 1, 5, tzinfo=UTC)), []),
    "none": Case(lambda: ComingStep.objects.all().delete(), [("coming step", "none", "b")]),
    "of one that has ended": Case(end_and_keep, [("coming step", "b", "none")]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_coming_step_is_compared_with_what_it_follows_from(case, ada, make_lead, sequence):
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    work()
    assert list(find_history_differences()) == []
    case.change()
    found = [(one.record, one.what, one.stored, one.rebuilt) for one in find_wrong_coming_steps()]
    assert found == [(f"lead {lead.pk}", *one) for one in case.found]


def test_the_author_and_the_sequence_of_a_coming_step_are_compared(ada, bob, make_lead, sequence):
    start(sequence, ada, make_lead(email="a@example.cz", owner=ada))
    ComingStep.objects.update(author=bob, sequence=make_sequence("Two", CALL))
    whats = [one.what for one in find_wrong_coming_steps()]
    assert whats == ["author of the coming step", "sequence of the coming step"]


def test_differences_are_in_the_order_of_the_starts_those_that_have_ended_first(ada, make_lead, sequence):
    leads = [make_lead(email=f"{number}@example.cz", owner=ada) for number in range(4)]
    for lead in leads:
        start(sequence, ada, lead)
    kept = list(ComingStep.objects.filter(enrollment__record__in=[lead.pk for lead in leads[2:]]))
    with operation("test", by=None):
        ended = Enrollment.objects.filter(record__in=[lead.pk for lead in leads[2:]])
        ended.update(state="stopped", stop_reason="by_hand")
    ComingStep.objects.bulk_create(reversed(kept))
    for lead in reversed(leads[:2]):
        ComingStep.objects.filter(enrollment__record=lead.pk).update(key="c")
    found = [one.record for one in find_wrong_coming_steps()]
    assert found == [f"lead {leads[place].pk}" for place in (2, 3, 0, 1)]


def test_a_coming_step_without_an_author_is_worked_out_and_done(ada, make_lead, sequence):
    """A node of the version before added it while this one was deployed."""
    start(sequence, ada, make_lead(email="a@example.cz", owner=ada))
    ComingStep.objects.update(author=None, sequence=None)
    assert is_anything_due(timezone.now())
    work()
    coming = ComingStep.objects.get()
    assert (coming.key, coming.author, coming.sequence) == ("b", ada, sequence)


def test_the_longest_due_step_of_each_author_and_sequence_is_found(ada, bob, make_lead, sequence):
    other = make_sequence("Two", CALL)
    starts = [(sequence, ada), (other, ada), (sequence, bob), (sequence, ada)]
    for number, (one, by) in enumerate(starts):
        start(one, by, make_lead(email=f"{number}@example.cz", owner=by))
    now = timezone.now()
    ids = list(Enrollment.objects.order_by("pk").values_list("pk", flat=True))
    for minutes, pk in zip((10, 20, 30, 40), ids, strict=True):
        ComingStep.objects.filter(pk=pk).update(due_at=now - timedelta(minutes=minutes))
    assert [one.enrollment for one in find_first_due_steps(now)] == [ids[3], ids[2], ids[1]]
    turn_off(other, by=ada)
    assert [one.enrollment for one in find_first_due_steps(now)] == [ids[3], ids[2]]
    assert [one.enrollment for one in find_first_due_steps(now - timedelta(minutes=35))] == [ids[3]]
    assert find_first_due_steps(now - timedelta(minutes=50)) == []


def test_what_is_due_for_someone_who_is_away_holds_no_one_else_up_and_goes_on_at_their_return(
    ada, bob, make_lead, sequence
):
    today = timezone.localdate()
    for one in (bob, ada):
        start(sequence, one, make_lead(email=f"{one.pk}@example.cz", owner=one))
    make_due(*Enrollment.objects.filter(author=ada))
    ComingStep.objects.filter(author=bob).update(due_at=timezone.now() - timedelta(hours=2))
    absence = send_away(bob, today - timedelta(days=1), today + timedelta(days=1))
    found = take_due_step(timezone.now(), 100)
    assert (found.author, len(found.enrollments)) == (ada, 1)
    work()
    assert not is_anything_due(timezone.now())
    absence.delete()
    assert is_anything_due(timezone.now())
    assert take_due_step(timezone.now(), 100).author == bob


def test_whether_anything_is_due_reads_no_more_for_many_steps_of_someone_who_is_away(
    ada, make_lead, sequence
):
    """Rows, not time: with an index for each author, all that is due is one look."""
    today = timezone.localdate()
    leads = [make_lead(f"Lead {n}", email=f"l{n}@example.cz", owner=ada) for n in range(40)]
    start(sequence, ada, *leads)
    make_due(*Enrollment.objects.all())
    send_away(ada, today - timedelta(days=1), today + timedelta(days=1))
    with CaptureQueriesContext(connection) as queries:
        assert not is_anything_due(timezone.now())
    assert len(queries) <= 9
    (asked,) = [one["sql"] for one in queries if "RECURSIVE" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked}")
        plan = str(cursor.fetchone()[0])
    assert "'Index Name': 'sequence_step_due'" in plan
    assert "'Actual Rows': 40" not in plan

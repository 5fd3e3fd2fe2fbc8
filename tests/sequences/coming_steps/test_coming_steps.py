"""Whose steps are due at which cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

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

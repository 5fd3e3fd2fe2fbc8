"""What a coming step is compared with by the check of the history."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from sequences.coming_steps.coming_step_check import find_wrong_coming_steps
from sequences.models import ComingStep, Enrollment
from tests.sequences.sequencing import build_step, make_sequence, start, work

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
    assert list(find_wrong_coming_steps()) == []
    case.change()
    found = [(one.record, one.what, one.stored, one.rebuilt) for one in find_wrong_coming_steps()]
    assert found == [(f"lead {lead.pk}", *one) for one in case.found]


def test_the_author_and_the_sequence_of_a_coming_step_are_compared(ada, bob, make_lead, sequence):
    start(sequence, ada, make_lead(email="a@example.cz", owner=ada))
    ComingStep.objects.update(author=bob, sequence=make_sequence("Two", CALL))
    whats = [one.what for one in find_wrong_coming_steps()]
    assert whats == ["author of the coming step", "sequence of the coming step"]


def test_differences_are_in_the_order_of_the_starts_those_that_have_ended_first(
    ada, make_lead, sequence, monkeypatch
):
    """Also if not all are read at once."""
    monkeypatch.setattr("crm.platform.sql.chunks.ROWS_A_STATEMENT", 2)
    leads = [make_lead(email=f"{number}@example.cz", owner=ada) for number in range(5)]
    for lead in leads:
        start(sequence, ada, lead)
    kept = list(ComingStep.objects.filter(enrollment__record__in=[lead.pk for lead in leads[3:]]))
    with operation("test", by=None):
        ended = Enrollment.objects.filter(record__in=[lead.pk for lead in leads[3:]])
        ended.update(state="stopped", stop_reason="by_hand")
    ComingStep.objects.bulk_create(reversed(kept))
    for lead in reversed(leads[:3]):
        ComingStep.objects.filter(enrollment__record=lead.pk).update(key="c")
    found = [one.record for one in find_wrong_coming_steps()]
    assert found == [f"lead {leads[place].pk}" for place in (3, 4, 0, 1, 2)]

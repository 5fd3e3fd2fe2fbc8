"""What the worker writes when sequences end: one change for each sequence and reason, about the records in their order."""

import pytest

from crm.models import Operation, Verdict
from sequences.models import Enrollment
from sequences.running.enrollment_ends import end_enrollments, finish_enrollments
from tests.sequences.sequencing import build_step, make_sequence, operations_of, start, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]
CALL = build_step("call", title="Call")
Reason = Enrollment.StopReason


@pytest.fixture
def leads(ada, make_lead):
    """The later one is started first."""
    found = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "abc"]
    sequence = make_sequence("One", CALL)
    for lead in reversed(found):
        start(sequence, ada, lead)
    return found


def ids_of(leads) -> list[int]:
    return [Enrollment.objects.get(record=lead.pk).pk for lead in leads]


def told(record: Operation) -> list[int]:
    return Verdict.objects.get(operation=record).ids


def test_the_records_of_the_change_are_in_the_order_of_their_numbers(leads):
    assert end_enrollments(dict.fromkeys(ids_of(leads), Reason.REPLIED)) == 3
    [record] = operations_of("stop_sequence")
    assert (told(record), record.changed, record.matched) == ([lead.pk for lead in leads], 3, 3)


def test_those_that_are_done_are_in_the_order_of_their_numbers(leads):
    finish_enrollments(ids_of(leads))
    [record] = operations_of("finish_sequence")
    assert (told(record), record.changed, record.matched) == ([lead.pk for lead in leads], 3, 3)


def test_each_reason_is_a_change_of_its_own(leads):
    first, second, third = ids_of(leads)
    end_enrollments({first: Reason.REPLIED, second: Reason.MEETING, third: Reason.REPLIED})
    found = {record.parameters["reason"]: told(record) for record in operations_of("stop_sequence")}
    assert found == {"replied": [leads[0].pk, leads[2].pk], "meeting": [leads[1].pk]}
    assert [state_of(lead) for lead in leads] == [
        ("stopped", "replied"),
        ("stopped", "meeting"),
        ("stopped", "replied"),
    ]


def test_each_sequence_is_a_change_of_its_own(ada, leads, make_lead):
    other = make_lead(email="other@example.cz", owner=ada)
    start(make_sequence("Two", CALL), ada, other)
    finish_enrollments(ids_of([leads[0], other]))
    assert sorted(told(record) for record in operations_of("finish_sequence")) == [[leads[0].pk], [other.pk]]
    assert [state_of(lead) for lead in (leads[0], leads[1], other)] == [
        ("finished", ""),
        ("running", ""),
        ("finished", ""),
    ]


def test_what_has_ended_already_stays_as_it_ended(leads):
    ids = ids_of(leads[:2])
    end_enrollments({ids[0]: Reason.REPLIED})
    assert end_enrollments(dict.fromkeys(ids, Reason.FAILED)) == 1
    finish_enrollments(ids)
    assert [state_of(lead) for lead in leads[:2]] == [("stopped", "replied"), ("stopped", "failed")]
    assert operations_of("finish_sequence") == []

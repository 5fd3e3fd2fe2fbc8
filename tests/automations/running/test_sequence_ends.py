"""Automations that the end of a sequence wakes: for which reason, and how far they and sequences start each other."""

import pytest

from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from leads.models import Lead
from sequences.models import Enrollment, Sequence
from sequences.running.enrollment_ends import end_enrollments, finish_enrollments
from sequences.verbs import StopSequence
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = pytest.mark.django_db

ENDED = {"trigger": "sequence_ended"}


@pytest.fixture
def sequence(db) -> Sequence:
    return make_sequence("Welcome", build_step("call", title="Call", after=1))


@pytest.fixture
def lead(make_lead, ann) -> Lead:
    return make_lead(email="jan@example.cz", owner=ann)


def finish(record) -> None:
    finish_enrollments([Enrollment.objects.running().get(record=record.pk).pk])


def end(record, reason: str) -> None:
    end_enrollments({Enrollment.objects.running().get(record=record.pk).pk: reason})


def stop(record, by) -> None:
    carry_out(StopSequence(), Lead.objects.filter(pk=record.pk), by=by)


# What ends it, and which choice of the trigger that wakes.
ENDS = {
    "all steps are done": (lambda lead, ann: finish(lead), "finished"),
    "they replied": (lambda lead, ann: end(lead, "replied"), "replied"),
    "they unsubscribed": (lambda lead, ann: end(lead, "unsubscribed"), "unsubscribed"),
    "a user stopped it": (stop, "by_hand"),
}


@pytest.mark.parametrize(("act", "reason"), ENDS.values(), ids=ENDS.keys())
def test_the_end_of_a_sequence_wakes_those_that_wait_for_its_reason(ann, sequence, lead, act, reason):
    every = make_automation("Any", ann, position=1, **ENDED)
    chosen = {**ENDED, "trigger_values": {"reason": reason, "sequence": sequence.pk}}
    this = make_automation("This", ann, position=2, **chosen)
    others = [
        make_automation(f"Other {other}", ann, position=3, **{**ENDED, "trigger_values": {"reason": other}})
        for _act, other in ENDS.values()
        if other != reason
    ]
    others.append(make_automation("Else", ann, **{**ENDED, "trigger_values": {"sequence": sequence.pk + 1}}))
    start(sequence, ann, lead)
    work()
    assert outcomes_of(every) == []
    act(lead, ann)
    work()
    assert (outcomes_of(every), outcomes_of(this)) == ([(lead.pk, Result.ACTED)], [(lead.pk, Result.ACTED)])
    assert [outcomes_of(one) for one in others] == [[]] * len(others)


def test_an_undo_that_ends_or_brings_back_a_sequence_wakes_none(ann, sequence, lead):
    automation = make_automation("Any", ann, **ENDED)
    begun = start(sequence, ann, lead)
    revert_operation(begun.operation, by=ann)
    work()
    assert outcomes_of(automation) == []


def test_an_automation_isnt_woken_by_the_end_of_a_sequence_that_it_started_itself(ann, sequence, lead):
    second = make_sequence("Second", build_step("call", title="Call", after=1))
    automation = make_automation("Again", ann, ("start_sequence", {"sequence": str(second.pk)}), **ENDED)
    other = make_automation("Other", ann, **ENDED)
    start(sequence, ann, lead)
    work()
    finish(lead)
    work()
    assert Enrollment.objects.running().get().sequence == second
    finish(lead)
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    assert len(outcomes_of(other)) == 2


def test_what_an_automation_started_for_one_record_keeps_it_from_no_end_that_others_started(
    ann, sequence, make_lead
):
    leads = [make_lead(email=f"{one}@example.cz", owner=ann) for one in "ab"]
    second = make_sequence("Second", build_step("call", title="Call", after=1))
    automation = make_automation("Again", ann, ("start_sequence", {"sequence": str(second.pk)}), **ENDED)
    for lead in leads:
        start(sequence, ann, lead)
        work()
        finish(lead)
        work()
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED) for lead in leads]


def test_sequences_and_automations_that_start_each_other_stop_after_five(ann, sequence, lead):
    """Each end of a sequence starts the next one by another automation, so each counts as woken by the one before."""
    chain = [
        make_sequence(f"Step {number}", build_step("call", title="Call", after=1)) for number in range(7)
    ]
    automations = [
        make_automation(
            f"Next {number}",
            ann,
            ("start_sequence", {"sequence": str(after.pk)}),
            **{**ENDED, "trigger_values": {"sequence": before.pk}},
        )
        for number, (before, after) in enumerate(zip([sequence, *chain], chain, strict=False))
    ]
    start(sequence, ann, lead)
    for _number in range(6):
        work()
        if Enrollment.objects.running().exists():
            finish(lead)
    work()
    depths = [record.parameters["depth"] for one in automations for record in written_by(one)]
    assert depths == [1, 2, 3, 4, 5]
    assert outcomes_of(automations[5]) == [(lead.pk, Result.DEPTH)]

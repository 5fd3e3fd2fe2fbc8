"""The steps that put records into a sequence and end it: whom they are for, why not, and their undo with the run."""

import pytest

from automations.automation_uses import find_automations_using
from automations.definition.action_types import ACTIONS
from automations.definition.sentences import describe_step
from automations.models import Automation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Edit
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Unsubscribe
from sequences.models import ComingStep, Enrollment, Sequence
from sequences.switching import retire_sequence, turn_off
from sequences.verbs import StartSequence, StopSequence
from tests.automations.automating import make_automation, outcomes_of, work, written_by
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def sequence(db) -> Sequence:
    return make_sequence("Welcome", build_step("call", title="Call", after=1))


def starting(ann, sequence, **values) -> Automation:
    step = ("start_sequence", {"sequence": str(sequence.pk)})
    return make_automation("Start", ann, step, **values)


def reasons_of(automation: Automation) -> list:
    return automation.runs.get().reasons


def test_a_record_is_put_into_the_sequence_in_the_name_of_the_owner_and_an_undo_ends_it(
    ann, sequence, make_lead
):
    automation = starting(ann, sequence)
    lead = make_lead(email="jan@example.cz", owner=ann)
    work()
    enrollment = Enrollment.objects.get()
    assert (enrollment.record, enrollment.author, enrollment.state) == (lead.pk, ann, "running")
    assert enrollment.coming.key == "call"
    (run,) = written_by(automation)
    assert enrollment.started == run.pk
    revert_operation(run, by=ann)
    enrollment.refresh_from_db()
    assert (enrollment.state, enrollment.stop_reason) == ("stopped", "undone")
    assert not ComingStep.objects.exists()


# Why a record isn't put into it, as the log says.
REFUSALS = {
    "no address": ({"email": ""}, lambda sequence, ann: None, "no_email_address"),
    "it unsubscribed": (
        {},
        lambda sequence, ann: Unsubscribe.objects.create(email_key="jan@example.cz"),
        "email_unsubscribed",
    ),
    "the sequence is turned off": ({}, lambda sequence, ann: turn_off(sequence, by=ann), "sequence_off"),
}


@pytest.mark.parametrize(("values", "happen", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_record_that_is_not_put_into_it_has_the_reason_in_the_log(
    ann, ada, sequence, make_lead, values, happen, code
):
    automation = starting(ann, sequence)
    happen(sequence, ada)
    make_lead(**{"email": "jan@example.cz", "owner": ann} | values)
    work()
    assert reasons_of(automation) == [[0, code]]
    assert not Enrollment.objects.exists()


def test_a_record_that_was_in_it_before_is_not_put_into_it_again(ann, sequence, make_lead):
    lead = make_lead(email="jan@example.cz", owner=ann)
    start(sequence, ann, lead)

    carry_out(StopSequence(), Lead.objects.filter(pk=lead.pk), by=ann)
    automation = starting(ann, sequence, trigger="field_changed", trigger_values={"field": "city"})

    carry_out(Edit({"city": "Brno"}), Lead.objects.filter(pk=lead.pk), by=ann)
    work()
    assert reasons_of(automation) == [[0, "sequence_again"]]


def test_two_steps_that_start_sequences_plan_each_their_own_first_step(ann, sequence, make_lead):
    other = make_sequence("Other", build_step("task", title="Write", after=3))
    lead = make_lead(email="jan@example.cz", owner=ann)
    start(sequence, ann, lead)

    carry_out(StopSequence(), Lead.objects.filter(pk=lead.pk), by=ann)
    new = make_lead("Eva Malá", email="eva@example.cz", owner=ann)
    rows = Lead.objects.filter(pk__in=[lead.pk, new.pk])
    with operation("test", by=ann) as record:
        for one in (sequence, other):
            carry_out(StartSequence(one, ann), rows, by=ann, joined=record)
    keys = dict(Enrollment.objects.running().values_list("record", "coming__key"))
    assert keys == {new.pk: "call", lead.pk: "task"}


# The sequence that the step names, and whether it ends that of the lead.
STOPPED = {"that one": ("own", True), "any": ("", True), "another one": ("other", False)}


@pytest.mark.parametrize(("named", "ends"), STOPPED.values(), ids=STOPPED.keys())
def test_a_step_ends_the_sequence_that_it_names_or_any_and_an_undo_brings_it_back(
    ann, sequence, make_lead, named, ends
):
    other = make_sequence("Other", build_step("call", title="Call"))
    value = {"own": str(sequence.pk), "other": str(other.pk), "": ""}[named]
    automation = make_automation("Stop", ann, ("stop_sequence", {"sequence": value}))
    lead = make_lead(email="jan@example.cz", owner=ann)
    start(sequence, ann, lead)
    work()
    enrollment = Enrollment.objects.get()
    assert (enrollment.state == "stopped") is ends
    assert outcomes_of(automation) == [(lead.pk, "acted" if ends else "unchanged")]
    if ends:
        assert enrollment.stop_reason == "by_hand"
        revert_operation(written_by(automation)[0], by=ann)
        enrollment.refresh_from_db()
        assert enrollment.state == "running"


def test_a_sequence_that_was_deleted_turns_the_automation_off(ann, ada, sequence, make_lead):
    automation = starting(ann, sequence)
    retire_sequence(sequence, by=ada)
    make_lead(email="jan@example.cz", owner=ann)
    work()
    automation.refresh_from_db()
    assert (automation.turned_on, automation.off_reason) == (False, Automation.OffReason.CONDITIONS)


def test_the_choices_are_sequences_of_the_record_type_and_companies_have_none(ann, sequence):
    make_sequence("For contacts", build_step("call", title="Call"), table_of="contact")
    action = ACTIONS["start_sequence"]
    for table, names in {"lead": ["Choose…", "Welcome"], "contact": ["Choose…", "For contacts"]}.items():
        form = action.build_form(KINDS[table], None, ann)
        assert [str(label) for _value, label in form.fields["sequence"].choices] == names
    assert not action.is_offered_for(KINDS["company"])


def test_the_sentence_names_the_sequence_and_its_page_names_the_automation(ann, ada, sequence):
    automation = starting(ann, sequence)
    (step,) = automation.parsed_steps
    assert describe_step(KINDS["lead"], step, ann) == "Start a sequence: Welcome"
    (uses,) = find_automations_using(sequence, ada)
    assert "1 automation names it" in str(uses)

"""Each verb about sequences is done, undone and compared: all tables are as before."""

import pytest

from crm.records.editing.settings_change import record_settings_change
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from sequences import switching, verbs
from sequences.models import ComingStep, EditedEmail, Enrollment, Sequence
from sequences.running.stop_sweep import end_stopped_enrollments
from sequences.settings_verbs import EVENTS
from sequences.verbs import EditComingEmail, StartSequence, StopSequence, edit_coming_email
from tests.crm.records.history.undo.test_every_verb import all_tables
from tests.crm.work.emails.emailing import work as send_all
from tests.sequences.sequencing import (
    build_step,
    make_due,
    make_sequence,
    operations_of,
    receive,
    start,
    state_of,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]
# What follows from the others: when the next step is due is worked out again.
FOLLOWS = "sequences_comingstep"


def compared() -> dict[str, list]:
    """All tables; an undone start leaves its row, which counts for nothing."""
    found = all_tables()
    undone = Enrollment.objects.filter(stop_reason="undone").values_list("pk", flat=True)
    found["sequences_enrollment"] = [
        row
        for row in found["sequences_enrollment"]
        if int(row.strip("(").partition(",")[0]) not in set(undone)
    ]
    planned = ComingStep.objects.order_by("pk").values_list("enrollment", "enrollment__sequence")
    return {**found, FOLLOWS: list(planned)}


@pytest.fixture
def scene(ada, template, make_lead):
    """One lead in a sequence with an edited email, another one in none."""
    steps = [build_step("email", "a", template=template.pk), build_step("call", "b", after=2, title="Call")]
    sequence = make_sequence("One", *steps)
    inside, outside = make_lead(email="a@example.cz", owner=ada), make_lead(email="b@example.cz", owner=ada)
    start(sequence, ada, inside)
    edit_coming_email(Enrollment.objects.get(), "a", "Edited", "Text", by=ada)
    return sequence, inside, outside


def change_leads(make_verb):
    def done(scene, ada):
        sequence, inside, outside = scene
        rows = Lead.objects.present().changeable_by(ada)
        verb = make_verb(sequence, Enrollment.objects.get(), ada)
        wanted = [outside.pk] if isinstance(verb, StartSequence) else [inside.pk]
        return carry_out(verb, rows, by=ada, wanted=wanted).operation

    return done


def change_settings(kind, **values):
    def done(scene, ada):
        with record_settings_change(kind, by=ada, rows=[scene[0].pk]) as record:
            Sequence.objects.filter(pk=scene[0].pk).update(**values)
        return record

    return done


def add_sequence(scene, ada):
    with record_settings_change("add_sequence", by=ada) as record:
        Sequence.objects.create(name="New", table_of="lead")
    return record


def run_step(scene, ada):
    work()
    return operations_of("run_sequence")[0]


DONE = {
    "start": change_leads(lambda sequence, _one, ada: StartSequence(sequence, ada)),
    "stop": change_leads(lambda sequence, _one, _ada: StopSequence(sequence)),
    "stop whichever it is": change_leads(lambda _sequence, _one, _ada: StopSequence()),
    "edit an email": change_leads(lambda _sequence, one, _ada: EditComingEmail(one, "a", "Other", "Words")),
    "back to the template": change_leads(lambda _sequence, one, _ada: EditComingEmail(one, "a")),
    "add": add_sequence,
    "edit": change_settings("edit_sequence", name="Other", stop_statuses=[1]),
    "edit the steps": change_settings(
        "edit_sequence", steps=[build_step("call", "c", title="Other").as_json]
    ),
    "turn off": lambda scene, ada: switching.turn_off(scene[0], by=ada),
    "retire": lambda scene, ada: switching.retire_sequence(scene[0], by=ada),
}
# An operation of the worker leaves its log, and what it wrote goes as that of people.
ELSEWHERE = {
    "RunSequence": "test_emails.py: an email that is undone before it goes",
    "FinishSequence": "test_the_end_of_a_sequence_cannot_be_undone",
}


def test_each_verb_is_among_them():
    every = {name for name, kind in vars(verbs).items() if isinstance(kind, type)}
    assert every == {"StartSequence", "StopSequence", "EditComingEmail", *ELSEWHERE}
    events = {name for _group, found in EVENTS for name, _words in found}
    kinds = {getattr(verbs, name).kind for name in every}
    assert events == kinds | {"add_sequence", "edit_sequence", "retire_sequence", "opt_out"}


@pytest.mark.parametrize("do", DONE.values(), ids=DONE.keys())
def test_done_undone_and_done_again_all_tables_are_as_before(scene, ada, do):
    before = compared()
    record = do(scene, ada)
    after = compared()
    assert after != before
    undo = revert_operation(record, by=ada).operation
    left = compared()
    if record.kind == "add_sequence":
        # As with other settings, it is retired, because operations name it.
        assert Sequence.objects.get(name="New").retired
        return
    assert left == before
    revert_operation(undo, by=ada)
    assert compared() == after


def test_what_an_undo_of_a_stop_brings_back_goes_on_where_it_was(scene, ada):
    sequence, inside, _outside = scene
    work()
    assert Enrollment.objects.get().coming.key == "b"
    outcome = carry_out(StopSequence(sequence), Lead.objects.changeable_by(ada), by=ada, wanted=[inside.pk])
    assert not ComingStep.objects.exists()
    revert_operation(outcome.operation, by=ada)
    work()
    assert Enrollment.objects.get().coming.key == "b"


def test_an_undo_of_a_start_ends_it_also_after_its_first_step(scene, ada):
    work()
    revert_operation(operations_of("start_sequence")[0], by=ada)
    assert state_of(scene[1]) == ("stopped", "undone")
    assert (ComingStep.objects.count(), work()) == (0, 0)


def test_a_stop_of_someone_who_is_in_another_sequence_by_now_cannot_be_undone(scene, ada, template):
    _sequence, inside, _outside = scene
    record = carry_out(StopSequence(), Lead.objects.changeable_by(ada), by=ada, wanted=[inside.pk]).operation
    start(make_sequence("Two", build_step("email", template=template.pk)), ada, inside)
    undone = revert_operation(record, by=ada)
    assert list(undone.kept["enrollment"]) == ["in_sequence"]
    assert Enrollment.objects.running().get().sequence.name == "Two"


def test_a_stop_by_a_sequence_that_is_deleted_by_now_cannot_be_undone(scene, ada):
    record = carry_out(
        StopSequence(), Lead.objects.changeable_by(ada), by=ada, wanted=[scene[1].pk]
    ).operation
    switching.retire_sequence(scene[0], by=ada)
    assert list(revert_operation(record, by=ada).kept["enrollment"]) == ["sequence_retired"]
    assert not Enrollment.objects.running().exists()


def test_what_ended_by_a_reply_can_be_brought_back_and_ends_again(scene, ada):
    receive(scene[1])
    end_stopped_enrollments()
    (record,) = operations_of("stop_sequence")
    revert_operation(record, by=ada)
    assert state_of(scene[1]) == ("running", "")
    assert end_stopped_enrollments() == 1


def test_a_rep_undoes_their_own_start_and_not_that_of_others(ada, bob, dan, template, make_lead):
    sequence = make_sequence("One", build_step("email", template=template.pk))
    own, foreign = make_lead(email="a@example.cz", owner=bob), make_lead(email="b@example.cz", owner=ada)
    mine, other = start(sequence, bob, own).operation, start(sequence, ada, foreign).operation
    with pytest.raises(UndoRefused):
        revert_operation(other, by=dan)
    revert_operation(mine, by=bob)
    assert (state_of(own), state_of(foreign)) == (("stopped", "undone"), ("running", ""))


def test_the_end_of_a_sequence_cannot_be_undone(scene, ada):
    work()
    send_all()
    make_due(Enrollment.objects.get())
    work()
    with pytest.raises(UndoRefused, match="All of its steps were done"):
        revert_operation(operations_of("finish_sequence")[0], by=ada)


def test_an_email_of_a_step_that_is_done_or_of_a_sequence_that_ended_cannot_be_edited(scene, ada, make_lead):
    enrollment = Enrollment.objects.get()
    work()
    assert edit_coming_email(enrollment, "a", "New", "Text", by=ada).refused == {
        "sequence_step_done": [scene[1].pk]
    }
    with operation("test", by=None):
        Enrollment.objects.update(state="stopped", stop_reason="by_hand")
    # One that runs for someone else changes nothing about that.
    start(enrollment.sequence, ada, make_lead(email="else@example.cz", owner=ada))
    assert edit_coming_email(enrollment, "c", "New", "Text", by=ada).refused == {
        "sequence_ended": [scene[1].pk]
    }
    assert EditedEmail.objects.count() == 1


def test_an_edit_that_changes_nothing_is_none_and_a_stranger_edits_nothing(scene, ada, dan):
    enrollment = Enrollment.objects.get()
    assert edit_coming_email(enrollment, "a", "Edited", "Text", by=ada).unchanged == [scene[1].pk]
    assert edit_coming_email(enrollment, "a", "Mine", "Text", by=dan).changed == []
    assert EditedEmail.objects.get().subject == "Edited"

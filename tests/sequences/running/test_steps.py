"""What steps write, for whom they are skipped or end the sequence, and what happens when a sequence changes meanwhile."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from crm.models import Activity, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from leads.models import Lead
from sequences.models import ComingStep, Enrollment, EnrollmentStep, Sequence
from sequences.running import step_execution
from sequences.running.stop_sweep import end_stopped_enrollments
from sequences.running.turns import is_anything_due
from sequences.switching import retire_sequence
from sequences.verbs import RunSequence, edit_coming_email
from tests.crm.work.emails.emailing import work as send_all
from tests.sequences.sequencing import (
    build_step,
    make_due,
    make_sequence,
    operations_of,
    start,
    state_of,
    work,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always")]


def change_steps(sequence: Sequence, *steps) -> None:
    with operation("test", by=None):
        Sequence.objects.filter(pk=sequence.pk).update(steps=[step.as_json for step in steps])


CALL, TASK = (
    build_step("call", title="Call them", note="Ask for the **budget**"),
    build_step("task", title="Post"),
)


def test_a_call_and_a_task_are_added_for_the_author_and_are_ordinary_tasks(ada, bob, make_lead):
    sequence = make_sequence("One", CALL, TASK, sender="owner")
    lead = make_lead(email="a@example.cz", owner=bob)
    start(sequence, ada, lead)
    work()
    found = Task.objects.order_by("pk").values_list(
        "title", "description", "type", "user", "record", "created_by"
    )
    assert list(found) == [
        ("Call them", "Ask for the **budget**", "call", bob.pk, lead.pk, bob.pk),
        ("Post", "", "to_do", bob.pk, lead.pk, bob.pk),
    ]
    log = EnrollmentStep.objects.in_order().values_list("key", "outcome", "task")
    assert list(log) == [
        (name, "task", pk)
        for name, pk in zip(
            ("call", "task"), Task.objects.order_by("pk").values_list("pk", flat=True), strict=True
        )
    ]
    assert state_of(lead) == ("finished", "")


def test_the_operation_is_that_of_the_author_by_a_rule_and_names_the_sequence(sign_in, ada, dan, make_lead):
    sequence = make_sequence("Follow up", CALL)
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    work()
    (record,) = operations_of("run_sequence")
    assert (record.by, record.channel, record.changed) == (ada, Operation.Channel.AUTOMATION, 1)
    assert record.parameters == {"sequence": sequence.pk, "step": "call"}
    page = sign_in(ada).get(f"/admin/operations/{record.pk}").text
    assert "Sequence “Follow up”" in page
    assert RunSequence.get_cause_url(record.parameters, lead.pk, ada) == f"/admin/sequences/{sequence.pk}"
    assert RunSequence.get_cause_url(record.parameters, lead.pk, dan) == ""


def test_a_call_that_is_undone_goes(ada, make_lead):
    start(make_sequence("One", CALL), ada, make_lead(email="a@example.cz", owner=ada))
    work()
    revert_operation(operations_of("run_sequence")[0], by=ada)
    assert not Task.objects.present().exists()


def test_an_edited_email_goes_as_it_was_edited_for_this_record_alone(ada, template, make_lead):
    sequence = make_sequence("One", build_step("email", "a", template=template.pk))
    leads = [make_lead("Jan Novák", email=f"{one}@example.cz", owner=ada) for one in "ab"]
    start(sequence, ada, *leads)
    edit_coming_email(Enrollment.objects.get(record=leads[0].pk), "a", "My own {first_name}", "Words", by=ada)
    work()
    send_all()
    found = {letter.to[0]: letter.subject for letter in mail.outbox}
    assert found == {"a@example.cz": "My own {first_name}", "b@example.cz": "Hello Jan"}


def test_an_edited_email_goes_although_its_template_is_gone(ada, template, make_lead):
    sequence = make_sequence("One", build_step("email", "a", template=template.pk))
    leads = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "ab"]
    start(sequence, ada, *leads)
    edit_coming_email(Enrollment.objects.get(record=leads[0].pk), "a", "Mine", "Words", by=ada)
    with operation("test", by=None):
        type(template).objects.update(retired=True)
    work()
    assert list(Activity.objects.values_list("record", "subject")) == [(leads[0].pk, "Mine")]
    assert Enrollment.objects.running().get().record == leads[1].pk


def test_an_email_in_a_thread_of_its_own_has_its_own_subject(ada, template, second, make_lead):
    steps = [
        build_step("email", "a", template=template.pk),
        build_step("email", "b", template=second.pk, in_thread=False),
    ]
    start(make_sequence("One", *steps), ada, make_lead(email="a@example.cz", owner=ada))
    work()
    send_all()
    make_due(Enrollment.objects.get())
    work()
    send_all()
    assert mail.outbox[1].subject == "Again"
    assert "In-Reply-To" not in mail.outbox[1].extra_headers


def test_a_corrected_address_gets_the_next_email_and_is_the_one_that_counts(ada, make_lead, template):
    sequence = make_sequence("One", build_step("email", "a", template=template.pk))
    lead = make_lead(email="jna@example.cz", owner=ada)
    start(sequence, ada, lead)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(email="jan@example.cz")
    work()
    assert (Activity.objects.get().address, Enrollment.objects.get().email_key) == ("jan@example.cz",) * 2


def test_an_author_who_may_no_longer_change_the_record_does_nothing_more(ada, bob, make_lead):
    sequence = make_sequence("One", CALL)
    lead = make_lead(email="a@example.cz", owner=bob)
    start(sequence, bob, lead)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(owner=ada)
    work()
    assert (Task.objects.count(), state_of(lead)) == (0, ("stopped", "author_may_not"))
    assert EnrollmentStep.objects.get().outcome == "skipped"
    assert operations_of("run_sequence") == []


def test_an_author_who_may_no_longer_change_the_record_sends_it_no_email(ada, bob, template, make_lead):
    sequence = make_sequence("One", build_step("email", "a", template=template.pk))
    lead = make_lead(email="a@example.cz", owner=bob)
    start(sequence, bob, lead)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(owner=ada)
    work()
    assert (Activity.objects.count(), state_of(lead)) == (0, ("stopped", "author_may_not"))


def test_a_record_in_trash_gets_nothing_and_its_restoration_starts_nothing(ada, make_lead):
    sequence = make_sequence("One", CALL)
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    deleted = carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada).operation
    work()
    assert (Task.objects.count(), state_of(lead)) == (0, ("stopped", "deleted"))
    revert_operation(deleted, by=ada)
    assert (work(), Task.objects.count()) == (0, 0)


def test_a_deleted_sequence_ends_within_a_minute(ada, make_lead):
    sequence = make_sequence("One", build_step("call", after=3, title="Call"))
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    retire_sequence(sequence, by=ada)
    assert end_stopped_enrollments() == 1
    assert state_of(lead) == ("stopped", "retired")


def test_a_step_that_is_removed_is_left_out_and_one_that_is_added_is_done(ada, make_lead):
    sequence = make_sequence("One", CALL, TASK)
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    change_steps(sequence, TASK, build_step("task", "new", title="New"))
    assert is_anything_due(ComingStep.objects.get().due_at)
    work()
    assert list(Task.objects.order_by("pk").values_list("title", flat=True)) == ["Post", "New"]
    assert state_of(lead) == ("finished", "")


def test_without_a_further_step_an_edited_sequence_finishes(ada, make_lead):
    sequence = make_sequence("One", CALL, build_step("task", after=5, title="Later"))
    lead = make_lead(email="a@example.cz", owner=ada)
    start(sequence, ada, lead)
    work()
    assert state_of(lead) == ("running", "")
    change_steps(sequence, CALL)
    work()
    assert (state_of(lead), Task.objects.count()) == (("finished", ""), 1)


def test_a_step_that_fails_for_one_record_ends_it_for_that_one_alone(ada, make_lead, monkeypatch, caplog):
    sequence = make_sequence("One", CALL)
    leads = [make_lead(email=f"{one}@example.cz", owner=ada) for one in "abc"]
    start(sequence, ada, *leads)
    carry_on = step_execution._write_log

    def fail(due, *told):
        if leads[1].pk in {one.record for one in due.enrollments}:
            raise ValueError
        carry_on(due, *told)

    monkeypatch.setattr(step_execution, "_write_log", fail)
    work()
    assert [state_of(lead) for lead in leads] == [("finished", ""), ("stopped", "failed"), ("finished", "")]
    assert sorted(Task.objects.values_list("record", flat=True)) == [leads[0].pk, leads[2].pk]
    assert "ValueError" in caplog.text


def test_steps_of_several_authors_are_operations_of_each(ada, bob, make_lead):
    sequence = make_sequence("One", CALL, sender="owner")
    start(sequence, ada, *(make_lead(email=f"{one.pk}@example.cz", owner=one) for one in (ada, bob)))
    work()
    assert {one.by.name for one in operations_of("run_sequence")} == {"Ada", "Bob"}


def test_contacts_go_through_a_sequence(ada, template, make_contact):
    sequence = make_sequence("One", build_step("email", "a", template=template.pk), table_of="contact")
    contact = make_contact("Ana Albu", email="ana@example.cz", owner=ada)
    start(sequence, ada, contact)
    work()
    send_all()
    assert (mail.outbox[0].subject, state_of(contact)) == ("Hello Ana", ("finished", ""))


def test_many_emails_are_written_in_as_many_statements_as_one_but_for_their_places_in_the_queue(
    ada, template, lead_of
):
    sequence = make_sequence("One", build_step("email", "a", template=template.pk))
    counts = []
    for number in (2, 6):
        with operation("test", by=None):
            rows = Lead.objects.bulk_create(
                lead_of(email=f"a{number}{one}@example.cz", owner=ada) for one in range(number)
            )
        start(sequence, ada, *rows)
        with CaptureQueriesContext(connection) as found:
            work()
        counts.append(len([one for one in found if "procrastinate" not in one["sql"]]))
    assert counts[0] == counts[1]


def test_without_a_sequence_the_worker_asks_as_little_as_possible(db, django_assert_num_queries):
    from django.utils import timezone

    with django_assert_num_queries(2):
        assert not is_anything_due(timezone.now())
    with django_assert_num_queries(1):
        end_stopped_enrollments()


def test_a_user_who_left_does_nothing_more(ada, bob, make_lead):
    lead = make_lead(email="a@example.cz", owner=bob)
    start(make_sequence("One", CALL), bob, lead)
    with operation("test", by=None):
        User.objects.filter(pk=bob.pk).update(is_active=False)
    assert work() == 0
    end_stopped_enrollments()
    assert (state_of(lead), Task.objects.count()) == (("stopped", "author_gone"), 0)

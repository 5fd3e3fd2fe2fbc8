"""Emails of a sequence, from the start to the reply."""

import pytest
from django.core import mail
from django.core.management import call_command

from crm.models import Activity, EmailEnvelope, OutgoingEmail
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from sequences.models import ComingStep, Enrollment
from sequences.running.stop_sweep import end_stopped_enrollments
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


@pytest.fixture
def two_emails(template, second):
    return make_sequence(
        "Two",
        build_step("email", "a", template=template.pk),
        build_step("email", "b", after=3, template=second.pk),
    )


def test_a_sequence_sends_its_first_email_goes_on_in_its_thread_and_ends_with_a_reply(
    ada, two_emails, make_lead
):
    lead = make_lead("Jan Novák", email="jan@example.cz", owner=ada)
    start(two_emails, ada, lead)
    work()
    send_all()
    (first,) = mail.outbox
    assert (first.subject, first.to) == ("Hello Jan", ["jan@example.cz"])
    assert first.body.startswith("Dear Jan. – Ada\n\n")
    enrollment = Enrollment.objects.get()
    assert (enrollment.coming.key, state_of(lead)) == ("b", ("running", ""))
    make_due(enrollment)
    work()
    send_all()
    again = mail.outbox[1]
    assert again.subject == "Re: Hello Jan"
    assert again.extra_headers["In-Reply-To"] == first.extra_headers["Message-ID"]
    assert again.extra_headers["References"] == first.extra_headers["Message-ID"]
    assert state_of(lead) == ("finished", "")
    assert EmailEnvelope.objects.count() == 2
    # Everything that is kept beside the history follows from it.
    call_command("check_history")


def test_a_reply_ends_it_within_a_minute_and_nothing_more_is_sent(ada, two_emails, make_lead):
    lead = make_lead(email="jan@example.cz", owner=ada)
    start(two_emails, ada, lead)
    work()
    send_all()
    receive(lead)
    assert end_stopped_enrollments() == 1
    assert state_of(lead) == ("stopped", "replied")
    assert not ComingStep.objects.exists()
    assert (work(), len(mail.outbox)) == (0, 1)
    (ended,) = operations_of("stop_sequence")
    assert (ended.parameters, ended.changed) == ({"sequence": two_emails.pk, "reason": "replied"}, 1)


def test_a_reply_that_comes_before_the_worker_takes_its_turn_is_noticed_by_it(ada, two_emails, make_lead):
    lead = make_lead(email="jan@example.cz", owner=ada)
    start(two_emails, ada, lead)
    work()
    send_all()
    receive(lead)
    make_due(Enrollment.objects.get())
    work()
    send_all()
    assert (state_of(lead), len(mail.outbox)) == (("stopped", "replied"), 1)


def test_an_email_that_is_undone_before_it_goes_is_not_sent_and_the_next_step_follows(
    ada, two_emails, make_lead
):
    lead = make_lead(email="jan@example.cz", owner=ada)
    start(two_emails, ada, lead)
    work()
    revert_operation(operations_of("run_sequence")[0], by=ada)
    send_all()
    assert (mail.outbox, OutgoingEmail.objects.count()) == ([], 0)
    assert Activity.objects.get().deleted_at is not None
    enrollment = Enrollment.objects.get()
    assert (enrollment.state, enrollment.coming.key) == ("running", "b")
    make_due(enrollment)
    work()
    send_all()
    # Without an email before it, it begins a thread.
    assert [letter.subject for letter in mail.outbox] == ["Again"]


def test_an_email_after_one_that_never_went_begins_a_thread(ada, two_emails, make_lead):
    start(two_emails, ada, make_lead(email="jan@example.cz", owner=ada))
    work()
    with operation("test", by=None):
        Activity.objects.update(outcome="failed", problem="undone")
    make_due(Enrollment.objects.get())
    work()
    send_all()
    assert [letter.subject for letter in mail.outbox] == ["Again"]

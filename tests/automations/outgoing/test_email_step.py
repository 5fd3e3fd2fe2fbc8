"""The step that sends an email: to whom, from whom, exactly once, never after an opt-out, and until when it can be withdrawn."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from automations.models import Automation
from automations.outgoing import template_email
from automations.running import waking_queue
from automations.running.waking_queue import run_next
from crm.models import Activity, EmailEnvelope, Operation, OutgoingEmail, Template
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import operation
from crm.work.emails.email_sending import send_email
from leads.models import Lead, Unsubscribe
from mailings.models import ForgottenAddress, Suppression
from mailings.suppression.address_digests import build_digest
from tests.automations.automating import make_automation, outcomes_of, work, written_by
from tests.crm.work.emails.emailing import work as send_all
from tests.killed import Killed, killed_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def welcome(ada, template):
    return make_automation("Welcome", ada, ("send_email", {"template": str(template.pk), "sender": "own"}))


def test_an_email_is_written_from_the_template_and_sent_once(ada, welcome, make_lead):
    lead = make_lead("Jan Novák", email="jan@example.cz", company="ACME", owner=ada)
    work()
    assert mail.outbox == []
    email = Activity.objects.get()
    assert (email.of, email.record, email.outcome, email.created_by) == ("lead", lead.pk, "sending", ada)
    send_all()
    send_all()
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("Welcome, Jan", ["jan@example.cz"])
    assert letter.body == "Dear Jan,\n\nwelcome to ACME. – Ada"
    email.refresh_from_db()
    assert (email.outcome, EmailEnvelope.objects.get().route) == ("sent", "own")


def test_the_timeline_shows_the_email(sign_in, ada, welcome, make_lead):
    lead = make_lead("Jan Novák", email="jan@example.cz", owner=ada)
    work()
    assert "Welcome, Jan" in sign_in(ada).get(f"/admin/leads/{lead.pk}").text


# Why an address gets nothing, the code in the log, and the problem of an email that waits.
OPT_OUTS = {
    "unsubscribed": (
        lambda key: Unsubscribe.objects.create(email_key=key),
        "email_unsubscribed",
        "unsubscribed",
    ),
    "suppressed": (
        lambda key: Suppression.objects.create(address=key, email_key=key),
        "email_suppressed",
        "suppressed",
    ),
    "erased after an opt-out": (
        lambda key: ForgottenAddress.objects.create(digest=build_digest(key), reason="unsubscribed"),
        "email_unsubscribed",
        "unsubscribed",
    ),
    "erased after a bounce": (
        lambda key: ForgottenAddress.objects.create(digest=build_digest(key), reason="bounced"),
        "email_suppressed",
        "suppressed",
    ),
}


def opt_out(write, key: str) -> None:
    with operation("test", by=None):
        write(key)


@pytest.mark.parametrize(("write", "code", "_problem"), OPT_OUTS.values(), ids=OPT_OUTS.keys())
def test_who_opted_out_is_refused_with_the_reason(welcome, make_lead, write, code, _problem):
    opt_out(write, "jan@example.cz")
    lead = make_lead(email="Jan@Example.cz")
    work()
    run = welcome.runs.get()
    assert (run.record, run.outcome, run.reasons) == (lead.pk, "refused", [[0, code]])
    assert not Activity.objects.exists()


@pytest.mark.parametrize(("write", "_code", "problem"), OPT_OUTS.values(), ids=OPT_OUTS.keys())
def test_who_opts_out_before_it_is_sent_gets_nothing(welcome, make_lead, write, _code, problem):
    make_lead(email="jan@example.cz")
    work()
    opt_out(write, "jan@example.cz")
    send_all()
    email = Activity.objects.get()
    assert (mail.outbox, email.outcome, email.problem) == ([], "failed", problem)


def test_an_email_that_a_person_writes_is_theirs_to_send(sign_in, ada, make_lead):
    lead = make_lead(email="jan@example.cz", owner=ada)
    opt_out(lambda key: Unsubscribe.objects.create(email_key=key), "jan@example.cz")
    values = {"to": "email", "subject": "Your question", "text": "Here is the answer.", "draft": "1" * 64}
    sign_in(ada).post(f"/admin/leads/{lead.pk}/email", values)
    send_all()
    assert len(mail.outbox) == 1


def test_a_record_that_is_in_the_trash_by_then_gets_nothing(welcome, make_lead, ada):
    from crm.records.history.verb_execution import carry_out
    from crm.records.history.verbs import Delete

    lead = make_lead(email="jan@example.cz")
    work()
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    send_all()
    assert (mail.outbox, Activity.objects.get().problem) == ([], "deleted")


def test_a_record_without_an_address_and_a_second_one_with_the_same_are_refused(welcome, lead_of):
    with operation("test", by=None):
        rows = Lead.objects.bulk_create(
            [lead_of(email="jan@example.cz"), lead_of(email="JAN@example.cz"), lead_of(email="")]
        )
    work()
    reasons = dict(welcome.runs.values_list("record", "reasons"))
    assert reasons == {
        rows[0].pk: [],
        rows[1].pk: [[0, "email_repeated"]],
        rows[2].pk: [[0, "no_email_address"]],
    }


def test_many_emails_are_written_in_as_many_statements_as_one_but_for_their_places_in_the_queue(
    welcome, lead_of
):
    counts = []
    for number in (2, 6):
        with operation("test", by=None):
            Lead.objects.bulk_create([lead_of(email=f"a{number}{one}@example.cz") for one in range(number)])
        with CaptureQueriesContext(connection) as found:
            work()
        counts.append(len([one for one in found if "procrastinate" not in one["sql"]]))
    assert counts[0] == counts[1]


def test_undone_before_it_is_sent_it_is_withdrawn_and_not_sent_again_by_a_redo(ada, welcome, make_lead):
    make_lead(email="jan@example.cz")
    work()
    (run,) = written_by(welcome)
    undo = revert_operation(run, by=ada).operation
    send_all()
    assert (mail.outbox, OutgoingEmail.objects.count()) == ([], 0)
    assert Activity.objects.get().deleted_at is not None
    revert_operation(undo, by=ada)
    send_all()
    email = Activity.objects.get()
    assert (mail.outbox, email.deleted_at, email.outcome, email.problem) == ([], None, "failed", "undone")


def test_an_undo_that_meets_the_worker_is_refused(ada, welcome, make_lead):
    make_lead(email="jan@example.cz")
    work()
    OutgoingEmail.objects.all().delete()
    with pytest.raises(UndoRefused, match="is being sent right now"):
        revert_operation(written_by(welcome)[0], by=ada)


def test_once_it_is_sent_an_undo_says_that_the_email_stays_and_undoes_the_other_steps(
    sign_in, ada, template, make_lead
):
    automation = make_automation(
        "Both",
        ada,
        ("set", {"field": "city", "value": "Cluj"}),
        ("send_email", {"template": str(template.pk), "sender": "own"}),
    )
    lead = make_lead(email="jan@example.cz")
    work()
    send_all()
    (run,) = written_by(automation)
    page = sign_in(ada).get(f"/admin/operations/{run.pk}/undo").text
    assert "1 email has been sent and can’t be unsent." in page
    assert preview_undo(run, ada).back["lead"] == [lead.pk]
    revert_operation(run, by=ada)
    lead.refresh_from_db()
    assert (lead.city, Activity.objects.get().deleted_at, len(mail.outbox)) == ("", None, 1)


def test_a_run_of_sent_emails_alone_can_no_longer_be_undone(ada, welcome, make_lead):
    make_lead(email="jan@example.cz")
    work()
    send_all()
    with pytest.raises(UndoRefused):
        revert_operation(written_by(welcome)[0], by=ada)
    assert Activity.objects.get().deleted_at is None


def test_a_template_that_is_gone_or_no_longer_shared_turns_the_automation_off(
    ada, ann, welcome, template, make_lead
):
    with operation("test", by=None):
        Template.objects.filter(pk=template.pk).update(owner=ann)
    make_lead(email="jan@example.cz")
    work()
    welcome.refresh_from_db()
    assert (welcome.turned_on, welcome.off_reason) == (False, Automation.OffReason.CONDITIONS)
    assert (outcomes_of(welcome), Activity.objects.count()) == ([], 0)


def test_an_owner_who_may_not_change_the_record_sends_nothing(dan, ann, template, make_lead):
    automation = make_automation("One", dan, ("send_email", {"template": str(template.pk), "sender": "own"}))
    make_lead(email="jan@example.cz", owner=ann)
    work()
    assert not Activity.objects.exists()
    assert [outcome for _pk, outcome in outcomes_of(automation)] == ["unseen"]


POINTS = {
    "before the emails are written": (template_email, "write_letters", "before"),
    "after the emails are written": (template_email, "write_letters", "after"),
    "after they are in the queue": (template_email, "queue_emails", "after"),
    "after the run": (waking_queue, "run_automation", "after"),
}


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
@pytest.mark.parametrize(("module", "name", "when"), POINTS.values(), ids=POINTS.keys())
def test_a_worker_that_ends_at_any_point_sends_each_email_once(welcome, make_lead, module, name, when):
    make_lead(email="jan@example.cz")
    with killed_at(module, name, when):
        run_next()
    send_all()
    assert (mail.outbox, Activity.objects.count(), OutgoingEmail.objects.count()) == ([], 0, 0)
    work()
    send_all()
    assert (len(mail.outbox), Activity.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_worker_that_ends_while_it_sends_doesnt_send_again(welcome, make_lead, monkeypatch):
    make_lead(email="jan@example.cz")
    work()

    def end(letter):
        letter.send()
        raise Killed

    email = Activity.objects.get()
    with monkeypatch.context() as patched:
        patched.setattr("crm.work.emails.email_sending.send_and_get_problem", end)
        with pytest.raises(Killed):
            send_email(email.pk)
    send_email(email.pk)
    email.refresh_from_db()
    assert (len(mail.outbox), email.outcome, email.problem) == (1, "failed", "unknown")


def test_the_pause_before_an_email_is_sent_leaves_time_to_undo(welcome, make_lead):
    from procrastinate.contrib.django.models import ProcrastinateJob

    make_lead(email="jan@example.cz")
    work()
    job = ProcrastinateJob.objects.get(task_name="send_email")
    written = Operation.objects.get(kind="run_automation")
    assert (job.scheduled_at - written.at).total_seconds() > 60

"""The demo has something to show on the pages of administrators, and nothing of it is sent."""

import pytest
from django.core import mail
from django.db.models import Count

from accounts.models import Absence, Holiday, User
from crm.models import Activity
from intake.models import IncomingCall, IncomingWebhook, Submission, WebForm
from leads.models import AssignmentRule, Lead
from mailboxes.models import Mailbox, Message
from mailings.models import Click, Delivery, MailingAccount
from privacy.models import RetentionRule
from sequences.models import Enrollment, EnrollmentStep
from tests.leads.demo.test_story import MOMENTS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def company(load_demo):
    with load_demo(2_000, MOMENTS["a Friday"]):
        yield


def test_there_are_holidays_of_this_year_and_the_next_and_absences(company):
    assert set(Holiday.objects.values_list("day__year", flat=True)) == {2026, 2027}
    assert Holiday.objects.values("department").distinct().count() == 3
    # One is coming, the others are past.
    assert Absence.objects.exclude(substitute=None).count() == 1
    assert Absence.objects.count() == 5


def test_there_are_three_assignment_rules_that_can_be_used(company):
    assert AssignmentRule.objects.in_use().count() == 3


def test_the_web_form_has_submissions_of_several_weeks_each_with_its_lead(company):
    form = WebForm.objects.get()
    came = Submission.objects.of_form(form).in_state("lead")
    assert 15 <= came.count() <= 20
    days = [submission.at.date() for submission in came]
    assert (max(days) - min(days)).days > 14
    for submission in came.select_related("lead"):
        assert submission.values["email"] == [submission.lead.email]
        assert submission.at == submission.lead.created_at
    assert Submission.objects.in_state("spam").count() == 1


def test_the_incoming_webhook_has_calls_whose_leads_are_there(company):
    webhook = IncomingWebhook.objects.get()
    calls = IncomingCall.objects.filter(webhook=webhook)
    assert calls.count() == Lead.objects.filter(pk__in=calls.values("record")).count() == 8


def test_the_mailbox_is_turned_off_and_has_threads_on_leads_and_requests(company):
    mailbox = Mailbox.objects.get()
    assert not mailbox.active
    assert not mailbox.is_connected
    outcomes = dict(Message.objects.values_list("outcome").annotate(Count("pk")).order_by())
    assert outcomes == {"timeline": 4, "request": 3}
    rep = User.objects.get(email="rep@demo.example")
    sequences = EnrollmentStep.objects.exclude(activity=None).values("activity")
    emails = Activity.objects.filter(of="lead", type=Activity.Type.EMAIL).exclude(pk__in=sequences)
    assert emails.count() == 6
    assert set(Lead.objects.filter(pk__in=emails.values("record")).values_list("owner", flat=True)) == {
        rep.pk
    }


def test_the_mailings_have_opens_clicks_bounces_and_unsubscribes(company):
    sent = Delivery.objects.in_state("sent")
    for name in ("opened_at", "clicked_at", "bounced_at", "unsubscribed_at", "replied_at"):
        assert 0 < sent.exclude(**{name: None}).count() < sent.count() / 2, name
    assert not sent.exclude(clicked_at=None).filter(opened_at=None).exists()
    assert Click.objects.count() == sent.exclude(clicked_at=None).count()
    assert MailingAccount.objects.count() == 1


def test_the_retention_rules_delete_nothing(company):
    assert RetentionRule.objects.count() == 2
    assert not RetentionRule.objects.active().exists()


def test_a_dozen_people_are_there_twice_with_differences(company):
    newest = list(Lead.objects.order_by("-pk")[36:60])
    for later, earlier in zip(newest[::2], newest[1::2], strict=True):
        assert later.full_name == earlier.full_name
        assert later.department_id == earlier.department_id
        assert (later.email == earlier.email) or (later.phone == earlier.phone)
        assert (later.source_id, later.value, later.phone, later.email) != (
            earlier.source_id,
            earlier.value,
            earlier.phone,
            earlier.email,
        )


def test_nothing_was_sent(company):
    assert mail.outbox == []


def test_the_sequences_are_on_and_have_leads_in_several_states(company):
    counts = dict(Enrollment.objects.values_list("state").annotate(Count("pk")).order_by())
    assert set(counts) == {"running", "finished", "stopped"}
    assert Enrollment.objects.filter(stop_reason="replied").count() == 2
    assert set(Enrollment.objects.values_list("sequence__turned_on", flat=True)) == {True}

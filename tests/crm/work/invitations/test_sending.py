"""Sending invitations: what happens if the mail server doesn't take one, if a worker is killed, and if the lead is gone."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from crm.models import Activity, Change, Invitation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from crm.work.emails.delivery_problems import TRIES
from crm.work.invitations.invitation_sending import send_invitation
from crm.work.invitations.meetings import delete_old_invitations
from leads.models import Lead
from tests.crm.work.emails.emailing import told
from tests.crm.work.invitations.inviting import plan, sent, work


@pytest.fixture
def refusing(monkeypatch):
    """refusing(error) makes the mail server raise it."""

    def refuse(error: Exception, name: str = "send_messages") -> None:
        def fail(*_arguments):
            raise error

        monkeypatch.setattr(EmailBackend, name, fail)

    return refuse


def test_a_refused_invitation_says_why_and_can_be_tried_again(browser, lead, refusing, monkeypatch):
    refusing(SMTPRecipientsRefused({"jan@example.cz": (550, b"No such user")}))
    plan(browser, lead)
    work()
    assert "The mail server refused it: 550 No such user" in told(browser.get(f"/admin/leads/{lead.pk}"))
    monkeypatch.undo()
    browser.post(f"/admin/leads/{lead.pk}/activities/{Activity.objects.get().pk}/send")
    work()
    assert sent() == [("REQUEST", "1", "jan@example.cz")]
    assert "refused" not in told(browser.get(f"/admin/leads/{lead.pk}"))


def test_a_mail_server_that_can_not_be_reached_is_tried_again(browser, lead, refusing):
    refusing(ConnectionRefusedError(), "open")
    plan(browser, lead)
    (invitation,) = Invitation.objects.all()
    send_invitation(invitation.pk)
    assert Invitation.objects.get().state == "waiting"
    send_invitation(invitation.pk, TRIES - 1)
    assert "The mail server can’t be reached." in told(browser.get(f"/admin/leads/{lead.pk}"))


def test_an_invitation_whose_worker_was_killed_is_not_sent_a_second_time(browser, lead):
    plan(browser, lead)
    Invitation.objects.update(state="sending")
    work()
    assert mail.outbox == []
    assert [(row.state, row.problem) for row in Invitation.objects.all()] == [("failed", "unknown")]


def test_a_permanently_deleted_lead_sends_nothing_and_its_invitations_go(browser, ada, lead, settings):
    plan(browser, lead)
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(Delete(), rows, by=ada)
    carry_out(Purge(), rows, by=ada)
    work()
    assert mail.outbox == []
    assert delete_old_invitations() == 0
    long_ago = timezone.now() - timedelta(days=settings.UNDO_DAYS, minutes=1)
    Change.objects.filter(table="activity", kind="delete").update(at=long_ago)
    assert delete_old_invitations() == 1

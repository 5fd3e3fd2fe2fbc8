"""Sending mailings over a real mail server: each recipient once, in which order, and what is left out at the last moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Notification, Operation
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.verb_execution import operation
from leads.models import Lead, Newsletter, Unsubscribe
from mailings.jobs import queue_scheduled_mailings, queue_waiting_mailings, send_mailing
from mailings.models import Delivery, ListUnsubscribe, Mailing, MailingList, Suppression
from mailings.sending.last_minute_exclusion import check_right_before_sending

pytestmark = pytest.mark.django_db


def of(letters) -> list[str]:
    return [letter["To"] for letter in letters]


def test_a_scheduled_mailing_is_sent_to_each_recipient_once(make_mailing, make_recipients, send, post_office):
    mailing = make_mailing(state="scheduled", sent_at=None)
    rows = make_recipients(mailing, 3)
    with operation("test", by=None):
        Mailing.objects.filter(pk=mailing.pk).update(ids=[row.record for row in rows])
    assert queue_scheduled_mailings() == 1
    assert send(mailing).state == "sent"
    send_mailing(mailing.pk)
    assert of(post_office) == [row.address for row in rows]
    sent = Delivery.objects.of_mailing(mailing)
    assert [(row.state, row.taken_until, bool(row.at)) for row in sent] == [("sent", None, True)] * 3
    assert mailing.sent_at
    assert mailing.finished_at
    assert [record.kind for record in Operation.objects.filter(table="mailing").order_by("pk")] == [
        "begin_mailing",
        "finish_mailing",
    ]


def test_its_sender_is_notified_when_all_emails_are_sent(
    make_mailing, make_recipients, send, post_office, ann
):
    mailing = make_mailing()
    make_recipients(mailing)
    send(mailing)
    notice = Notification.objects.get(user=ann)
    assert (notice.kind, notice.path) == ("mailing_finished", f"/admin/mailings/{mailing.pk}")
    assert get_notification_sentence(notice) == "The mailing “Price list” has been sent."


@pytest.mark.parametrize(
    ("skipped", "words"),
    [
        (1, "1 recipient was skipped; its results say why."),
        (2, "2 recipients were skipped; its results say why."),
    ],
)
def test_its_sender_reads_how_many_were_skipped(
    make_mailing, make_recipients, send, post_office, ann, skipped, words
):
    mailing = make_mailing()
    rows = make_recipients(mailing, 3)[:skipped]
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(state="left_out", reason="no_email")
    send(mailing)
    assert (
        get_notification_sentence(Notification.objects.get(user=ann))
        == f"The mailing “Price list” has been sent. {words}"
    )


def test_a_lead_that_was_sent_a_mailing_receives_newsletters(
    make_mailing, make_recipients, send, post_office
):
    mailing = make_mailing()
    (row,) = make_recipients(mailing)
    send(mailing)
    assert Newsletter.objects.get(lead=row.record).state == "receiving"


def test_a_mailing_for_later_waits_for_its_time(make_mailing, make_recipients, post_office):
    mailing = make_mailing(state="scheduled", sent_at=None, send_at=timezone.now() + timedelta(hours=1))
    make_recipients(mailing)
    assert queue_scheduled_mailings() == 0
    assert queue_waiting_mailings() == 0


def test_a_mailing_waits_in_the_queue_only_once(make_mailing):
    make_mailing(state="scheduled", sent_at=None)
    assert queue_scheduled_mailings() == 1
    assert queue_scheduled_mailings() == 0


@pytest.mark.parametrize("state", ["draft", "asked", "paused", "cancelled", "sent"])
def test_a_mailing_in_another_state_sends_nothing(make_mailing, make_recipients, send, post_office, state):
    mailing = make_mailing(state=state)
    make_recipients(mailing)
    assert send(mailing).state == state
    assert post_office == []


def test_vip_leads_go_first(make_mailing, make_recipients, send, post_office):
    mailing = make_mailing()
    others, vip = make_recipients(mailing, 2), make_recipients(mailing, 2, vip=True)
    send(mailing)
    assert of(post_office) == [row.address for row in [*vip, *others]]


def test_whoever_unsubscribed_after_the_recipients_were_written_is_left_out(
    make_mailing, make_recipients, send, post_office
):
    mailing = make_mailing()
    gone, suppressed, bounced, kept = make_recipients(mailing, 4)
    Unsubscribe.objects.create(email_key=gone.email_key)
    with operation("test", by=None):
        Suppression.objects.create(address=suppressed.address, email_key=suppressed.email_key)
    with operation("test", by=None):
        Suppression.objects.create(address=bounced.address, email_key=bounced.email_key, reason="bounced")
    assert send(mailing).state == "sent"
    assert of(post_office) == [kept.address]
    reasons = dict(Delivery.objects.in_state("left_out").values_list("pk", "reason"))
    assert reasons == {gone.pk: "unsubscribed", suppressed.pk: "suppressed", bounced.pk: "bounced"}


def test_whoever_left_the_list_gets_no_mailing_of_it_but_those_of_others(
    make_mailing, make_recipients, send, post_office
):
    with operation("test", by=None):
        monthly, weekly = (MailingList.objects.create(name=name) for name in ("Monthly", "Weekly"))
    mailing, other = make_mailing(list=monthly), make_mailing(list=weekly)
    (row,) = make_recipients(mailing)
    Delivery.objects.create(mailing=other, record=row.record, address=row.address, email_key=row.email_key)
    ListUnsubscribe.objects.create(list=monthly, email_key=row.email_key)
    send(mailing)
    assert post_office == []
    send(other)
    assert of(post_office) == [row.address]


def test_a_lead_in_trash_gets_nothing(make_mailing, make_recipients, send, post_office):
    mailing = make_mailing()
    gone, kept = make_recipients(mailing, 2)
    with operation("test", by=None):
        Lead.objects.filter(pk=gone.record).update(deleted_at=timezone.now())
    send(mailing)
    assert of(post_office) == [kept.address]
    assert Delivery.objects.get(pk=gone.pk).reason == "hidden"


def test_an_unsubscribe_counts_until_the_moment_before_the_email_is_sent(
    make_mailing, make_recipients, send, post_office, monkeypatch
):
    mailing = make_mailing()
    first, second = make_recipients(mailing, 2)

    def unsubscribed_meanwhile(row):
        if row.pk == second.pk:
            Unsubscribe.objects.create(email_key=second.email_key)
        return check_right_before_sending(row)

    monkeypatch.setattr("mailings.sending.mailing_sending.check_right_before_sending", unsubscribed_meanwhile)
    send(mailing)
    assert of(post_office) == [first.address]
    assert Delivery.objects.get(pk=second.pk).reason == "unsubscribed"


@pytest.mark.parametrize(("state", "then"), [("paused", "waiting"), ("cancelled", "left_out")])
def test_a_mailing_that_is_paused_or_canceled_stops_before_the_next_email(
    make_mailing, make_recipients, send, post_office, monkeypatch, state, then
):
    mailing = make_mailing()
    first, second, third = make_recipients(mailing, 3)

    def stopped_meanwhile(row):
        if row.pk == second.pk:
            with operation("test", by=None):
                Mailing.objects.filter(pk=mailing.pk).update(state=state)
        return check_right_before_sending(row)

    monkeypatch.setattr("mailings.sending.mailing_sending.check_right_before_sending", stopped_meanwhile)
    assert send(mailing).state == state
    assert of(post_office) == [first.address]
    assert {row.state for row in Delivery.objects.filter(pk__in=[second.pk, third.pk])} == {then}


def test_a_mailing_of_a_user_who_was_deactivated_is_paused(
    make_mailing, make_recipients, send, post_office, ann
):
    mailing = make_mailing()
    make_recipients(mailing)
    type(ann).objects.filter(pk=ann.pk).update(is_active=False)
    assert (send(mailing).state, mailing.why) == ("paused", "author")
    assert post_office == []


def test_an_error_on_our_side_pauses_the_mailing_and_leaves_no_recipients(
    make_mailing, send, monkeypatch, lead_of
):
    def fail(mailing):
        Delivery.objects.create(mailing=mailing, record=1, address="a@b.example", email_key="a@b.example")
        raise ValueError

    monkeypatch.setattr("mailings.jobs.write_recipients", fail)
    mailing = send(make_mailing(state="scheduled", sent_at=None))
    assert (mailing.state, mailing.why) == ("paused", "inside")
    assert not Delivery.objects.exists()


def test_outside_working_time_a_mailing_waits_and_says_until_when(
    make_mailing, make_recipients, send, post_office, monkeypatch
):
    # Sunday, and then Monday, in Bucharest.
    monkeypatch.setattr("django.utils.timezone.now", lambda: SUNDAY)
    mailing = make_mailing(in_working_time=True)
    make_recipients(mailing)
    assert send(mailing).state == "sending"
    assert mailing.why.startswith("working_time 2026-10-26T")
    assert post_office == []


SUNDAY = timezone.make_aware(timezone.datetime(2026, 10, 25, 12))

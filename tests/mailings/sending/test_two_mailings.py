"""Two mailings to the same leads at the same moment: no one gets both within the pause of either."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailings.models import Delivery, Mailing
from mailings.sending.batch_claim import claim_recipients, release_deliveries
from mailings.verbs import NotNow, schedule_mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(make_mailing, make_recipients, ann, bob):
    """two(pause_days=7): the mailings of two users to the same three leads, both begun, with a row for each lead."""

    def made(**values) -> tuple[Mailing, Mailing]:
        first, second = make_mailing(by=ann, **values), make_mailing(by=ann, subject="Fair", **values)
        for row in make_recipients(first, 3):
            Delivery.objects.create(
                mailing=second, record=row.record, address=row.address, email_key=row.email_key
            )
        return first, second

    return made


def test_of_two_mailings_with_a_pause_each_lead_gets_only_the_first(two, send, post_office):
    first, second = two(pause_days=7)
    assert send(first).state == "sent"
    assert send(second).state == "sent"
    assert [letter["Subject"] for letter in post_office] == ["Price list"] * 3
    assert set(second.deliveries.values_list("state", "reason")) == {("left_out", "recent")}


def test_a_mailing_without_a_pause_goes_to_everyone(two, send, post_office):
    first, second = two()
    send(first)
    send(second)
    assert len(post_office) == 6


def test_an_email_before_the_pause_does_not_count(two, send, post_office):
    first, second = two(pause_days=7)
    send(first)
    first.deliveries.update(at=timezone.now() - timedelta(days=8))
    send(second)
    assert len(post_office) == 6


def test_addresses_that_another_mailing_is_sending_to_wait_for_it(two, send, post_office):
    first, second = two(pause_days=7)
    taken = claim_recipients(first, None, vip=False)
    assert len(taken.rows) == 3
    assert send(second).state == "sending"
    assert post_office == []
    assert set(second.deliveries.values_list("state", flat=True)) == {"waiting"}
    release_deliveries(taken.rows)
    assert send(second).state == "sent"
    assert [letter["Subject"] for letter in post_office] == ["Fair"] * 3
    assert send(first).state == "sent"
    assert len(post_office) == 3


def test_a_mailing_without_a_pause_that_is_sent_meanwhile_counts_until_the_last_moment(
    two, send, post_office
):
    first, second = two()
    with operation("test", by=None):
        Mailing.objects.filter(pk=second.pk).update(pause_days=7)
    second.refresh_from_db()
    taken = claim_recipients(second, None, vip=False)
    send(first)
    release_deliveries(taken.rows)
    send(second)
    assert [letter["Subject"] for letter in post_office] == ["Price list"] * 3


def test_recipients_are_judged_again_when_the_second_user_schedules(
    make_mailing, make_lead, ann, departments, send
):
    from mailings.audience.recipient_counts import preview_recipient_counts

    leads = [make_lead(email=f"ana{number}@both.example", owner=ann) for number in range(2)]
    ids = [lead.pk for lead in leads]
    values = {"state": "draft", "sent_at": None, "ids": ids, "pause_days": 7, "text": "Hello"}
    first, second = (make_mailing(by=ann, **values) for _each in range(2))
    seen = preview_recipient_counts(first).digest, preview_recipient_counts(second).digest
    schedule_mailing(first, by=ann, seen=seen[0])
    assert send(first).state == "sent"
    with pytest.raises(NotNow, match="The recipients have changed"):
        schedule_mailing(second, by=ann, seen=seen[1])
    assert Mailing.objects.get(pk=second.pk).state == "draft"


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_address_for_two_mailings_with_a_pause(two):
    first, second = two(pause_days=7)
    for _each in range(10):
        found, both = [], Barrier(2)

        def one(mailing: Mailing, found=found, both=both) -> None:
            both.wait()
            found.append(claim_recipients(mailing, None, vip=False).rows)
            connection.close()

        threads = [Thread(target=one, args=[mailing]) for mailing in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        addresses = [row.email_key for rows in found for row in rows]
        assert len(addresses) == len(set(addresses)) == Lead.objects.count()
        for rows in found:
            release_deliveries(rows)

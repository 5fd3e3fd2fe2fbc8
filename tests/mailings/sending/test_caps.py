"""Mailing accounts: which one a mailing goes through, and how much it sends in an hour, a day, and to one domain."""

from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from mailings.models import Delivery, MailingAccount
from mailings.sending.account_routes import get_routes, uses_ordinary_account_for_vip

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_account(make_mailbox):
    def make(*, of=None, **values) -> MailingAccount:
        mailbox = make_mailbox(**({"department": of} if of else {}), name=values.pop("name", "Sales mail"))
        with operation("test", by=None):
            return MailingAccount.objects.create(mailbox=mailbox, **values)

    return make


def senders(smtp) -> list[str]:
    return [parseaddr(letter["From"])[1] for letter in smtp.arrived]


def test_a_mailing_goes_out_through_the_account_of_its_department(
    make_account, make_mailing, make_recipients, send, smtp, departments
):
    make_account(of=departments.export)
    own = make_account()
    mailing = make_mailing()
    (row,) = make_recipients(mailing)
    assert send(mailing).state == "sent"
    assert senders(smtp) == [own.mailbox.address]
    assert smtp.arrived[0]["Message-ID"].strip().endswith(f"@{own.mailbox.address.partition('@')[2]}>")
    row.refresh_from_db()
    assert row.account == own


def test_a_mailing_of_a_department_without_an_account_goes_through_that_of_another(
    make_account, make_mailing, departments
):
    other = make_account(of=departments.export)
    assert get_routes(make_mailing(), vip=False) == [other]


def test_without_accounts_mailings_go_through_the_mail_server_of_the_settings(make_mailbox, make_mailing):
    make_mailbox()
    assert get_routes(make_mailing(), vip=True) == [None]


def test_an_account_whose_mailbox_is_turned_off_sends_nothing(make_account, make_mailing):
    account = make_account()
    type(account.mailbox).objects.update(active=False)
    assert get_routes(make_mailing(), vip=False) == [None]


@pytest.mark.parametrize(("cap", "why"), [("most_an_hour", "hour"), ("most_a_day", "day")])
def test_an_account_sends_no_more_than_its_caps(
    make_account, make_mailing, make_recipients, send, smtp, cap, why
):
    make_account(**{cap: 3})
    mailing = make_mailing()
    make_recipients(mailing, 5)
    assert (send(mailing).state, mailing.why) == ("sending", why)
    assert len(smtp.arrived) == 3
    send(mailing)
    assert len(smtp.arrived) == 3
    Delivery.objects.in_state("sent").update(at=timezone.now() - timedelta(hours=25))
    assert (send(mailing).state, mailing.why) == ("sent", "")
    assert len(smtp.arrived) == 5


def test_two_mailings_share_the_caps_of_an_account(make_account, make_mailing, make_recipients, send, smtp):
    make_account(most_an_hour=3)
    for _each in range(2):
        mailing = make_mailing()
        make_recipients(mailing, 2)
        send(mailing)
    assert len(smtp.arrived) == 3


def test_a_second_account_of_the_department_goes_on_where_the_first_has_reached_its_cap(
    make_account, make_mailing, make_recipients, send, smtp
):
    first, second = make_account(most_an_hour=2), make_account(name="Second")
    mailing = make_mailing()
    make_recipients(mailing, 5)
    assert send(mailing).state == "sent"
    assert sorted(senders(smtp)) == sorted([first.mailbox.address] * 2 + [second.mailbox.address] * 3)


def test_emails_to_one_domain_are_paced_and_the_others_go_on(
    make_account, make_mailing, make_recipients, send, smtp
):
    make_account(most_a_minute_to_domain=2)
    mailing = make_mailing()
    make_recipients(mailing, 5, domain="large.example")
    make_recipients(mailing, 2, domain="small.example")
    assert (send(mailing).state, mailing.why) == ("sending", "domain")
    assert (
        sorted(letter["To"].partition("@")[2] for letter in smtp.arrived)
        == ["large.example"] * 2 + ["small.example"] * 2
    )
    Delivery.objects.in_state("sent").update(at=timezone.now() - timedelta(minutes=2))
    send(mailing)
    assert len(smtp.arrived) == 6


def test_vip_leads_go_through_the_account_for_them_and_dont_count_against_the_other(
    make_account, make_mailing, make_recipients, send, smtp
):
    ordinary, for_vip = make_account(most_an_hour=2), make_account(for_vip=True)
    mailing = make_mailing()
    make_recipients(mailing, 2)
    make_recipients(mailing, 3, vip=True)
    assert not uses_ordinary_account_for_vip(mailing)
    assert send(mailing).state == "sent"
    assert senders(smtp) == [for_vip.mailbox.address] * 3 + [ordinary.mailbox.address] * 2


def test_without_an_account_for_them_vip_leads_go_through_the_ordinary_one_above_its_cap(
    make_account, make_mailing, make_recipients, send, smtp
):
    ordinary = make_account(most_an_hour=2)
    mailing = make_mailing()
    make_recipients(mailing, 2)
    make_recipients(mailing, 3, vip=True)
    assert uses_ordinary_account_for_vip(mailing)
    assert send(mailing).state == "sent"
    assert senders(smtp) == [ordinary.mailbox.address] * 5


def test_rows_of_a_killed_worker_are_taken_again_when_its_time_is_over(
    make_mailing, make_recipients, send, post_office
):
    mailing = make_mailing()
    left, _other = make_recipients(mailing, 2)
    taken = Delivery.objects.filter(pk=left.pk)
    taken.update(state="sending", taken_until=timezone.now() + timedelta(minutes=1))
    assert send(mailing).state == "sending"
    assert len(post_office) == 1
    taken.update(taken_until=timezone.now() - timedelta(seconds=1))
    assert send(mailing).state == "sent"
    assert [letter["To"] for letter in post_office][1:] == [left.address]

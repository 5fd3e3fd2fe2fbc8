"""Mailings with recipients, ready to be sent."""

import itertools

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from mailings.jobs import send_mailing
from mailings.models import Delivery, Mailing
from tests.mailboxes.conftest import imap, imap_and_authority, make_mailbox, smtp
from tests.post_office import post_office

__all__ = ["imap", "imap_and_authority", "make_mailbox", "post_office", "smtp"]

NUMBERS = itertools.count(1)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """In the thread of the test, which alone sees what it has written."""
    monkeypatch.setattr("mailings.sending.mailing_sending.AT_ONCE", 1)


@pytest.fixture
def make_mailing(departments, ann):
    """make_mailing(subject="…", by=bob, …): one of the department Sales that has begun, without recipients."""

    def make(**values) -> Mailing:
        with operation("test", by=None):
            return Mailing.objects.create(
                **{
                    "subject": "Price list",
                    "by": ann,
                    "state": "sending",
                    "sent_at": timezone.now(),
                    "department": departments.sales,
                    **values,
                }
            )

    return make


@pytest.fixture
def make_recipients(make_lead):
    """make_recipients(mailing, 3, vip=True, domain="lead.example"): new leads and the rows that wait for them."""

    def make(mailing: Mailing, number: int = 1, *, vip: bool = False, domain: str = "lead.example") -> list:
        addresses = [f"ana{next(NUMBERS)}@{domain}" for _each in range(number)]
        leads = [make_lead(email=address, vip=vip) for address in addresses]
        return Delivery.objects.bulk_create(
            Delivery(mailing=mailing, record=lead.pk, address=lead.email, email_key=lead.email, vip=vip)
            for lead in leads
        )

    return make


@pytest.fixture
def send():
    """send(mailing): one turn of the worker, and the mailing as it then is."""

    def sent(mailing: Mailing) -> Mailing:
        send_mailing(mailing.pk)
        mailing.refresh_from_db()
        return mailing

    return sent

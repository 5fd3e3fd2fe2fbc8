"""Mailings for the tests: drafts of bob with their recipients, and a real mail server."""

import pytest

from crm.records.history.verb_execution import operation
from mailings.models import Delivery, Mailing, MailingList
from tests.post_office import post_office

__all__ = ["post_office"]


@pytest.fixture
def make_mailing(bob, departments):
    """make_mailing(text="Hello {first_name}", …) is a draft of bob for the department Sales."""

    def make(text: str = "Hello {first_name|there}", **values) -> Mailing:
        given = {"subject": "News", "by": bob, "department": departments.sales, "ids": []} | values
        with operation("test", by=bob):
            return Mailing.objects.create(text=text, **given)

    return make


@pytest.fixture
def make_list(db):
    def make(name: str = "Offers", **values) -> MailingList:
        with operation("test", by=None):
            return MailingList.objects.create(name=name, **values)

    return make


@pytest.fixture
def deliver_to(db):
    """deliver_to(mailing, lead, …): the waiting row of a recipient."""

    def make(mailing: Mailing, record, **values) -> Delivery:
        given = {
            "of": record.table,
            "record": record.pk,
            "address": record.email,
            "email_key": record.email_key,
        }
        return Delivery.objects.create(mailing=mailing, **given | values)

    return make

"""What the unsubscribe page does to consents: it withdraws those that say so, and subscribing again gives back just these."""

import pytest
from django.test import Client

from crm.records.history.verb_execution import operation
from customers.consent.consent_recording import (
    ConsentEntry,
    Source,
    record_consents_of_email,
    record_consents_of_records,
)
from customers.consent.current_consent import get_current_consents
from customers.models import Consent, ConsentPurpose
from leads.models import Lead
from mailings.content.signed_tokens import UNSUBSCRIBE, build_token
from mailings.suppression.address_erasure import erase_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def ana(make_lead, bob):
    return make_lead("Ana Pop", owner=bob, email="Ana@omnia.example")


@pytest.fixture
def news(db):
    with operation("test", by=None):
        return ConsentPurpose.objects.create(name="News", is_newsletter=True)


@pytest.fixture
def calls(db):
    with operation("test", by=None):
        return ConsentPurpose.objects.create(name="Calls")


@pytest.fixture
def sent(make_mailing, deliver_to, ana):
    return deliver_to(make_mailing(subject="Autumn news"), ana, state="sent")


@pytest.fixture
def of_list(make_mailing, deliver_to, ana, make_list):
    return deliver_to(make_mailing(list=make_list()), ana, state="sent")


def page_of(delivery) -> str:
    return f"/m/{build_token(delivery, UNSUBSCRIBE)}/unsubscribe"


def given(record) -> dict[str, bool]:
    return {one.purpose.name: one.is_given for one in get_current_consents(record)}


def agree(record, *purposes) -> None:
    for purpose in purposes:
        record_consents_of_records(
            record.table, [record.pk], ConsentEntry(purpose, True, Source.USER, about="At the fair")
        )


@pytest.mark.parametrize("form", [{"from": "all"}, {"List-Unsubscribe": "One-Click"}])
def test_unsubscribing_from_all_withdraws_the_purposes_that_say_so(form, visitor, sent, ana, news, calls):
    agree(ana, news, calls)
    visitor.post(page_of(sent), form)
    assert given(ana) == {"News": False, "Calls": True}
    row = Consent.objects.get(given=False)
    assert (row.person, row.source, row.about, row.by) == (
        "ana@omnia.example", "unsubscribe", "Autumn news", None,
    )  # fmt: skip


def test_opening_the_page_withdraws_nothing(visitor, sent, ana, news):
    agree(ana, news)
    assert visitor.get(page_of(sent)).status_code == 200
    assert visitor.head(page_of(sent)).status_code == 200
    assert given(ana) == {"News": True}


def test_unsubscribing_twice_withdraws_once(visitor, sent, ana, news):
    agree(ana, news)
    for _time in range(2):
        visitor.post(page_of(sent), {"from": "all"})
    assert Consent.objects.count() == 2


def test_who_never_agreed_has_nothing_to_withdraw(visitor, sent, ana, news):
    visitor.post(page_of(sent), {"from": "all"})
    assert not Consent.objects.exists()


@pytest.mark.parametrize("form", [{"from": "list"}, {"List-Unsubscribe": "One-Click"}])
def test_leaving_one_list_withdraws_no_consent_because_other_lists_go_on(form, visitor, of_list, ana, news):
    agree(ana, news)
    visitor.post(page_of(of_list), form)
    assert given(ana) == {"News": True}
    visitor.post(page_of(of_list), {"from": "all"})
    assert given(ana) == {"News": False}


def test_a_consent_from_before_the_record_had_an_email_is_withdrawn_too(
    visitor, make_lead, make_mailing, deliver_to, news
):
    lead = make_lead("Eva Stone")
    agree(lead, news)
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(email="eva@omnia.example")
    lead.refresh_from_db()
    visitor.post(page_of(deliver_to(make_mailing(), lead, state="sent")), {"from": "all"})
    assert given(lead) == {"News": False}


def test_records_with_the_same_email_share_the_withdrawal(visitor, sent, ana, news, make_contact):
    agree(ana, news)
    contact = make_contact("Ana Pop", email="ana@omnia.example")
    contact.refresh_from_db()
    visitor.post(page_of(sent), {"from": "all"})
    assert given(contact) == {"News": False}


def test_subscribing_again_gives_back_what_the_page_withdrew(visitor, sent, ana, news):
    agree(ana, news)
    visitor.post(page_of(sent), {"from": "all"})
    visitor.post(page_of(sent), {"back": "1"})
    assert given(ana) == {"News": True}
    newest = Consent.objects.order_by("-pk").first()
    assert (newest.given, newest.source, newest.about) == (True, "unsubscribe", "Autumn news")


def test_subscribing_again_gives_nothing_that_was_withdrawn_otherwise(visitor, sent, ana, news):
    agree(ana, news)
    visitor.post(page_of(sent), {"from": "all"})
    record_consents_of_email(
        "ana@omnia.example", ConsentEntry(news, False, Source.USER, about="On the phone")
    )
    visitor.post(page_of(sent), {"back": "1"})
    assert given(ana) == {"News": False}
    assert Consent.objects.count() == 3


def test_an_unsubscribe_of_an_erased_address_records_no_consent(visitor, sent, ana, news):
    agree(ana, news)
    erase_addresses(["ana@omnia.example"])
    before = Consent.objects.count()
    visitor.post(page_of(sent), {"from": "all"})
    visitor.post(page_of(sent), {"back": "1"})
    assert Consent.objects.count() == before


def test_a_forged_address_withdraws_nothing(visitor, sent, ana, news):
    agree(ana, news)
    assert visitor.post("/m/1.x/unsubscribe", {"from": "all"}).status_code == 404
    assert given(ana) == {"News": True}

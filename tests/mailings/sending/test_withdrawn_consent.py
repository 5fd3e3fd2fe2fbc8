"""A consent that is withdrawn while emails wait: they aren't sent, whichever way it is withdrawn."""

import pytest

from crm.records.history.verb_execution import operation
from customers.consent.consent_erasure import delete_consents_of_people
from customers.consent.consent_recording import (
    ConsentEntry,
    Source,
    record_consents_of_email,
    record_consents_of_records,
)
from customers.models import ConsentPurpose
from mailings.models import Delivery
from mailings.sending.last_minute_exclusion import check_right_before_sending
from mailings.suppression.unsubscribe import unsubscribe
from tests.mailings.sending.test_once_each import of

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(db):
    with operation("test", by=None):
        return ConsentPurpose.objects.create(name="News", is_newsletter=True)


@pytest.fixture
def agreed(make_mailing, make_recipients, news):
    """agreed(3): a mailing for people with the consent, and its waiting recipients, who have given it."""

    def make(number: int):
        mailing = make_mailing(purpose=news)
        rows = make_recipients(mailing, number)
        for row in rows:
            record_consents_of_email(row.email_key, ConsentEntry(news, True, Source.USER))
        return mailing, rows

    return make


def reasons() -> dict[int, str]:
    return dict(Delivery.objects.in_state("left_out").values_list("pk", "reason"))


def test_people_who_withdrew_it_after_the_recipients_were_written_are_left_out(
    agreed, send, post_office, news
):
    mailing, (gone, kept, unknown) = agreed(3)
    record_consents_of_records("lead", [gone.record], ConsentEntry(news, False, Source.USER))
    delete_consents_of_people([unknown.email_key])
    assert send(mailing).state == "sent"
    assert of(post_office) == [kept.address]
    assert reasons() == {gone.pk: "no_consent", unknown.pk: "no_consent"}


def test_a_withdrawal_counts_until_the_moment_before_the_email_is_sent(
    agreed, send, post_office, news, monkeypatch
):
    mailing, (first, second) = agreed(2)

    def withdrawn_meanwhile(row):
        if row.pk == second.pk:
            record_consents_of_email(second.email_key, ConsentEntry(news, False, Source.PROGRAM))
        return check_right_before_sending(row)

    monkeypatch.setattr("mailings.sending.mailing_sending.check_right_before_sending", withdrawn_meanwhile)
    assert send(mailing).state == "sent"
    assert of(post_office) == [first.address]
    assert reasons() == {second.pk: "no_consent"}


def test_a_mailing_without_a_purpose_is_sent_to_those_who_withdrew_a_consent(
    make_mailing, make_recipients, send, post_office, news
):
    mailing = make_mailing()
    (row,) = make_recipients(mailing)
    record_consents_of_email(row.email_key, ConsentEntry(news, True, Source.USER))
    record_consents_of_email(row.email_key, ConsentEntry(news, False, Source.USER))
    send(mailing)
    assert of(post_office) == [row.address]


def test_an_unsubscribe_counts_before_the_consent_that_it_withdraws(agreed, send, post_office):
    mailing, (gone, kept) = agreed(2)
    unsubscribe(gone, everything=True, reason="")
    assert reasons() == {gone.pk: "unsubscribed"}
    send(mailing)
    assert of(post_office) == [kept.address]

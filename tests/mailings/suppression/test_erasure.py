"""Addresses of records that are deleted permanently: nothing readable stays, and who gets no mailing still gets none."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs.delete import Purge
from leads.models import Lead, Newsletter, Unsubscribe
from mailings.audience.audience import write_recipients
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.content.signed_tokens import UNSUBSCRIBE, build_message_id, build_token
from mailings.models import Delivery, ForgottenAddress, ListUnsubscribe, MailingList, Suppression
from mailings.responses.incoming_responses import record_bounce
from mailings.responses.mailing_results import get_results
from mailings.suppression.address_erasure import erase_addresses, restore_returned_addresses

pytestmark = pytest.mark.django_db
ADDRESS, KEY = "Ana.Pop@gone.example", "ana.pop@gone.example"


@pytest.fixture
def monthly():
    with operation("test", by=None):
        return MailingList.objects.create(name="Monthly")


@pytest.fixture
def ana(make_lead):
    return make_lead("Ana", email=ADDRESS)


@pytest.fixture
def row(ana, make_mailing, monthly):
    """A mailing that Ana received, with all that may have her address in it."""
    mailing = make_mailing(state="sent", list=monthly)
    return Delivery.objects.create(
        mailing=mailing,
        record=ana.pk,
        address=ADDRESS,
        email_key=KEY,
        state="sent",
        at=timezone.now(),
        unsubscribed_at=timezone.now(),
        unsubscribe_reason=f"Write to {ADDRESS} no more",
        problem=f"bounced 550 5.1.1 <{ADDRESS}>: user unknown",
        bounced_at=timezone.now(),
    )


@pytest.fixture
def purge(ada):
    def purged(lead):
        with operation("test", by=None):
            type(lead).objects.filter(pk=lead.pk).update(deleted_at=timezone.now())
        carry_out(Purge(), type(lead).objects.filter(pk=lead.pk), by=ada)

    return purged


def everything_of_mailings() -> str:
    """All rows of all tables of mailings, and of those who unsubscribed, as text."""
    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if name.startswith("mailings_")
        ]
        found = []
        for table in [*tables, "leads_unsubscribe"]:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [text for (text,) in cursor.fetchall()]
    return "\n".join(found).lower()


def stop(how: str, monthly) -> str:
    """Keep Ana's address from getting mailings. Returns the reason that mailings give then."""
    if how == "all":
        Unsubscribe.objects.create(email_key=KEY)
    elif how == "list":
        ListUnsubscribe.objects.create(list=monthly, email_key=KEY)
    else:
        note = f"550 <{ADDRESS}> unknown"
        with operation("test", by=None):
            Suppression.objects.create(address=ADDRESS, email_key=KEY, reason=how, note=note)
    return {"all": "unsubscribed", "list": "unsubscribed", "bounced": "bounced"}.get(how, "suppressed")


@pytest.mark.parametrize("how", ["all", "list", "bounced", "complained", "added"])
def test_after_a_permanent_deletion_the_address_is_unreadable_and_still_gets_no_mailing(
    how, row, ana, purge, monthly, make_lead, make_mailing, ann, post_office, send
):
    reason = stop(how, monthly)
    purge(ana)
    assert KEY not in everything_of_mailings()
    again = make_lead("Ana", email=ADDRESS.upper())
    mailing = make_mailing(list=monthly, ids=[again.pk], state="scheduled", sent_at=None)
    assert [(line.reason, line.count) for line in preview_recipient_counts(mailing).lines] == [(reason, 1)]
    write_recipients(mailing)
    assert mailing.deliveries.get().reason == reason
    # And if its row was written before.
    mailing.deliveries.update(state="waiting", reason="")
    with operation("test", by=None):
        type(mailing).objects.filter(pk=mailing.pk).update(state="sending", sent_at=timezone.now())
    send(mailing)
    assert post_office == []
    assert mailing.deliveries.get().reason == reason


def test_an_address_that_left_one_list_gets_the_mailings_of_others(
    row, ana, purge, monthly, make_lead, make_mailing
):
    stop("list", monthly)
    purge(ana)
    again = make_lead("Ana", email=ADDRESS)
    assert preview_recipient_counts(make_mailing(ids=[again.pk])).receiving_count == 1


def test_an_address_without_a_mark_may_come_back(row, ana, purge, make_lead, make_mailing):
    purge(ana)
    assert not ForgottenAddress.objects.exists()
    again = make_lead("Ana", email=ADDRESS)
    assert preview_recipient_counts(make_mailing(ids=[again.pk])).receiving_count == 1


def test_the_numbers_of_a_mailing_do_not_move(row, ana, purge):
    before = [(number.name, number.count) for number in get_results(row.mailing)]
    purge(ana)
    assert [(number.name, number.count) for number in get_results(row.mailing)] == before
    row.refresh_from_db()
    assert (row.address, row.email_key, row.unsubscribe_reason, row.problem) == ("", "", "", "bounced")


def test_an_address_that_never_got_a_mailing_is_erased_too(ana, purge, monthly):
    stop("all", monthly)
    stop("added", monthly)
    purge(ana)
    assert KEY not in everything_of_mailings()
    assert ForgottenAddress.objects.count() == 2


def test_the_address_of_a_contact_is_erased_in_the_same_way(make_contact, purge, monthly):
    contact = make_contact("Ana Pop", email=ADDRESS)
    stop("all", monthly)
    purge(contact)
    assert KEY not in everything_of_mailings()


def test_an_address_that_another_record_has_stays_readable(ana, purge, monthly, make_contact):
    make_contact("Ana Pop", email=ADDRESS)
    stop("all", monthly)
    stop("bounced", monthly)
    purge(ana)
    assert Unsubscribe.objects.get().email_key == KEY
    assert Suppression.objects.get().email_key == KEY
    assert not ForgottenAddress.objects.exists()


def test_a_new_lead_with_an_erased_address_is_shown_as_unsubscribed_within_a_minute(
    ana, purge, monthly, make_lead
):
    stop("all", monthly)
    stop("list", monthly)
    stop("complained", monthly)
    purge(ana)
    assert restore_returned_addresses() == 0
    again = make_lead("Ana", email=ADDRESS)
    assert not Newsletter.objects.filter(lead=again).exists()
    assert restore_returned_addresses() == 3
    assert Newsletter.objects.get(lead=again).state == "unsubscribed"
    assert ListUnsubscribe.objects.get().list == monthly
    assert Suppression.objects.get().reason == "complained"
    assert not ForgottenAddress.objects.exists()


def test_an_undo_of_the_deletion_brings_the_unsubscribe_back(ana, purge, monthly, ada):
    stop("all", monthly)
    assert Newsletter.objects.get(lead=ana).state == "unsubscribed"
    purge(ana)
    revert_operation(Operation.objects.get(kind="purge"), by=ada)
    assert Lead.objects.get().email == ADDRESS
    assert restore_returned_addresses() == 1
    assert Newsletter.objects.get(lead=ana.pk).state == "unsubscribed"


def test_the_link_in_an_old_email_unsubscribes_an_erased_address(row, ana, purge, make_lead, make_mailing):
    purge(ana)
    page, visitor = f"/m/{build_token(row, UNSUBSCRIBE)}/unsubscribe", Client()
    assert visitor.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert KEY not in everything_of_mailings()
    again = make_lead("Ana", email=ADDRESS)
    mailing = make_mailing(ids=[again.pk], list=row.mailing.list)
    assert [line.reason for line in preview_recipient_counts(mailing).lines] == ["unsubscribed"]


def test_a_bounce_that_arrives_later_leaves_no_address_either(row, ana, purge, make_lead, make_mailing):
    from mailboxes.messages.automatic_messages import Bounce

    purge(ana)
    why = f"550 5.1.1 <{ADDRESS}>"
    record_bounce(
        Bounce(message_id=build_message_id(row, "sales.example"), status="5.1.1", why=why), timezone.now()
    )
    assert KEY not in everything_of_mailings()
    again = make_lead("Ana", email=ADDRESS)
    assert [line.reason for line in preview_recipient_counts(make_mailing(ids=[again.pk])).lines] == [
        "bounced"
    ]


def test_an_address_that_is_erased_between_taking_and_sending_gets_nothing(
    ana, purge, make_mailing, send, post_office, monkeypatch
):
    from mailings.sending.last_minute_exclusion import check_right_before_sending

    mailing = make_mailing()
    Delivery.objects.create(mailing=mailing, record=ana.pk, address=ADDRESS, email_key=KEY)

    def erased_meanwhile(row):
        purge(ana)
        return check_right_before_sending(row)

    monkeypatch.setattr("mailings.sending.mailing_sending.check_right_before_sending", erased_meanwhile)
    send(mailing)
    assert post_office == []
    assert mailing.deliveries.get().reason == "hidden"


def test_a_previous_secret_key_still_recognizes_its_addresses(
    ana, purge, monthly, settings, make_lead, make_mailing
):
    stop("all", monthly)
    purge(ana)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-at-least-fifty-characters-0123456789"
    again = make_lead("Ana", email=ADDRESS)
    assert [line.reason for line in preview_recipient_counts(make_mailing(ids=[again.pk])).lines] == [
        "unsubscribed"
    ]
    assert restore_returned_addresses() == 1


def test_an_address_is_erased_on_request(row, ana, monthly, ada, sign_in, make_mailing):
    stop("all", monthly)
    stop("added", monthly)
    waiting = Delivery.objects.create(
        mailing=make_mailing(), record=ana.pk, address=ADDRESS, email_key=KEY, state="waiting"
    )
    erase_addresses([ADDRESS.title()])
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("left_out", "hidden")
    assert KEY not in everything_of_mailings()
    page = sign_in(ada).get("/admin/mailings/suppressed").text
    assert "1 address of a person who was deleted permanently gets no mailing either." in page

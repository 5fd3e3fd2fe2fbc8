"""Who gets a mailing, and why each of the others doesn't."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from customers.models import Request
from leads.models import Lead, Unsubscribe
from mailings.audience.audience import FaultyFilter, write_recipients
from mailings.audience.recipient_counts import count_recipients, preview_recipient_counts
from mailings.audience.recipient_lines import RecipientFilter, get_next_recipients
from mailings.models import Delivery, ListUnsubscribe, Mailing, MailingList, Suppression

pytestmark = pytest.mark.django_db


def verdicts(mailing: Mailing) -> dict[int, str]:
    """What is written for each record: "waiting", or the reason why it is left out."""
    write_recipients(mailing)
    rows = Delivery.objects.of_mailing(mailing).order_by("record")
    return {row.record: row.reason or row.state for row in rows}


def test_each_reason_to_leave_a_lead_out(make_lead, make_mailing, ann, departments):
    with operation("test", by=None):
        offers = MailingList.objects.create(name="Offers")
    leads = {
        "waiting": make_lead("Jan", email="Jan@A.example"),
        "hidden": make_lead("Foreign", email="foreign@a.example", department=departments.export),
        "no_email": make_lead("Without", email=""),
        "disqualified": make_lead("Junk", email="junk@a.example", status="disqualified"),
        "unsubscribed": make_lead("Gone", email="gone@a.example"),
        "bounced": make_lead("Bounced", email="bounced@a.example"),
        "suppressed": make_lead("Spam", email="spam@a.example"),
        "recent": make_lead("Recent", email="recent@a.example"),
        "shared": make_lead("Twin", email="jan@a.example"),
    }
    left_list, trash = make_lead("List", email="list@a.example"), make_lead("Trash", email="trash@a.example")
    with operation("test", by=None):
        Lead.objects.filter(pk=trash.pk).update(deleted_at=timezone.now())
    Unsubscribe.objects.create(email_key="gone@a.example")
    ListUnsubscribe.objects.create(list=offers, email_key="list@a.example")
    with operation("test", by=None):
        Suppression.objects.create(email_key="bounced@a.example", reason="bounced")
    with operation("test", by=None):
        Suppression.objects.create(email_key="spam@a.example", reason="complained")
    earlier = make_mailing(by=ann)
    sent = {"mailing": earlier, "state": "sent", "email_key": "recent@a.example"}
    Delivery.objects.create(record=leads["recent"].pk, at=timezone.now() - timedelta(days=2), **sent)
    mailing = make_mailing([*leads.values(), left_list, trash], by=ann, list=offers, pause_days=3)
    expected = {lead.pk: reason for reason, lead in leads.items()}
    expected |= {left_list.pk: "unsubscribed", trash.pk: "hidden"}
    before = preview_recipient_counts(mailing)
    assert verdicts(mailing) == expected
    assert (before.total, before.receiving_count) == (11, 1)
    assert [(line.reason, line.count) for line in before.skipped_lines] == [
        ("hidden", 2), ("no_email", 1), ("disqualified", 1), ("unsubscribed", 2), ("bounced", 1),
        ("suppressed", 1), ("recent", 1), ("shared", 1),
    ]  # fmt: skip
    assert count_recipients(mailing).skipped_lines == before.skipped_lines


def test_a_record_that_the_sender_does_not_see_leaves_no_address(make_lead, make_mailing, ann, departments):
    lead = make_lead("Foreign", email="foreign@a.example", department=departments.export)
    mailing = make_mailing([lead], by=ann)
    write_recipients(mailing)
    row = Delivery.objects.get()
    assert (row.address, row.email_key, row.reason) == ("", "", "hidden")
    assert get_next_recipients(mailing, RecipientFilter(), 0, 10)[0].address == ""


def test_a_record_that_was_deleted_permanently_is_counted(make_lead, make_mailing, ann):
    lead = make_lead(email="jan@a.example")
    mailing = make_mailing([lead], by=ann)
    pk = lead.pk
    with operation("test", by=None):
        lead.delete()
    assert verdicts(mailing) == {pk: "hidden"}


def test_of_two_leads_with_one_address_the_vip_gets_it(make_lead, make_mailing, ann):
    first, vip = make_lead(email="jan@a.example"), make_lead(email="JAN@a.example", vip=True)
    mailing = make_mailing([first, vip], by=ann)
    assert verdicts(mailing) == {first.pk: "shared", vip.pk: "waiting"}
    assert count_recipients(mailing).vips == 1


def test_a_user_who_has_left_reaches_nobody(make_lead, make_mailing, ann):
    lead = make_lead(email="jan@a.example")
    mailing = make_mailing([lead], by=ann)
    ann.is_active = False
    assert verdicts(mailing) == {lead.pk: "hidden"}


def test_a_filter_is_read_when_the_recipients_are_written(make_lead, make_mailing, ann):
    jan = make_lead("Jan", email="jan@a.example", country="RO")
    make_lead("Eva", email="eva@a.example", country="DE")
    mailing = make_mailing(by=ann, query="country=RO")
    assert verdicts(mailing) == {jan.pk: "waiting"}
    ion = make_lead("Ion", email="ion@a.example", country="RO")
    assert verdicts(mailing) == {jan.pk: "waiting", ion.pk: "waiting"}


def test_a_search_with_a_percent_sign_is_part_of_the_filter(make_lead, make_mailing, ann):
    make_lead("Jan", email="jan@a.example")
    assert verdicts(make_mailing(by=ann, query="q=100%25&company.contains=5%25")) == {}


def test_a_filter_that_cannot_be_read_writes_nothing(make_lead, make_mailing, ann):
    make_lead(email="jan@a.example")
    mailing = make_mailing(by=ann, query="country=XX")
    with pytest.raises(FaultyFilter):
        write_recipients(mailing)
    assert not Delivery.objects.exists()


def test_a_mailing_without_records_or_a_filter_reaches_nobody(make_lead, make_mailing, ann):
    make_lead(email="jan@a.example")
    assert verdicts(make_mailing(by=ann, ids=None)) == {}


def test_companies_are_reached_through_their_contacts(
    make_company, make_contact, make_mailing, ann, departments
):
    omnia, other = make_company("Omnia"), make_company("Other")
    ana = make_contact("Ana Albu", company=omnia, email="ana@a.example")
    make_contact("Ioan", company=other, email="ioan@a.example")
    hidden = make_contact("Dana", company=omnia, email="dana@a.example", department=departments.export)
    mailing = make_mailing([omnia], by=ann)
    assert verdicts(mailing) == {ana.pk: "waiting", hidden.pk: "hidden"}
    assert set(Delivery.objects.values_list("of", flat=True)) == {"contact"}
    by_filter = make_mailing(by=ann, of="company", query="q=Omnia")
    assert verdicts(by_filter)[ana.pk] == "waiting"


def test_requests_that_are_spam_are_left_out(make_mailing, ann, departments):
    with operation("test", by=None):
        values = {"department": departments.sales, "subject": "Offer"}
        good = Request.objects.create(email="jan@a.example", **values)
        spam = Request.objects.create(email="eva@a.example", state="spam", **values)
    assert verdicts(make_mailing([good, spam], by=ann)) == {good.pk: "waiting", spam.pk: "disqualified"}


def test_writing_the_recipients_again_leaves_the_sent_ones(make_lead, make_mailing, ann):
    jan, twin = make_lead("Jan", email="jan@a.example"), make_lead("Twin", email="jan@a.example", vip=True)
    mailing = make_mailing([jan], by=ann)
    write_recipients(mailing)
    Delivery.objects.update(state="sent", at=timezone.now())
    with operation("test", by=None):
        Mailing.objects.update(ids=[jan.pk, twin.pk])
    mailing.refresh_from_db()
    assert verdicts(mailing) == {jan.pk: "sent", twin.pk: "shared"}


def test_a_mailing_by_a_deleted_field_is_not_sent_to_everyone(make_lead, make_mailing, ann):
    make_lead(email="jan@a.example")
    mailing = make_mailing(by=ann, query="c999.is=A1")
    with pytest.raises(FaultyFilter, match="The filter uses a field that was deleted"):
        write_recipients(mailing)
    assert not Delivery.objects.exists()

"""Mailings only for recipients with a consent: whose consent counts, and where the pages say so."""

from datetime import timedelta
from itertools import product

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from customers.consent import list_filter
from customers.consent.consent_recording import (
    ConsentEntry,
    Source,
    record_consents_of_email,
    record_consents_of_records,
)
from customers.consent.current_consent import get_current_consents
from customers.models import ConsentPurpose, Contact, Request
from leads.models import Lead, Unsubscribe
from mailings.audience.audience import write_recipients
from mailings.audience.recipient_counts import count_recipients, preview_recipient_counts
from mailings.models import Delivery, Mailing
from mailings.verbs import RecipientsChanged, copy_mailing, schedule_mailing

pytestmark = pytest.mark.django_db
MODELS = {"lead": Lead, "contact": Contact}


@pytest.fixture
def news(db):
    with operation("test", by=None):
        return ConsentPurpose.objects.create(name="News", is_newsletter=True)


def told(purpose, given, at=None) -> ConsentEntry:
    return ConsentEntry(purpose, given, Source.USER, at=at)


def verdicts(mailing: Mailing) -> dict[int, str]:
    write_recipients(mailing)
    return {row.record: row.reason or row.state for row in Delivery.objects.of_mailing(mailing)}


def with_consents(record, purpose, own, of_email, *, own_is_newer: bool):
    """A record whose consent was recorded before it had an email, and that of its email; each may be None."""
    key = record.email_key
    rows = MODELS[record.table].objects.filter(pk=record.pk)
    times = [timezone.now() - timedelta(days=days) for days in (2, 1)]
    if of_email is not None:
        record_consents_of_email(key, told(purpose, of_email, times[not own_is_newer]))
    if own is not None:
        with operation("test", by=None):
            rows.update(email="")
        record_consents_of_records(record.table, [record.pk], told(purpose, own, times[own_is_newer]))
        with operation("test", by=None):
            rows.update(email=key)
    return rows.get()


STATES = (None, True, False)


@pytest.mark.parametrize("many", [0, list_filter.MANY])
@pytest.mark.parametrize("table", ["lead", "contact"])
def test_a_recipient_has_the_consent_that_the_page_and_the_list_show(
    table, many, make_lead, make_contact, make_mailing, ann, news, monkeypatch
):
    monkeypatch.setattr(list_filter, "MANY", many)
    make = make_lead if table == "lead" else make_contact
    cases = list(product(STATES, STATES, (True, False)))
    records = []
    for number, (own, of_email, newer) in enumerate(cases):
        record = make(f"Case {number}", email=f"case{number}@a.example")
        record.refresh_from_db()
        records.append(with_consents(record, news, own, of_email, own_is_newer=newer))
    shown = {one.pk: {state.is_given for state in get_current_consents(one)} for one in records}
    found = verdicts(make_mailing(records, by=ann, purpose=news))
    assert found == {pk: "waiting" if states == {True} else "no_consent" for pk, states in shown.items()}
    for state, expected in (("given", {True}), ("withdrawn", {False}), ("none", set())):
        listing = RecordList(KINDS[table], QueryDict(f"consent={news.pk}-{state}"), ann)
        listed = set(listing.visible.values_list("pk", flat=True))
        assert listed == {pk for pk, states in shown.items() if states == expected}, state


def test_a_consent_to_another_purpose_does_not_count(make_lead, make_mailing, ann, news):
    with operation("test", by=None):
        calls = ConsentPurpose.objects.create(name="Calls")
    lead = make_lead(email="jan@a.example")
    record_consents_of_records("lead", [lead.pk], told(calls, True))
    assert verdicts(make_mailing([lead], by=ann, purpose=news)) == {lead.pk: "no_consent"}
    assert verdicts(make_mailing([lead], by=ann, purpose=calls)) == {lead.pk: "waiting"}
    assert verdicts(make_mailing([lead], by=ann)) == {lead.pk: "waiting"}


def test_other_reasons_come_first_and_consent_before_a_shared_address(make_lead, make_mailing, ann, news):
    without, gone = make_lead("Without", email=""), make_lead("Gone", email="gone@a.example")
    first, second = (make_lead(f"Lead {n}", email="jan@a.example") for n in range(2))
    Unsubscribe.objects.create(email_key="gone@a.example")
    mailing = make_mailing([without, gone, first, second], by=ann, purpose=news)
    expected = {without.pk: "no_email", gone.pk: "unsubscribed"}
    assert verdicts(mailing) == expected | {first.pk: "no_consent", second.pk: "no_consent"}
    record_consents_of_email("jan@a.example", told(news, True))
    assert verdicts(mailing) == expected | {first.pk: "waiting", second.pk: "shared"}


def test_contacts_of_companies_and_senders_of_requests_need_the_consent_too(
    make_company, make_contact, make_mailing, ann, departments, news
):
    omnia = make_company("Omnia")
    ana = make_contact("Ana Albu", company=omnia, email="ana@a.example")
    ion = make_contact("Ion Pop", company=omnia, email="ion@a.example")
    record_consents_of_records("contact", [ana.pk], told(news, True))
    assert verdicts(make_mailing([omnia], by=ann, purpose=news)) == {ana.pk: "waiting", ion.pk: "no_consent"}
    with operation("test", by=None):
        values = {"department": departments.sales, "subject": "Offer"}
        asked, other = (
            Request.objects.create(email=f"{name}@a.example", **values) for name in ("ana", "eva")
        )
    found = verdicts(make_mailing([asked, other], by=ann, purpose=news))
    assert found == {asked.pk: "waiting", other.pk: "no_consent"}


def test_a_consent_that_is_withdrawn_after_the_preview_is_noticed_before_sending(
    make_lead, make_mailing, ann, news
):
    leads = [make_lead(f"Lead {n}", email=f"l{n}@a.example") for n in range(2)]
    record_consents_of_records("lead", [lead.pk for lead in leads], told(news, True))
    mailing = make_mailing(leads, by=ann, purpose=news)
    seen = preview_recipient_counts(mailing)
    assert seen.receiving_count == 2
    record_consents_of_records("lead", [leads[0].pk], told(news, False))
    with pytest.raises(RecipientsChanged):
        schedule_mailing(mailing, by=ann, seen=seen.digest)
    assert preview_recipient_counts(mailing).receiving_count == 1


def test_the_pages_count_them_by_name_and_list_exactly_these_recipients(
    make_lead, make_mailing, ann, news, sign_in
):
    ana, ion = make_lead("Ana Albu", email="ana@a.example"), make_lead("Ion Pop", email="ion@a.example")
    record_consents_of_records("lead", [ana.pk], told(news, True))
    mailing = make_mailing([ana, ion], by=ann, purpose=news)
    browser = sign_in(ann)
    link = f"/admin/mailings/{mailing.pk}/recipients?state=left_out&amp;reason=no_consent"
    for place in ("", "/send"):
        page = browser.get(f"/admin/mailings/{mailing.pk}{place}").text
        assert "No consent to “News”" in page
        assert link in page
    page = browser.get(link.replace("&amp;", "&")).text
    assert f"/admin/leads/{ion.pk}" in page
    assert f"/admin/leads/{ana.pk}" not in page
    write_recipients(mailing)
    assert [(str(line.label), line.count) for line in count_recipients(mailing).skipped_lines] == [
        ("No consent to “News”", 1)
    ]


def test_the_purpose_is_chosen_in_both_forms_and_its_change_can_be_undone(
    make_mailing, make_lead, ann, news, sign_in
):
    browser = sign_in(ann)
    sent = {
        "subject": "Offers",
        "department": ann.department_ids[0],
        "records": "lead:all",
        "chosen": "later",
        "purpose": news.pk,
    }
    assert browser.post("/admin/mailings/new", sent).status_code == 302
    mailing = Mailing.objects.get()
    assert mailing.purpose == news
    edit = f"/admin/mailings/{mailing.pk}/edit"
    assert "Only recipients with consent to" in browser.get(edit).text
    values = {
        "department": mailing.department_id,
        "pause_days": 0,
        "most_bounces": 5,
        "version": mailing.version,
    }
    assert browser.post(edit, values | {"purpose": "7000000"}).status_code == 422
    assert browser.post(edit, values | {"purpose": ""}).status_code == 302
    mailing.refresh_from_db()
    assert mailing.purpose is None
    revert_operation(Operation.objects.get(kind="edit_mailing"), by=ann)
    mailing.refresh_from_db()
    assert copy_mailing(mailing, by=ann).purpose == news


def test_a_retired_purpose_stays_chosen_and_is_offered_to_no_other_mailing(make_mailing, ann, news, sign_in):
    chosen, other = make_mailing(by=ann, purpose=news), make_mailing(by=ann)
    with operation("test", by=None):
        ConsentPurpose.objects.update(retired=True)
    browser = sign_in(ann)
    option = f'<option value="{news.pk}" selected>News</option>'
    assert option in browser.get(f"/admin/mailings/{chosen.pk}/edit").text
    assert "Only recipients with consent to" not in browser.get(f"/admin/mailings/{other.pk}/edit").text


def test_a_filter_that_is_read_later_counts_the_consents_of_that_time(make_lead, make_mailing, ann, news):
    lead = make_lead("Jan", email="jan@a.example", country="RO")
    mailing = make_mailing(by=ann, query="country=RO", purpose=news)
    assert verdicts(mailing) == {lead.pk: "no_consent"}
    record_consents_of_records("lead", [lead.pk], told(news, True))
    assert verdicts(mailing) == {lead.pk: "waiting"}

"""No screen and no file says that a suppressed address receives newsletters."""

import pytest
from django.http import QueryDict

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from leads.excel import NewsletterCell
from leads.kind import LEAD
from leads.models import Newsletter, Unsubscribe
from mailings.models import Delivery, ForgottenAddress, Mailing, Suppression
from mailings.suppression.address_digests import build_digest

pytestmark = pytest.mark.django_db
ANA = "ana@omnia.example"
REASON = "An earlier email to this address couldn’t be delivered, so it gets no mailings."


@pytest.fixture
def lead(ann, make_lead):
    """Ana has received a newsletter, and a later one bounced."""
    lead = make_lead("Ana", email=ANA, owner=ann)
    with operation("test", by=None):
        mailing = Mailing.objects.create(subject="News", by=ann)
        Delivery.objects.create(mailing=mailing, record=lead.pk, at="2026-01-01T00:00Z", state="sent")
        Suppression.objects.create(address=ANA, email_key=ANA, reason="bounced")
    return lead


def test_the_page_of_a_lead_says_that_it_is_suppressed_and_why(lead, ann, sign_in):
    page = sign_in(ann).get(lead.get_absolute_url()).text
    assert 'data-newsletter="suppressed"' in page
    assert REASON in page
    assert "Receives newsletters" not in page


def test_the_page_says_so_before_an_erased_address_can_be_read_again(ann, make_lead, sign_in):
    ForgottenAddress.objects.create(digest=build_digest(ANA), reason="bounced")
    page = sign_in(ann).get(make_lead("Ana", email=ANA, owner=ann).get_absolute_url()).text
    assert 'data-newsletter="suppressed"' in page
    assert REASON in page


def test_the_list_its_filter_and_its_files_say_so(lead, ann, make_lead, sign_in):
    bea = make_lead("Bea", email="bea@omnia.example", owner=ann)
    page = sign_in(ann).get("/admin/leads?newsletter=suppressed&columns=newsletter").text
    assert 'data-newsletter="suppressed" role=img title="Suppressed"' in page
    for query, names in (("newsletter=suppressed", ["Ana"]), ("newsletter=receiving", [])):
        listing = RecordList(LEAD, QueryDict(query), ann)
        assert [row.last_name for row in listing.rows] == names, query
    shown = RecordList(LEAD, QueryDict("sort=newsletter"), ann).get_page(50).ids
    assert list(shown) == [bea.pk, lead.pk]
    cell = NewsletterCell()
    cell.prepare(ann)
    assert cell.format_value("suppressed") == "Suppressed"


def test_an_address_that_is_allowed_again_and_the_undo_of_that_change_the_state(lead, ada, sign_in):
    sign_in(ada).post(f"/admin/mailings/suppressed/{Suppression.objects.get().pk}/delete")
    assert Newsletter.objects.get(lead=lead).state == "receiving"
    revert_operation(Operation.objects.order_by("pk").last(), by=ada)
    assert Newsletter.objects.get(lead=lead).state == "suppressed"


def test_the_page_of_a_contact_speaks_of_its_own_address(ann, make_contact, sign_in):
    contact = make_contact("Ana", email=ANA, owner=ann)
    browser = sign_in(ann)
    assert "No newsletter received yet" in browser.get(contact.get_absolute_url()).text
    with operation("test", by=None):
        Suppression.objects.create(address=ANA, email_key=ANA, reason="bounced")
    assert REASON in browser.get(contact.get_absolute_url()).text
    Unsubscribe.objects.create(email_key=ANA)
    page = browser.get(contact.get_absolute_url()).text
    assert 'data-newsletter="unsubscribed"' in page
    assert REASON not in page


def deliver(by, **values) -> None:
    with operation("test", by=None):
        mailing = Mailing.objects.create(subject="News", by=by)
        Delivery.objects.create(mailing=mailing, at="2026-01-01T00:00Z", **{"state": "sent", **values})


@pytest.mark.parametrize(
    ("state", "fact"),
    [("sent", "receiving"), ("waiting", "none"), ("failed", "none"), ("left_out", "none")],
)
def test_a_contact_who_was_sent_a_mailing_as_a_contact_receives_newsletters(
    state, fact, ann, make_contact, sign_in
):
    contact, other = make_contact("Ana", email=ANA, owner=ann), make_contact("Bea", owner=ann)
    deliver(ann, of="contact", record=contact.pk, state=state)
    # What a lead with the same number received is no matter.
    deliver(ann, of="lead", record=other.pk)
    browser = sign_in(ann)
    assert f'data-newsletter="{fact}"' in browser.get(contact.get_absolute_url()).text
    assert 'data-newsletter="none"' in browser.get(other.get_absolute_url()).text
    Unsubscribe.objects.create(email_key=ANA)
    assert 'data-newsletter="unsubscribed"' in browser.get(contact.get_absolute_url()).text


def test_a_contact_has_received_the_mailings_of_a_contact_that_was_merged_into_it(ada, make_contact, sign_in):
    kept, merged = make_contact("Ana", owner=ada), make_contact("Ana", email=ANA, owner=ada)
    deliver(ada, of="contact", record=merged.pk)
    browser = sign_in(ada)
    sent = {"kept": kept.pk, "part": [kept.pk, merged.pk]}
    sent |= {f"version_{one.pk}": one.version for one in (kept, merged)}
    page = browser.post(f"/admin/duplicates/merge/contact?record={kept.pk}&record={merged.pk}", sent)
    assert page.status_code == 302, page.text
    assert 'data-newsletter="receiving"' in browser.get(kept.get_absolute_url()).text

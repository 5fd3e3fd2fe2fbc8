"""Large mailings wait for approval by another user."""

import pytest

from crm.models import AuditEntry, Notification
from crm.records.undo import undo
from mailings import verbs
from mailings.audience import preview
from mailings.models import Delivery, Mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_lead, make_mailing, ann, ada, sign_in, settings) -> Mailing:
    settings.MAILING_APPROVAL_ABOVE = 1
    mailing = make_mailing(
        [make_lead("Jan", email="j@a.example"), make_lead("Eva", email="e@a.example")], by=ann
    )
    page = sign_in(ann).get(f"/admin/mailings/{mailing.pk}/send")
    assert "So many recipients require approval." in page.text
    sign_in(ann).post(f"/admin/mailings/{mailing.pk}/send", {"seen": preview(mailing).digest})
    mailing.refresh_from_db()
    return mailing


def decide(browser, mailing: Mailing, answer: str):
    seen = preview(mailing).digest
    browser.post(f"/admin/mailings/{mailing.pk}/decide", {"answer": answer, "seen": seen})
    mailing.refresh_from_db()
    return mailing.state


def test_a_large_mailing_waits_until_another_user_approves_it(asked, ann, ada, sign_in):
    assert asked.state == "asked"
    assert not Delivery.objects.exists()
    assert Notification.objects.filter(user=ada, kind="mailing_asked").exists()
    assert decide(sign_in(ann), asked, "approve") == "asked"
    assert "Waiting for your approval" in sign_in(ada).get(f"/admin/mailings/{asked.pk}").text
    assert decide(sign_in(ada), asked, "approve") == "scheduled"
    assert Delivery.objects.of_mailing(asked).in_state("waiting").count() == 2
    assert Notification.objects.filter(user=ann, kind="mailing_approved").exists()
    assert AuditEntry.objects.filter(kind="mailing_approved", record=asked.pk).exists()


def test_a_declined_mailing_is_a_draft_again(asked, ann, ada, sign_in):
    assert decide(sign_in(ada), asked, "decline") == "draft"
    assert Notification.objects.filter(user=ann, kind="mailing_declined").exists()


def test_an_approver_is_not_asked(make_lead, make_mailing, ada, sign_in, settings):
    settings.MAILING_APPROVAL_ABOVE = 1
    mailing = make_mailing(
        [make_lead("Jan", email="j@a.example"), make_lead("Eva", email="e@a.example")], by=ada
    )
    sign_in(ada).post(f"/admin/mailings/{mailing.pk}/send", {"seen": preview(mailing).digest})
    mailing.refresh_from_db()
    assert mailing.state == "scheduled"


def test_a_request_for_approval_can_be_undone(asked, ann):
    from crm.models import Operation

    undo(Operation.objects.get(kind="request_mailing"), by=ann)
    asked.refresh_from_db()
    assert asked.state == "draft"


def test_a_filter_that_is_read_later_requires_approval_whatever_it_finds_now(
    make_mailing, make_lead, ann, settings
):
    settings.MAILING_APPROVAL_ABOVE = 100
    make_lead("Jan", email="j@a.example")
    mailing = make_mailing(by=ann, query="all=1")
    record = verbs.schedule(mailing, by=ann, seen=preview(mailing).digest)
    assert record.kind == "request_mailing"

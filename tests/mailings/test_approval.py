"""Large mailings wait for approval by another user."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import AuditEntry, Notification
from crm.platform.web.notifications import get_notification_sentence
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from mailings import verbs
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.content.attachments import AttachForm
from mailings.content.email_content import build_mailing_email
from mailings.models import Delivery, Mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_lead, make_mailing, ann, ada, sign_in, settings) -> Mailing:
    settings.MAILING_APPROVAL_ABOVE = 1
    mailing = make_mailing(
        [make_lead("Zoltan", email="j@a.example"), make_lead("Eva", email="e@a.example")], by=ann
    )
    page = sign_in(ann).get(f"/admin/mailings/{mailing.pk}/send")
    assert "Mailings to more than 1 recipient require approval." in page.text
    sign_in(ann).post(
        f"/admin/mailings/{mailing.pk}/send", {"seen": preview_recipient_counts(mailing).digest}
    )
    mailing.refresh_from_db()
    return mailing


@pytest.fixture
def eve(someone_with):
    """A colleague who may send the mailings of others."""
    return someone_with("view_mailing", "send_mailing", "see_all", "view_lead")


def decide(browser, mailing: Mailing, answer: str):
    seen = preview_recipient_counts(mailing).digest
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


@pytest.mark.parametrize(("answer", "verb"), [("approve", "approved"), ("decline", "declined")])
def test_who_requests_approval_of_a_colleagues_mailing_is_notified_of_the_decision(
    answer, verb, make_lead, make_mailing, ann, ada, eve, sign_in, settings
):
    settings.MAILING_APPROVAL_ABOVE = 1
    leads = [make_lead("Jan", email="j@a.example"), make_lead("Eva", email="e@a.example")]
    mailing = make_mailing(leads, by=ann)
    seen = preview_recipient_counts(mailing).digest
    page = sign_in(eve).post(f"/admin/mailings/{mailing.pk}/send", {"seen": seen}, follow=True).text
    assert "You’ll be notified of the decision." in page
    mailing.refresh_from_db()
    decide(sign_in(ada), mailing, answer)
    told = Notification.objects.filter(kind__in=["mailing_approved", "mailing_declined"])
    sentences = {notice.user.name: get_notification_sentence(notice) for notice in told}
    assert sentences.keys() == {"Ann", eve.name}
    assert sentences["Ann"].startswith(f"Ada {verb} your mailing")
    assert sentences[eve.name].startswith(f"Ada {verb} the mailing")


def test_an_approver_is_not_asked(make_lead, make_mailing, ada, sign_in, settings):
    settings.MAILING_APPROVAL_ABOVE = 1
    mailing = make_mailing(
        [make_lead("Jan", email="j@a.example"), make_lead("Eva", email="e@a.example")], by=ada
    )
    sign_in(ada).post(
        f"/admin/mailings/{mailing.pk}/send", {"seen": preview_recipient_counts(mailing).digest}
    )
    mailing.refresh_from_db()
    assert mailing.state == "scheduled"


def test_a_request_for_approval_can_be_undone(asked, ann):
    from crm.models import Operation

    revert_operation(Operation.objects.get(kind="request_mailing"), by=ann)
    asked.refresh_from_db()
    assert asked.state == "draft"


def test_a_filter_that_is_read_later_requires_approval_whatever_it_finds_now(
    make_mailing, make_lead, ann, settings
):
    settings.MAILING_APPROVAL_ABOVE = 100
    make_lead("Jan", email="j@a.example")
    mailing = make_mailing(by=ann, query="all=1")
    record = verbs.schedule_mailing(mailing, by=ann, seen=preview_recipient_counts(mailing).digest)
    assert record.kind == "request_mailing"


@pytest.fixture
def written(asked, ann) -> Mailing:
    """With a personal text, a preview text and a file."""
    with operation("test", by=None):
        text = "Dear {name} at {company|your place}"
        Mailing.objects.filter(pk=asked.pk).update(text=text, preheader="New for {name}")
    form = AttachForm({}, {"attachments": [SimpleUploadedFile("prices.txt", b"1;2")]}, mailing=asked)
    assert form.is_valid()
    form.write(ann)
    return asked


@pytest.fixture
def page_for(written, sign_in):
    """page_for(user): the page of the mailing, also what is in the frame of its email."""

    def page(user) -> str:
        return unescape(sign_in(user).get(f"/admin/mailings/{written.pk}").text)

    return page


def test_an_approver_sees_the_email_as_a_recipient_gets_it_with_sender_files_and_funnel(
    written, ada, sign_in, page_for
):
    page = page_for(ada)
    assert "Waiting for your approval" in page
    assert "Dear Zoltan at your place" in page
    assert "New for Zoltan" in page
    assert "Will receive it" in page
    (file,) = written.files.all()
    path = f"/admin/mailings/{written.pk}/files/{file.pk}"
    assert f'href="{path}"' in page
    answer = sign_in(ada).get(path)
    assert b"".join(answer.streaming_content) == b"1;2"
    assert "attachment" in answer["Content-Disposition"]


def test_an_approver_who_sees_no_recipient_sees_sample_values_and_no_name(someone_with, page_for):
    eve = someone_with("view_mailing", "approve_mailing", "view_lead")
    page = page_for(eve)
    assert "Waiting for your approval" in page
    assert "the preview shows sample values" in page
    assert "Dear Alex Sample at Sample Company" in page
    for name in ("Zoltan", "Eva", "a.example"):
        assert name not in page


def test_an_approver_without_a_right_on_leads_sees_no_recipient(someone_with, page_for):
    assert "Dear Alex Sample" in page_for(someone_with("view_mailing", "approve_mailing"))


def test_only_those_who_see_a_mailing_see_its_email_and_files(written, carla, bob, sign_in):
    (file,) = written.files.all()
    for path in (f"/admin/mailings/{written.pk}", f"/admin/mailings/{written.pk}/files/{file.pk}"):
        assert sign_in(carla).get(path).status_code == 404
        assert sign_in(bob).get(path).status_code == 403


def test_sample_values_are_never_sent(written, bob):
    gone = Delivery(mailing=written, of="lead", record=0, address="x@a.example")
    assert "Alex" not in build_mailing_email(gone).body

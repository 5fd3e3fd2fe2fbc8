"""The steps of a mailing: pause, resume, cancel, delete and copy, who may take them, and their undo."""

import pytest
from django.utils import timezone

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import operation
from mailings import verbs
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.models import Delivery, Mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheduled(make_lead, make_mailing, ann) -> Mailing:
    leads = [make_lead("Jan", email="jan@a.example"), make_lead("Eva", email="eva@a.example")]
    mailing = make_mailing(leads, by=ann)
    verbs.schedule_mailing(mailing, by=ann, seen=preview_recipient_counts(mailing).digest)
    mailing.refresh_from_db()
    return mailing


def states(mailing: Mailing) -> list[str]:
    rows = Delivery.objects.of_mailing(mailing).order_by("record")
    return [row.reason or row.state for row in rows]


def begin(mailing: Mailing) -> None:
    """As the worker does; one of the two emails is sent."""
    with operation("begin", by=None):
        Mailing.objects.filter(pk=mailing.pk).update(state="sending", sent_at=timezone.now())
    first = Delivery.objects.of_mailing(mailing).order_by("record").first()
    Delivery.objects.filter(pk=first.pk).update(state="sent", at=timezone.now())


def test_a_scheduled_mailing_is_paused_resumed_and_canceled(scheduled, ann, sign_in):
    browser = sign_in(ann)
    for step, state in [("pause", "paused"), ("resume", "scheduled"), ("cancel", "cancelled")]:
        browser.post(f"/admin/mailings/{scheduled.pk}/{step}")
        scheduled.refresh_from_db()
        assert scheduled.state == state
    assert states(scheduled) == ["cancelled", "cancelled"]


def test_a_mailing_that_has_begun_goes_on_when_it_is_resumed(scheduled, ann):
    begin(scheduled)
    verbs.pause_mailing(scheduled, by=ann)
    verbs.resume_mailing(scheduled, by=ann)
    scheduled.refresh_from_db()
    assert scheduled.state == "sending"
    assert states(scheduled) == ["sent", "waiting"]


def test_undoing_a_cancellation_lets_the_others_wait_again(scheduled, ann):
    begin(scheduled)
    record = verbs.cancel_mailing(scheduled, by=ann)
    assert states(scheduled) == ["sent", "cancelled"]
    undone = revert_operation(record, by=ann)
    assert states(scheduled) == ["sent", "waiting"]
    revert_operation(undone.operation, by=ann)
    assert states(scheduled) == ["sent", "cancelled"]


def test_scheduling_that_was_undone_is_not_redone_by_undo(scheduled, ann):
    undone = revert_operation(Operation.objects.get(kind="schedule_mailing"), by=ann)
    with pytest.raises(UndoRefused, match="Send the mailing again instead"):
        revert_operation(undone.operation, by=ann)


def test_a_mailing_that_was_sent_to_someone_cannot_be_unscheduled(scheduled, ann):
    begin(scheduled)
    with pytest.raises(UndoRefused, match="1 email of this mailing was sent and can’t be unsent"):
        revert_operation(Operation.objects.get(kind="schedule_mailing"), by=ann)
    scheduled.refresh_from_db()
    assert scheduled.state == "sending"


@pytest.mark.parametrize("step", ["resume", "decide", "delete", "send"])
def test_a_step_that_does_not_fit_the_state_changes_nothing(step, scheduled, ada, sign_in):
    answer = sign_in(ada).post(f"/admin/mailings/{scheduled.pk}/{step}", {"answer": "approve", "seen": "x"})
    assert answer.status_code == 302
    scheduled.refresh_from_db()
    assert scheduled.state == "scheduled"


def test_a_draft_is_deleted_and_comes_back_by_undo(make_lead, make_mailing, ann, sign_in):
    lead = make_lead(email="jan@a.example")
    mailing = make_mailing([lead], by=ann)
    sign_in(ann).post(f"/admin/mailings/{mailing.pk}/delete")
    assert not Mailing.objects.exists()
    revert_operation(Operation.objects.get(kind="delete_mailing"), by=ann)
    assert Mailing.objects.get().ids == [lead.pk]


def test_a_copy_is_a_draft_of_the_user_for_the_same_records(scheduled, ada, sign_in):
    sign_in(ada).post(f"/admin/mailings/{scheduled.pk}/copy")
    copy = Mailing.objects.exclude(pk=scheduled.pk).get()
    assert (copy.state, copy.by, copy.ids, copy.text) == ("draft", ada, scheduled.ids, scheduled.text)


def test_the_settings_of_a_draft_are_edited_as_a_change(make_mailing, ann, sign_in, departments):
    mailing = make_mailing(by=ann)
    values = {
        "department": departments.sales.pk,
        "pause_days": "7",
        "most_bounces": "5",
        "version": mailing.version,
    }
    sign_in(ann).post(f"/admin/mailings/{mailing.pk}/edit", values)
    mailing.refresh_from_db()
    assert mailing.pause_days == 7
    record = Operation.objects.get(kind="edit_mailing")
    with operation("test", by=None):
        Mailing.objects.update(state="scheduled")
    with pytest.raises(UndoRefused, match="Only drafts can be edited"):
        revert_operation(record, by=ann)
    with operation("test", by=None):
        Mailing.objects.update(state="draft")
    revert_operation(record, by=ann)
    mailing.refresh_from_db()
    assert mailing.pause_days == 0


def test_a_scheduled_mailing_is_not_edited(scheduled, ann, sign_in):
    page = sign_in(ann).get(f"/admin/mailings/{scheduled.pk}/edit", follow=True)
    assert "Only drafts can be edited." in page.text


def test_a_time_in_the_past_is_not_accepted(make_lead, make_mailing, ann, sign_in):
    mailing = make_mailing([make_lead(email="jan@a.example")], by=ann)
    values = {"seen": preview_recipient_counts(mailing).digest, "send_at": "2020-01-01T09:00"}
    page = sign_in(ann).post(f"/admin/mailings/{mailing.pk}/send", values)
    assert page.status_code == 422
    assert "Enter a time in the future" in page.text


def test_a_mailing_that_reaches_no_one_is_not_sent(make_lead, make_mailing, ann, sign_in):
    mailing = make_mailing([make_lead(email="")], by=ann)
    page = sign_in(ann).post(
        f"/admin/mailings/{mailing.pk}/send", {"seen": preview_recipient_counts(mailing).digest}
    )
    assert "All recipients are skipped" in page.text
    mailing.refresh_from_db()
    assert mailing.state == "draft"


def test_names_of_recipients_are_shown_as_far_as_the_reader_sees_them(
    make_lead, make_mailing, ada, ann, sign_in, departments
):
    jan = make_lead("Jan Novák", email="jan@a.example")
    dana = make_lead("Dana Foreign", email="dana@a.example", department=departments.export)
    mailing = make_mailing([jan, dana], by=ada)
    page = sign_in(ann).get(f"/admin/mailings/{mailing.pk}/recipients")
    assert "Jan Novák" in page.text
    assert "Dana" not in page.text
    assert "1 recipient on this page isn’t shown" in page.text
    with_names = sign_in(ada).get(f"/admin/mailings/{mailing.pk}/recipients?state=waiting")
    assert "Dana Foreign" in with_names.text
    assert "Dana" not in sign_in(ada).get(f"/admin/mailings/{mailing.pk}/recipients?reason=no_email").text


def test_mailings_of_other_departments_are_not_found(make_mailing, ann, carla, sign_in):
    mailing = make_mailing(by=ann)
    browser = sign_in(carla)
    assert browser.get(f"/admin/mailings/{mailing.pk}").status_code == 404
    assert "Price list" not in browser.get("/admin/mailings").text

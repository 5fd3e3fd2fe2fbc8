"""An email that is moved to another record takes its received message along, and an undo brings both back."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.work.grouped_timeline.move_entries import get_move_entries
from crm.work.models.activity import Activity
from mailboxes.models import Message
from mailboxes.receiving.personal_messages import change_privacy
from tests.mailboxes.conftest import an_email, read

pytestmark = pytest.mark.django_db
ANA = "Ana Albu <ana@omnia.example>"


@pytest.fixture
def lead(make_lead, ada):
    return make_lead(email="ana@omnia.example", owner=ada)


@pytest.fixture
def other(make_lead, ada):
    return make_lead("Eva Marin", owner=ada)


@pytest.fixture
def boxes(mailbox, make_personal, ada, ann):
    return {
        "private": make_personal(ada, private=True),
        "personal": make_personal(ann, private=False),
        "shared": mailbox,
    }


def move(browser, activity, target) -> None:
    path = f"/admin/leads/{activity.record}/activities/{activity.pk}/move"
    answer = browser.post(path, {"to": f"{target.table}-{target.pk}", "thread": "0"}, follow=True)
    assert f"Moved to {target}." in answer.text


def get_places() -> list[tuple[str, int]]:
    return list(Message.objects.with_record().order_by("pk").values_list("of", "record"))


@pytest.mark.parametrize("box", ["private", "personal", "shared"])
def test_the_message_of_a_moved_email_names_its_new_record_until_an_undo(
    box, boxes, imap, lead, other, ada, sign_in
):
    imap.deliver(boxes[box].address, an_email(boxes[box], From=ANA))
    read(boxes[box])
    assert get_places() == [("lead", lead.pk)]
    move(sign_in(ada), Activity.objects.get(), other)
    assert get_places() == [("lead", other.pk)]
    revert_operation(Operation.objects.get(kind="move_activity"), by=ada)
    assert Activity.objects.get().record == lead.pk
    assert get_places() == [("lead", lead.pk)]


def test_the_message_moves_to_another_record_type(boxes, imap, lead, make_company, ada, sign_in):
    omnia = make_company("Omnia", owner=ada)
    imap.deliver(boxes["private"].address, an_email(boxes["private"], From=ANA))
    read(boxes["private"])
    move(sign_in(ada), Activity.objects.get(), omnia)
    assert get_places() == [("company", omnia.pk)]
    revert_operation(Operation.objects.get(kind="move_activity"), by=ada)
    assert get_places() == [("lead", lead.pk)]


def test_an_answer_in_a_private_mailbox_follows_its_moved_thread(boxes, imap, lead, other, ada, sign_in):
    box = boxes["private"]
    imap.deliver(box.address, an_email(box, From=ANA, Message_ID="<first@omnia.example>"))
    read(box)
    move(sign_in(ada), Activity.objects.get(), other)
    imap.deliver(box.address, an_email(box, From=ANA, References="<first@omnia.example>"))
    read(box)
    assert ("lead", other.pk) in set(Activity.objects.exclude(subject="").values_list("of", "record"))
    assert get_places()[0] == ("lead", other.pk)


def test_the_messages_of_other_emails_stay(boxes, imap, lead, other, ada, sign_in):
    for box in boxes.values():
        imap.deliver(box.address, an_email(box, From=ANA))
        read(box)
    first = Activity.objects.order_by("pk").first()
    move(sign_in(ada), first, other)
    assert get_places() == [("lead", other.pk), ("lead", lead.pk), ("lead", lead.pk)]


def test_an_email_of_two_records_takes_its_message_along_from_the_first_one(
    boxes, imap, lead, other, make_lead, ada, sign_in
):
    second = make_lead("Twin", email="ana@omnia.example", owner=ada)
    box = boxes["private"]
    imap.deliver(box.address, an_email(box, From=ANA))
    read(box)
    [first] = get_places()
    theirs = Activity.objects.exclude(record=first[1]).get()
    assert {first[1], theirs.record} == {lead.pk, second.pk}
    move(sign_in(ada), theirs, other)
    assert get_places() == [first]


def test_nobody_else_hears_of_the_move_of_a_conversation_that_is_private_now(
    boxes, imap, lead, other, ada, ann, sign_in
):
    box = boxes["personal"]
    imap.deliver(box.address, an_email(box, From=ANA))
    read(box)
    move(sign_in(ann), Activity.objects.get(), other)

    def count_moves(viewer) -> int:
        return len(get_move_entries("lead", other.pk, viewer, None, 10))

    assert (count_moves(ann), count_moves(ada)) == (1, 1)
    change_privacy(Message.objects.get(), private=True, by=ann)
    assert (count_moves(ann), count_moves(ada)) == (1, 0)
    change_privacy(Message.objects.get(), private=False, by=ann)
    assert (count_moves(ann), count_moves(ada)) == (1, 1)

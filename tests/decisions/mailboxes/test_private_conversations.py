"""Whether an email of a personal mailbox is private, as its conversation is, and what a change of that changes."""

from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from accounts.models import User
from crm.models import Activity, EmailEnvelope, Notification, Operation, Task
from crm.records.history.verb_execution import operation
from mailboxes.models import Mailbox, Message, MessageEntry
from mailboxes.models.message import hash_message_id
from mailboxes.receiving import personal_messages
from mailboxes.receiving.arriving_message import Arrival, write_message_row
from mailboxes.receiving.personal_messages import change_privacy
from tests.decisions.mailboxes.test_contents import build_index
from tests.decisions.mailboxes.test_personal_emails import (
    ANA,
    ION,
    OWN,
    STRANGER,
    mailbox,
    make_mailbox,
    receive,
    records,
)
from tests.decisions.mailboxes.test_records_of_emails import add_email, place

__all__ = ["mailbox", "records"]

pytestmark = pytest.mark.django_db

FIRST, SECOND, NONE = "<first@a.example>", "<second@a.example>", "<none@a.example>"
# What the mailbox says, what was received before in this order: its ID, what it names, and whether it is private; what the new one
# names; whether it is private; and the ID of the first message of its conversation.
THREADS: dict[str, tuple[bool, list[tuple[str, str, bool]], str, bool, str]] = {
    "a new conversation": (False, [], "", False, "<new@a.example>"),
    "a new conversation of a private mailbox": (True, [], "", True, "<new@a.example>"),
    "an answer to an unknown email": (False, [], NONE, False, NONE),
    "an answer to unknown emails": (False, [], f"{NONE} {FIRST}", False, NONE),
    "an answer to a private one": (False, [(FIRST, "", True)], FIRST, True, FIRST),
    "an answer to one that is shared": (True, [(FIRST, "", False)], FIRST, False, FIRST),
    "an answer to an answer": (False, [(FIRST, "", True), (SECOND, FIRST, True)], SECOND, True, FIRST),
    "an answer to a conversation that was shared since": (
        True, [(FIRST, "", True), (SECOND, FIRST, False)], FIRST, False, FIRST,
    ),
    "an answer to a conversation that is private since": (
        False, [(FIRST, "", False), (SECOND, FIRST, True)], FIRST, True, FIRST,
    ),
    "another conversation is private": (False, [(FIRST, "", True)], NONE, False, NONE),
    "a later one names an unknown one first": (
        False, [(FIRST, "", True)], f"{NONE} {FIRST}", True, FIRST,
    ),
    "of two conversations, that of the newest email": (
        False, [(FIRST, "", True), (SECOND, "", False)], f"{FIRST} {SECOND}", False, SECOND,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("default", "before", "names", "private", "first"), THREADS.values(), ids=THREADS)
def test_an_answer_is_as_private_as_its_conversation(
    default, before, names, private, first, mailbox, records, ben
):
    # The same emails in another mailbox decide nothing.
    other = make_mailbox(ben, "ben@ours.example", private=not default)
    for number, (one, _names, is_private) in enumerate(before):
        Message.objects.create(
            mailbox=other,
            folder="INBOX",
            uid_validity=1,
            uid=number,
            key=hash_message_id(f"{one} {other.pk}"),
            outcome="timeline",
            thread=hash_message_id("elsewhere"),
            private=not is_private,
        )
    for one, named, is_private in before:
        Mailbox.objects.filter(pk=mailbox.pk).update(private=is_private)
        mailbox.refresh_from_db()
        row = receive(mailbox, Message_ID=one, References=named)
        Message.objects.filter(pk=row.pk).update(private=is_private)
    Message.objects.create(
        mailbox=other,
        folder="INBOX",
        uid_validity=1,
        uid=99,
        outcome="timeline",
        thread=hash_message_id(first),
        private=not private,
    )
    Mailbox.objects.filter(pk=mailbox.pk).update(private=default)
    mailbox.refresh_from_db()
    row = receive(mailbox, Message_ID="<new@a.example>", References=names)
    assert (row.private, row.thread) == (private, hash_message_id(first))
    assert Activity.objects.latest("pk").private_to == (mailbox.owner if private else None)


@pytest.mark.parametrize(
    "index", [build_index(27), ""], ids=["of one conversation", "without a conversation"]
)
def test_an_answer_of_outlook_belongs_to_its_conversation(index, mailbox, records):
    first = receive(mailbox, Message_ID=FIRST, Thread_Index=build_index(22))
    Message.objects.filter(pk=first.pk).update(private=True)
    assert EmailEnvelope.objects.exclude(conversation="").count() == 1
    row = receive(mailbox, Message_ID=SECOND, **({"Thread_Index": index} if index else {}))
    assert row.thread == hash_message_id(FIRST if index else SECOND)
    assert row.private is bool(index)


# Whether the email that is answered was received by this mailbox, and as part of which conversation; that of the answer.
ELSEWHERE = {
    "by this one": (True, "here", "here"),
    "by this one, before conversations were known": (True, "", hash_message_id(FIRST)),
    "by another one": (False, "there", hash_message_id(FIRST)),
}


@pytest.mark.parametrize(("own", "thread", "expected"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_conversation_is_one_of_a_mailbox(own, thread, expected, mailbox, records, ben):
    box = mailbox if own else make_mailbox(ben, "ben@ours.example")
    key = hash_message_id(FIRST)
    values = {"folder": "INBOX", "uid_validity": 1, "uid": 98, "outcome": "timeline", "key": key}
    Message.objects.create(mailbox=box, thread=thread, private=True, **values)
    row = receive(mailbox, References=FIRST)
    assert (row.thread, row.private) == (expected, thread == "here")


def test_of_emails_of_one_conversation_in_outlook_the_newest_with_a_thread_counts(mailbox, records):
    rows = [receive(mailbox, Message_ID=one, Thread_Index=build_index(22)) for one in (FIRST, SECOND, NONE)]
    for row, thread in zip(rows, ("old", "new", ""), strict=True):
        Message.objects.filter(pk=row.pk).update(thread=thread)
    assert receive(mailbox, Thread_Index=build_index(27)).thread == "new"


@pytest.mark.parametrize("added", [True, False], ids=["on a timeline", "on none"])
def test_the_answer_to_an_invitation_is_for_everyone(added, mailbox, records, bob, monkeypatch):
    mailbox.private = True
    mailbox.save()
    with operation("receive_email", by=None) as record:
        Activity.objects.create(of="lead", record=records["ana"].pk, type="email", at=timezone.now())
    seen: list[bool] = []

    def receive_answers(arrival: Arrival, answers: Any, files: Any, *, reader: User) -> Any:
        assert (answers, reader) == (["yes"], bob)
        seen.append(arrival.private)
        return write_message_row(arrival, "answer"), record if added else None

    monkeypatch.setattr(personal_messages, "store_answers", lambda replies, sender: ["yes"])
    monkeypatch.setattr(personal_messages, "receive_invitation_answers", receive_answers)
    row = receive(mailbox, STRANGER)
    assert (seen, row.outcome, row.private) == ([False], "answer", False)
    assert MessageEntry.objects.filter(message=row).count() == added
    # Of one that is too large, the answers aren't read.
    assert receive(mailbox, STRANGER, whole=False) is None


class Kept(NamedTuple):
    """An email of a mailbox: whose it is, in which conversation, and who alone sees it at first and then."""

    owner: str
    thread: str
    before: str
    after: str


# Whether Bob makes the conversation t private, and its emails.
PRIVACY: dict[str, tuple[bool, list[Kept]]] = {
    "made private": (True, [Kept("bob", "t", "", "bob"), Kept("bob", "t", "", "bob")]),
    "shared": (False, [Kept("bob", "t", "bob", ""), Kept("bob", "t", "bob", "")]),
    "private already": (True, [Kept("bob", "t", "bob", "bob"), Kept("bob", "t", "", "bob")]),
    "not another conversation": (True, [Kept("bob", "t", "", "bob"), Kept("bob", "u", "", "")]),
    "not one of another mailbox": (True, [Kept("bob", "t", "", "bob"), Kept("ben", "t", "", "")]),
    "not shared for another owner": (False, [Kept("bob", "t", "bob", ""), Kept("ben", "t", "ben", "ben")]),
}


@pytest.mark.parametrize(("private", "emails"), PRIVACY.values(), ids=PRIVACY)
def test_who_sees_a_conversation(private, emails, cast, records):
    boxes = {name: make_mailbox(getattr(cast, name), f"{name}@ours.example") for name in ("bob", "ben")}
    made = []
    for number, one in enumerate(emails):
        values = {"private_to": getattr(cast, one.before) if one.before else None}
        parameters = {"private": True} if one.before else {}
        table = "lead"
        with operation("receive_email", by=None, table=table, parameters=parameters) as written:
            activity = Activity.objects.create(
                of="lead",
                record=records["ana"].pk,
                type="email",
                outcome="received",
                at=timezone.now(),
                **values,
            )
        row = Message.objects.create(
            mailbox=boxes[one.owner],
            folder="INBOX",
            uid_validity=1,
            uid=number,
            outcome="timeline",
            thread=one.thread,
            private=bool(one.before),
        )
        MessageEntry.objects.create(message=row, activity=activity.pk)
        note = Notification.objects.create(user=cast.ann, kind="email_received", operation=written)
        other = Notification.objects.create(user=cast.ann, kind="task_due", operation=written)
        made.append((one, activity, row, written, note, other))
    change_privacy(made[0][2], private=private, by=cast.bob)
    for one, activity, row, written, note, other in made:
        activity.refresh_from_db()
        row.refresh_from_db()
        written.refresh_from_db()
        assert activity.private_to == (getattr(cast, one.after) if one.after else None)
        assert (row.private, written.is_private) == (bool(one.after), bool(one.after))
        touched = one.owner == "bob" and one.thread == "t"
        assert Notification.objects.filter(pk=note.pk).exists() is not (private and touched)
        assert Notification.objects.filter(pk=other.pk).exists()
    changed = Operation.objects.get(kind="change_privacy")
    assert (changed.by, changed.parameters) == (cast.bob, {"private": private})


# The kind and the record type of a later change of an email that becomes private, and whether others may still read it.
LATER = {
    "it was pinned": ("pin_activity", "lead", False),
    "it was moved": ("move_activity", "lead", False),
    "it was deleted": ("delete_activity", "lead", False),
    "a change of many records": ("merge", "lead", True),
    "a change that names no record": ("move_activity", "", True),
}


@pytest.mark.parametrize(("kind", "table", "readable"), LATER.values(), ids=LATER)
def test_later_changes_of_a_private_email_are_private_too(kind, table, readable, mailbox, records, bob):
    row = receive(mailbox)
    with operation(kind, by=bob, table=table) as later:
        Activity.objects.update(pinned=True)
    with operation(kind, by=bob, table=table) as of_task:
        # A task with the number of the email.
        number = Activity.objects.get().pk
        Task.objects.create(pk=number, title="Call", of="lead", record=records["ana"].pk)
    with operation(kind, by=bob, table=table) as another:
        add = Activity(of="lead", record=records["other"].pk, type="email", at=timezone.now())
        add.save()
    change_privacy(row, private=True, by=bob)
    later.refresh_from_db()
    another.refresh_from_db()
    of_task.refresh_from_db()
    assert later.is_private is not readable
    assert not of_task.is_private
    assert not another.is_private


def test_the_records_of_a_conversation_are_locked_in_one_order(mailbox, records, bob, monkeypatch):
    row = receive(mailbox, OWN, To=f"{ION}, {ANA}")
    added = add_email(records["other"])
    MessageEntry.objects.create(message=row, activity=added.pk)
    locked: list[tuple[str, int]] = []
    monkeypatch.setattr(personal_messages, "lock_record", lambda one: locked.append((one.of, one.record)))
    change_privacy(row, private=True, by=bob)
    assert locked == [place(records[name]) for name in ("ion", "ana", "other")]

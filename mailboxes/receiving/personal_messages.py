"""Receiving a message of a personal mailbox: on the timelines of those that it is from or to, for all or only for its owner."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation

from accounts.models import User
from crm.models import Change, EmailEnvelope, InvitationAnswer, Notification, Operation
from crm.platform.configuration.company import get_company_language
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.kept_file import KeptFile
from crm.platform.models.operation import PRIVATE
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.moves import MoveActivity
from crm.work.activities.verbs import DeleteActivity, PinActivity, lock_record
from crm.work.emails.thread_index import get_conversation
from crm.work.invitations.invitation_answers import store_answers
from crm.work.models.activity import Activity
from mailboxes.messages.received_message import ReceivedMessage
from mailboxes.models import Mailbox, Message, MessageEntry
from mailboxes.models.message import hash_message_id
from mailboxes.receiving.arriving_message import (
    SYSTEM,
    Arrival,
    Kind,
    add_email,
    build_private_key,
    get_email_values,
    write_folder_position,
    write_message_row,
)
from mailboxes.receiving.invitation_replies import receive_invitation_answers
from mailboxes.receiving.known_addresses import find_known_records
from mailboxes.receiving.loop_detection import is_own_message
from mailboxes.receiving.record_lookup import RecordId, find_thread_record
from mailboxes.verbs import ChangePrivacy, ReceiveEmail, ReceivePrivateEmail

# Operations about a single email or its conversation, which name their records.
OF_ONE_EMAIL = [ReceiveEmail.kind, PinActivity.kind, MoveActivity.kind, DeleteActivity.kind]


@dataclass(frozen=True)
class MailboxOwner:
    """The owner of a personal mailbox, with their permissions, and the addresses that they write from."""

    user: User
    addresses: set[str]


def receive_personal(arrival: Arrival, *, owner: MailboxOwner, is_sent: bool) -> None:
    letter: Any = arrival.letter
    arrival.thread = _get_thread(letter, arrival.mailbox)
    arrival.private = _is_private(arrival)
    keys = [hash_message_id(letter.message_id), build_private_key(letter, arrival.mailbox)]
    # Committed outside of `kept`: if the answer to a commit is lost, the rows may be there and name the files.
    with (
        transaction.atomic(),
        store_uploads(arrival.files) as files,
        translation.override(get_company_language()),
    ):
        if Message.objects.filter(key__in=keys).exists():
            write_message_row(arrival, Kind.KNOWN)
        elif arrival.fetched.is_whole and (answers := store_answers(letter.replies, letter.sender)):
            _receive_invitation_answers(arrival, owner, answers, tuple(files))
        elif not _find_records_of_addresses(letter, owner):
            # From someone who is only invited to a meeting, or the record was deleted since: it leaves no trace.
            write_folder_position(arrival)
        elif not arrival.fetched.is_whole:
            write_message_row(arrival, Kind.TOO_LARGE)
        elif is_own_message(letter):
            write_message_row(arrival, Kind.OWN)
        elif (letter.automatic and not letter.automatic_reply) or letter.bounce is not None:
            write_message_row(arrival, Kind.AUTOMATIC)
        else:
            _add_to_records(arrival, owner, is_sent, tuple(files))


def _get_thread(letter: ReceivedMessage, mailbox: Mailbox) -> str:
    """That of a message that it answers, or of one of the same conversation in Outlook, or else the first message that it names,
    which may not be here."""
    messages = Message.objects.filter(mailbox=mailbox)
    keys = [hash_message_id(one) for one in letter.references]
    keys += [hash_message_id(f"{one} {mailbox.pk}") for one in letter.references]
    known = messages.filter(key__in=keys).exclude(thread="").newest_first().first()
    if known is None:
        same = EmailEnvelope.objects.of_conversation(get_conversation(letter.thread_index)).values("activity")
        known = messages.filter(entries__activity__in=same).exclude(thread="").newest_first().first()
    return known.thread if known else hash_message_id([*letter.references, letter.message_id][0])


def _is_private(arrival: Arrival) -> bool:
    """As the last one of its conversation, or else as the mailbox says."""
    own = Message.objects.filter(mailbox=arrival.mailbox).in_thread(arrival.thread)
    last = own.newest_first().first()
    return last.private if last else arrival.mailbox.private


def _find_records_of_addresses(letter: ReceivedMessage, owner: MailboxOwner) -> dict[str, list[RecordId]]:
    """The records of the sender and of those whom it was written to, by address, in the order in which the email names them: the
    first one gets the answers."""
    addresses = dict.fromkeys([letter.sender.lower(), *letter.written_to])
    return find_known_records(owner.user, [one for one in addresses if one not in owner.addresses])


def _receive_invitation_answers(
    arrival: Arrival, owner: MailboxOwner, answers: list[InvitationAnswer], files: tuple[KeptFile, ...]
) -> None:
    """The meeting is for everyone who sees its record, and so is what was written with the answer."""
    arrival.private = False
    row, record = receive_invitation_answers(arrival, answers, files, reader=owner.user)
    if record is not None:
        _write_message_entries(row, record)


def _add_to_records(
    arrival: Arrival, owner: MailboxOwner, is_sent: bool, files: tuple[KeptFile, ...]
) -> None:
    letter: Any = arrival.letter
    sender = letter.sender.lower()
    author: User | None = owner.user if is_sent or sender in owner.addresses else None
    author = author or User.objects.active().with_email(sender).first()
    known = _find_records_of_addresses(letter, owner)
    if author is None and sender in known:
        # The others who got it aren't its author: it is an email of this one.
        known = {sender: known[sender]}
    places = {place: address for address, found in known.items() for place in found}
    if (thread := find_thread_record(letter)) and _is_visible(thread, owner.user):
        # First, because the emails of the thread are there.
        places = {thread: next(iter(known))} | places
    row = write_message_row(arrival, Kind.TIMELINE, next(iter(places)))
    added = _add_private if arrival.private else _add_public
    for number, (place, address) in enumerate(places.items()):
        more: dict[str, Any] = {"by": author, "address": address if author else letter.sender}
        # A Message-ID is unique: replies go on at the first one.
        more |= {"message_id": ""} if number or arrival.private else {}
        if record := added(arrival, owner, place, files, more):
            _write_message_entries(row, record)


def _is_visible(place: RecordId, user: User) -> bool:
    model: Any = KINDS[place[0]].model
    may = user.has_perm(KINDS[place[0]].get_right("view"))
    return may and model._default_manager.present().visible_to(user).filter(pk=place[1]).exists()


def _write_message_entries(row: Message, record: Operation) -> None:
    entries = Change.objects.of_operation_and_parts(record, Activity.table).values_list("row", flat=True)
    MessageEntry.objects.bulk_create(MessageEntry(message=row, activity=pk) for pk in entries)


def _add_public(
    arrival: Arrival, owner: MailboxOwner, place: RecordId, files: tuple[KeptFile, ...], more: dict[str, Any]
) -> Operation | None:
    return add_email(arrival, place, files, reader=owner.user, **more)


def _add_private(
    arrival: Arrival, owner: MailboxOwner, place: RecordId, files: tuple[KeptFile, ...], more: dict[str, Any]
) -> Operation | None:
    """The operation names no record, because others may read it."""
    model: Any = KINDS[place[0]].model
    verb = ReceivePrivateEmail(**get_email_values(arrival, files) | more, private_to=owner.user)
    with operation(verb.kind, by=owner.user, channel=SYSTEM, parameters={PRIVATE: True}) as record:
        model._default_manager.all().lock_one(place[1])
        verb.write(model._default_manager.present().filter(pk=place[1]))
    return record


@transaction.atomic
def change_privacy(message: Message, *, private: bool, by: User) -> None:
    """Make all emails of its conversation private to `by`, the owner of the mailbox, or share them. Emails of the
    conversation that arrive later are the same."""
    messages = Message.objects.filter(mailbox=message.mailbox).in_thread(message.thread)
    ids = list(MessageEntry.objects.of_messages(messages).values_list("activity", flat=True))
    rows = Activity.objects.filter(pk__in=ids)
    verb = ChangePrivacy(by if private else None)
    with operation(verb.kind, by=by, parameters=verb.get_parameters()):
        for activity in rows.order_by("of", "record").distinct("of", "record"):
            lock_record(activity)
        rows.update(**verb.get_values())
        messages.update(private=private)
    written = Change.objects.filter(table=Activity.table, row__in=ids).values("operation")
    Operation.objects.filter(pk__in=written, kind__in=OF_ONE_EMAIL).exclude(table="").set_private(private)
    if private:
        # What the owners of the records were notified of names the sender and the subject.
        Notification.objects.filter(operation__in=written, kind="email_received").delete()

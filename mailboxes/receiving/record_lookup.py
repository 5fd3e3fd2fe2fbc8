"""Which records an email belongs to: the one that its address names or that of its thread, and those of its sender.

Who sees the records doesn't matter here: the email is added to them, and shown to those who see them.
"""

from collections.abc import Iterable
from typing import Any

from crm.platform.text.text_folding import fold_texts
from crm.records.history.merged_records import get_survivor
from crm.records.kinds.kind_registry import KINDS
from crm.work.emails.thread_index import get_conversation
from crm.work.models.activity import Activity
from crm.work.models.email_envelope import EmailEnvelope
from customers.models import Contact, Request
from leads.models import Lead
from mailboxes.messages.received_message import ReceivedMessage
from mailboxes.models import Mailbox, Message
from mailboxes.models.message import hash_message_id
from mailboxes.receiving.receive_hooks import OF_THREADS, RecordId
from mailboxes.receiving.signed_addresses import parse_signed_addresses

# How near a record with an address is to the emails of that address.
OPEN_LEAD, CONTACT, CLIENT, OF_REQUEST = range(4)
# Open leads and contacts are told of the same emails; the others only if there is none of these.
GROUPS = ({OPEN_LEAD, CONTACT}, {CLIENT}, {OF_REQUEST})
# So many records with one address get its emails: of more, the newest ones.
MOST_RECORDS = 5


def find_message_records(letter: ReceivedMessage, mailbox: Mailbox) -> list[RecordId]:
    """The kinds and IDs of its records: first that of its thread or the one that it names, then those of its sender. None for
    a stranger's email. An email that was moved takes its thread along, while the address that it was sent from still names the
    record that it was sent from."""
    named = parse_signed_addresses(letter.to, mailbox)
    first = find_thread_record(letter) or next(
        filter(None, (_find_present_record(*place) for place in named)), None
    )
    found = dict.fromkeys([*([first] if first else []), *_find_records_with_address(letter.sender)])
    return list(found)[:MOST_RECORDS]


def find_thread_record(letter: ReceivedMessage) -> RecordId | None:
    """The record of the emails that it answers, or else of those of the same conversation in Outlook, some of whose answers name no
    other email."""
    of_others = [found for follower in OF_THREADS if (found := follower(letter.references))]
    places = (*_find_thread_records(letter.references), *of_others, *_find_conversation_records(letter))
    return next(filter(None, (_find_present_record(*place) for place in places)), None)


def get_nearest_records(ranked: Iterable[tuple[int, RecordId]]) -> list[RecordId]:
    """Of the records with an address, those that its emails are added to, the newest ones of the nearest rank first."""
    known = sorted(ranked, key=lambda one: (one[0], -one[1][1]))
    for group in GROUPS:
        if found := dict.fromkeys(place for rank, place in known if rank in group):
            return list(found)[:MOST_RECORDS]
    return []


def _find_records_with_address(address: str) -> list[RecordId]:
    key = fold_texts(filter(None, [address]), function="leadwell_fold_email", length=254).get(address, "")
    if not key:
        return []
    ranked = []
    for rank, rows in (
        (OPEN_LEAD, Lead.objects.not_converted()),
        (CONTACT, Contact.objects.all()),
        (CLIENT, Lead.objects.all()),
    ):
        known = rows.present().with_emails({key}).order_by("-pk").values_list("pk", flat=True)[:MOST_RECORDS]
        ranked += [(rank, (rows.model.table, pk)) for pk in known]
    return get_nearest_records(ranked)


def _find_thread_records(references: tuple[str, ...]) -> list[RecordId]:
    """The records of the emails that it answers, the nearest first."""
    known: dict[str, RecordId] = {}
    for activity in Activity.objects.filter(message_id__in=references).only("message_id", "of", "record"):
        known[activity.message_id] = (activity.of, activity.record)
    keys = Message.objects.with_ids(references).with_record()
    of_messages = {key: (of, record) for key, of, record in keys.values_list("key", "of", "record")}
    return [
        place
        for one in reversed(references)
        if (place := known.get(one) or of_messages.get(hash_message_id(one)))
    ]


def _find_conversation_records(letter: ReceivedMessage) -> list[RecordId]:
    """The record of the newest public email of its conversation."""
    envelopes = EmailEnvelope.objects.of_conversation(get_conversation(letter.thread_index))
    found = Activity.objects.present().public().filter(pk__in=envelopes.values("activity")).newest_first()
    return list(found.values_list("of", "record")[:1])


def _find_present_record(table: str, pk: int) -> RecordId | None:
    """The record, or the one that it was merged into, if that isn't in Trash. A request leads to the lead, or else the contact, that it is linked to."""
    if table not in KINDS:
        return None
    model: Any = KINDS[table].model
    records = model._default_manager.present()
    record = records.filter(pk=pk).first() or records.filter(pk=get_survivor(table, pk)).first()
    if isinstance(record, Request):
        for linked in (record.lead, record.contact):
            if linked is not None and linked.deleted_at is None:
                return type(linked).table, linked.pk
    return (table, record.pk) if record is not None else None

"""Which record an email belongs to: the one that its address names, that of its thread, or that of its sender.

Who sees the record doesn't matter here: the email is added to it, and shown to those who see it.
"""

from collections.abc import Iterable
from typing import Any

from crm.models.activity import Activity
from crm.records.folding import folded
from crm.records.kinds import KINDS
from crm.records.merged import survivor
from customers.models import Contact, Request
from leads.models import Lead
from mailboxes.followers import OF_THREADS, Place
from mailboxes.letter import LONGEST_ID, Letter
from mailboxes.models import Mailbox, Message
from mailboxes.models.message import key_of
from mailboxes.signed_addresses import signed_words


def place_of(letter: Letter, mailbox: Mailbox) -> Place | None:
    """The kind and ID of its record, or None for a stranger's email."""
    named = (word for word in signed_words(letter.to, mailbox) if word[0] in KINDS)
    of_others = (found for follower in OF_THREADS if (found := follower(letter.references)))
    for place in (*named, *_of_thread(letter.references), *of_others):
        if found := _present(*place):
            return found
    return places_of([letter.sender]).get(letter.sender)


def places_of(addresses: Iterable[str]) -> dict[str, Place]:
    """The records of these addresses, with three queries for any number: a lead, or else a contact, or else a lead that has
    become a client. Of several, the newest one."""
    keys = folded(filter(None, addresses), function="leadwell_fold_email", length=254)
    wanted = set(keys.values()) - {""}
    if not wanted:
        return {}
    found: dict[str, Place] = {}
    of_contacts = ("email_key", "second_email_key")
    for rows, columns in (
        (Lead.objects.not_converted(), ("email_key",)),
        (Contact.objects.all(), of_contacts),
        (Lead.objects.all(), ("email_key",)),
    ):
        known = rows.present().with_emails(wanted).order_by("-pk").values_list("pk", *columns)
        for pk, *emails in known:
            for key in wanted.intersection(emails):
                found.setdefault(key, (rows.model.table, pk))
    return {address: found[key] for address, key in keys.items() if key in found}


def _of_thread(references: tuple[str, ...]) -> list[Place]:
    """The records of the emails that it answers, the nearest first."""
    known: dict[str, Place] = {}
    ids = [one for one in references if len(one) <= LONGEST_ID]
    for activity in Activity.objects.filter(message_id__in=ids).only("message_id", "of", "record"):
        known[activity.message_id] = (activity.of, activity.record)
    keys = Message.objects.with_ids(references).with_record()
    of_messages = {key: (of, record) for key, of, record in keys.values_list("key", "of", "record")}
    return [
        place for one in reversed(references) if (place := known.get(one) or of_messages.get(key_of(one)))
    ]


def _present(table: str, pk: int) -> Place | None:
    """The record, or the one that it was merged into, if that isn't in Trash. A request leads to the lead, or else the contact, that it is linked to."""
    if table not in KINDS:
        return None
    model: Any = KINDS[table].model
    records = model._default_manager.present()
    record = records.filter(pk=pk).first() or records.filter(pk=survivor(table, pk)).first()
    if isinstance(record, Request):
        for linked in (record.lead, record.contact):
            if linked is not None and linked.deleted_at is None:
                return type(linked).table, linked.pk
    return (table, record.pk) if record is not None else None

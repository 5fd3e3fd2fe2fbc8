"""Receiving a message: its row and what it becomes are written in one transaction, so each message counts once.

A worker that is killed in between leaves neither. The next one fetches the message again, and finds the row if there is one.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.fields.person_name_parts import split_name
from crm.platform.configuration.company import get_company_language
from crm.platform.files.attachment_storage import store_uploads
from crm.platform.files.kept_file import KeptFile
from crm.platform.files.store import NotKept
from crm.platform.web.transactions import is_connection_lost, is_disk_full
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs.add import add_records
from crm.work.invitations.invitation_answers import store_answers
from crm.work.models.activity import Activity
from customers.models import Request
from customers.models.request import LONGEST_TEXT as LONGEST_REQUEST
from mailboxes.connections.imap import FetchedMessage
from mailboxes.models import MailboxFolder, Message
from mailboxes.models.message import hash_message_id
from mailboxes.receiving.arriving_message import (
    SYSTEM,
    Arrival,
    Kind,
    add_dropped_names,
    add_email,
    truncate_text,
    write_folder_position,
    write_message_row,
)
from mailboxes.receiving.bcc_address import find_bcc_user, receive_bcc_copy
from mailboxes.receiving.bounces import mark_email_bounced
from mailboxes.receiving.invitation_replies import receive_invitation_answers
from mailboxes.receiving.loop_detection import is_sent_by_us
from mailboxes.receiving.message_reading import read_arrived_message
from mailboxes.receiving.receive_hooks import ARRIVAL_HOOKS, BOUNCE_HOOKS, COMPLAINT_HOOKS
from mailboxes.receiving.record_lookup import RecordId, find_message_records
from mailboxes.verbs import AddFiles, AddRequest

log = logging.getLogger(__name__)


def receive_message(
    folder: MailboxFolder, fetched: FetchedMessage, become: Callable[[Arrival], None] | None = None
) -> None:
    """Whatever is wrong with the message, it is kept aside with the reason, and the next one follows. `become` says what
    it becomes, if that isn't what the messages of shared mailboxes do.

    Raises only what isn't the message's fault: a lost database, a full disk.
    """
    arrival = Arrival(folder, fetched)
    if Message.objects.with_uid(folder, fetched.uid).exists():
        # The position behind it was lost.
        write_folder_position(arrival)
        return
    if not read_arrived_message(arrival):
        return
    try:
        become = become or _store_message
        try:
            become(arrival)
        except IntegrityError:
            # Another worker has just received the same message.
            become(arrival)
    except Exception as error:
        if is_connection_lost(error) or is_disk_full(error) or isinstance(error, NotKept):
            raise
        # The content stays out of the log.
        log.warning(
            "Mailbox %s: message %s can't be read: %s", folder.mailbox_id, fetched.uid, type(error).__name__
        )
        with transaction.atomic():
            write_message_row(arrival, Kind.UNREADABLE, reason=type(error).__name__)


def _store_message(arrival: Arrival) -> None:
    letter: Any = arrival.letter
    # Committed outside of `kept`: if the answer to a commit is lost, the rows may be there and name the files.
    with (
        transaction.atomic(),
        store_uploads(arrival.files) as files,
        translation.override(get_company_language()),
    ):
        if Message.objects.filter(key=hash_message_id(letter.message_id)).exists():
            write_message_row(arrival, Kind.KNOWN)
        elif not arrival.fetched.is_whole:
            write_message_row(arrival, Kind.TOO_LARGE)
        elif letter.bounce is not None:
            place = mark_email_bounced(letter) or _get_first_answer(BOUNCE_HOOKS, letter.bounce, arrival.at)
            write_message_row(arrival, Kind.BOUNCE, place, reason=letter.bounce.why)
        elif letter.complaint is not None:
            write_message_row(
                arrival,
                Kind.AUTOMATIC,
                _get_first_answer(COMPLAINT_HOOKS, letter.complaint.message_id, arrival.at),
            )
        elif answers := store_answers(letter.replies, letter.sender):
            receive_invitation_answers(arrival, answers, tuple(files))
        elif (user := find_bcc_user(letter, arrival.mailbox)) is not None:
            receive_bcc_copy(arrival, user, tuple(files))
        elif is_sent_by_us(letter):
            write_message_row(arrival, Kind.OWN)
        elif letter.automatic and not letter.automatic_reply:
            write_message_row(arrival, Kind.AUTOMATIC)
        elif not letter.sender:
            write_message_row(arrival, Kind.AUTOMATIC if letter.automatic else Kind.UNREADABLE, reason="From")
        elif places := find_message_records(letter, arrival.mailbox):
            write_message_row(arrival, Kind.TIMELINE, places[0])
            for number, place in enumerate(places):
                # A Message-ID is unique: replies go on at the first one.
                add_email(arrival, place, tuple(files), **({"message_id": ""} if number else {}))
            _call_arrival_hooks(arrival)
        elif letter.automatic:
            write_message_row(arrival, Kind.AUTOMATIC)
        else:
            row = write_message_row(arrival, Kind.REQUEST)
            row.of, row.record = Request.table, _add_request(arrival, files).pk
            row.save(update_fields=["of", "record"])
            _call_arrival_hooks(arrival)


def _add_request(arrival: Arrival, files: Sequence[KeptFile]) -> Request:
    """A new request; its files are on its timeline."""
    letter: Any = arrival.letter
    first, last = split_name(letter.name)
    values = {
        "subject": letter.subject or _("(no subject)"),
        "text": truncate_text(add_dropped_names(letter.text, arrival.dropped), LONGEST_REQUEST),
        "channel": Request.Channel.EMAIL,
        "received_at": arrival.at,
        "first_name": first,
        "last_name": last,
        "email": letter.sender,
        "department_id": arrival.mailbox.department_id,
    }
    (made,) = add_records(AddRequest(Request, [values]), by=None, channel=SYSTEM)
    if files:
        verb = AddFiles(None, Activity.Type.FILE, files=tuple(files), at=arrival.at)
        carry_out(verb, Request.objects.filter(pk=made.pk), by=None, channel=SYSTEM)
    return made


def _call_arrival_hooks(arrival: Arrival) -> None:
    """A mailbox that answers automatically is no one who has replied."""
    if arrival.letter is None or arrival.letter.automatic:
        return
    for follow in ARRIVAL_HOOKS:
        follow(arrival.letter, arrival.at)


def _get_first_answer(followers: list, *arguments: object) -> RecordId | None:
    return next((place for follower in followers if (place := follower(*arguments))), None)

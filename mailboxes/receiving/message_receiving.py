"""Receiving a message: its row and what it becomes are written in one transaction, so each message counts once.

A worker that is killed in between leaves neither. The next one fetches the message again, and finds the row if there is one.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.fields.person_name_parts import split_name
from crm.platform.files.attachment_storage import KeptFile, kept
from crm.platform.files.store import NotKept
from crm.platform.web.transactions import database_lost, disk_full
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs.add import add
from crm.work.invitations.invitation_answers import take_answers
from crm.work.models.activity import Activity
from customers.models import Request
from customers.models.request import LONGEST_TEXT as LONGEST_REQUEST
from mailboxes.connections.imap import Fetched
from mailboxes.models import MailboxFolder, Message
from mailboxes.models.message import key_of
from mailboxes.receiving.arriving_message import (
    SYSTEM,
    Arrival,
    Kind,
    add_email,
    go_on,
    keep,
    shortened,
    with_dropped,
)
from mailboxes.receiving.bcc_address import bcc_user_of, receive_bcc
from mailboxes.receiving.bounces import mark_bounced
from mailboxes.receiving.invitation_replies import receive_answers
from mailboxes.receiving.loop_detection import is_own
from mailboxes.receiving.message_reading import read_into
from mailboxes.receiving.receive_hooks import ARRIVED, BOUNCED, COMPLAINED
from mailboxes.receiving.record_lookup import Place, places_of
from mailboxes.verbs import AddFiles, AddRequest

log = logging.getLogger(__name__)


def receive(folder: MailboxFolder, fetched: Fetched, become: Callable[[Arrival], None] | None = None) -> None:
    """Whatever is wrong with the message, it is kept aside with the reason, and the next one follows. `become` says what
    it becomes, if that isn't what the messages of shared mailboxes do.

    Raises only what isn't the message's fault: a lost database, a full disk.
    """
    arrival = Arrival(folder, fetched)
    if Message.objects.at(folder, fetched.uid).exists():
        # The position behind it was lost.
        go_on(arrival)
        return
    if not read_into(arrival):
        return
    try:
        become = become or _receive
        try:
            become(arrival)
        except IntegrityError:
            # Another worker has just received the same message.
            become(arrival)
    except Exception as error:
        if database_lost(error) or disk_full(error) or isinstance(error, NotKept):
            raise
        # The content stays out of the log.
        log.warning(
            "Mailbox %s: message %s can't be read: %s", folder.mailbox_id, fetched.uid, type(error).__name__
        )
        with transaction.atomic():
            keep(arrival, Kind.UNREADABLE, reason=type(error).__name__)


def _receive(arrival: Arrival) -> None:
    letter: Any = arrival.letter
    # Committed outside of `kept`: if the answer to a commit is lost, the rows may be there and name the files.
    with transaction.atomic(), kept(arrival.files) as files, translation.override(settings.LANGUAGE_CODE):
        if Message.objects.filter(key=key_of(letter.message_id)).exists():
            keep(arrival, Kind.KNOWN)
        elif not arrival.fetched.is_whole:
            keep(arrival, Kind.TOO_LARGE)
        elif letter.bounce is not None:
            place = mark_bounced(letter) or _first(BOUNCED, letter.bounce, arrival.at)
            keep(arrival, Kind.BOUNCE, place, reason=letter.bounce.why)
        elif letter.complaint is not None:
            keep(arrival, Kind.AUTOMATIC, _first(COMPLAINED, letter.complaint.message_id, arrival.at))
        elif answers := take_answers(letter.replies, letter.sender):
            receive_answers(arrival, answers, tuple(files))
        elif (user := bcc_user_of(letter, arrival.mailbox)) is not None:
            receive_bcc(arrival, user, tuple(files))
        elif is_own(letter):
            keep(arrival, Kind.OWN)
        elif letter.automatic and not letter.automatic_reply:
            keep(arrival, Kind.AUTOMATIC)
        elif not letter.sender:
            keep(arrival, Kind.AUTOMATIC if letter.automatic else Kind.UNREADABLE, reason="From")
        elif places := places_of(letter, arrival.mailbox):
            keep(arrival, Kind.TIMELINE, places[0])
            for number, place in enumerate(places):
                # A Message-ID is unique: replies go on at the first one.
                add_email(arrival, place, tuple(files), **({"message_id": ""} if number else {}))
            _follow(arrival)
        elif letter.automatic:
            keep(arrival, Kind.AUTOMATIC)
        else:
            row = keep(arrival, Kind.REQUEST)
            row.of, row.record = Request.table, _add_request(arrival, files).pk
            row.save(update_fields=["of", "record"])
            _follow(arrival)


def _add_request(arrival: Arrival, files: Sequence[KeptFile]) -> Request:
    """A new request; its files are on its timeline."""
    letter: Any = arrival.letter
    first, last = split_name(letter.name)
    values = {
        "subject": letter.subject or _("(no subject)"),
        "text": shortened(with_dropped(letter.text, arrival.dropped), LONGEST_REQUEST),
        "channel": Request.Channel.EMAIL,
        "received_at": arrival.at,
        "first_name": first,
        "last_name": last,
        "email": letter.sender,
        "department_id": arrival.mailbox.department_id,
    }
    (made,) = add(AddRequest(Request, [values]), by=None, channel=SYSTEM)
    if files:
        verb = AddFiles(None, Activity.Type.FILE, files=tuple(files), at=arrival.at)
        carry_out(verb, Request.objects.filter(pk=made.pk), by=None, channel=SYSTEM)
    return made


def _follow(arrival: Arrival) -> None:
    """A mailbox that answers automatically is no one who has replied."""
    if arrival.letter is None or arrival.letter.automatic:
        return
    for follow in ARRIVED:
        follow(arrival.letter, arrival.at)


def _first(followers: list, *arguments: object) -> Place | None:
    return next((place for follower in followers if (place := follower(*arguments))), None)
